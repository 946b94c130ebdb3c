package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Threads;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UnitMapTest {

    private final UnitMap map = new UnitMap();

    @Test
    void unitsExistOnlyWhereSomethingWasSet() {
        ShrinkerEntry far = Parts.entry(200, 1);
        assertThat(map.nextSetBit(0)).isEqualTo(-1);
        assertThat(map.isSet(far)).isFalse();
        assertThat(map.takeDeferred(far)).isZero();
        assertThat(map.addDeferred(far, 0)).isZero();
        map.clearBit(far);
        map.clearBit(200, 1);
        assertThat(map.owner(200)).isZero();
        assertThat(map.unitCount()).isZero();
        map.setBit(far);
        assertThat(map.unitCount()).isOne();
        map.addDeferred(Parts.entry(70, 2), 5);
        assertThat(map.unitCount()).isEqualTo(2);
    }

    @Test
    void bitsAreFoundInRisingOrderAcrossUnits() {
        int[] ids = {0, 63, 64, 127, 200, 255};
        for (int i = ids.length - 1; i >= 0; i--) {
            map.setBit(Parts.entry(ids[i], i + 1));
        }
        int from = 0;
        for (int id : ids) {
            assertThat(map.nextSetBit(from)).isEqualTo(id);
            from = id + 1;
        }
        assertThat(map.nextSetBit(from)).isEqualTo(-1);
    }

    @Test
    void isCleanWithoutBits() {
        ShrinkerEntry first = Parts.entry(1, 1);
        ShrinkerEntry far = Parts.entry(130, 2);
        map.addDeferred(first, 10);
        assertThat(map.isClean()).isTrue();
        map.setBit(first);
        map.setBit(far);
        map.clearBit(first);
        assertThat(map.isClean()).isFalse();
        map.clearBit(130, 2);
        assertThat(map.isClean()).isTrue();
    }

    /** Each map has room for every id there is; so none has to be told of more ids. */
    @Test
    void unitThatIsMadeLaterKeepsBitsAndCounts() {
        ShrinkerEntry entry = Parts.entry(100, 1);
        map.setBit(entry);
        map.addDeferred(entry, 42);
        map.setBit(Parts.entry(1000, 2));
        assertThat(map.isSet(entry)).isTrue();
        assertThat(map.takeDeferred(entry)).isEqualTo(42);
    }

    @Test
    void bitsOfManyThreadsInOneUnitAreAllSet() throws Exception {
        for (int i = 0; i < 500; i++) {
            UnitMap shared = new UnitMap();
            Runnable[] setters = new Runnable[4];
            for (int t = 0; t < setters.length; t++) {
                int first = t;
                setters[t] = () -> {
                    for (int id = first; id < 64; id += setters.length) {
                        shared.setBit(Parts.entry(id, id + 1));
                    }
                };
            }
            Threads.run(setters);
            for (int id = 0; id < 64; id++) {
                assertThat(shared.nextSetBit(id)).isEqualTo(id);
            }
        }
    }

    @Test
    void deferredCountsOfManyThreadsAreConserved() throws Exception {
        for (int i = 0; i < 200; i++) {
            UnitMap shared = new UnitMap();
            AtomicLong taken = new AtomicLong();
            Runnable adder = () -> {
                for (int j = 0; j < 400; j++) {
                    shared.addDeferred(Parts.entry(j % 4 * 64, 1), 1);
                }
            };
            Threads.run(adder, adder, () -> {
                for (int j = 0; j < 400; j++) {
                    taken.addAndGet(shared.takeDeferred(Parts.entry(j % 4 * 64, 1)));
                }
            });
            for (int unit = 0; unit < 4; unit++) {
                taken.addAndGet(shared.takeDeferred(Parts.entry(unit * 64, 1)));
            }
            assertThat(taken).hasValue(800);
        }
    }
}
