package io.reclaimer.engine.unit;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Threads;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UnitMapTest {

    private final UnitMap map = new UnitMap();

    @Test
    void unitsExistOnlyWhereSomethingWasSet() {
        assertThat(map.nextSetBit(0)).isEqualTo(-1);
        assertThat(map.isSet(200, 1)).isFalse();
        assertThat(map.takeDeferred(200, 1)).isZero();
        assertThat(map.addDeferred(200, 1, 0)).isZero();
        map.clearBit(200, 1);
        assertThat(map.owner(200)).isZero();
        assertThat(map.unitCount()).isZero();
        map.setBit(200, 1);
        assertThat(map.unitCount()).isOne();
        map.addDeferred(70, 2, 5);
        assertThat(map.unitCount()).isEqualTo(2);
    }

    @Test
    void bitsAreFoundInRisingOrderAcrossUnits() {
        int[] ids = {0, 63, 64, 127, 200, 255};
        for (int i = ids.length - 1; i >= 0; i--) {
            map.setBit(ids[i], i + 1);
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
        map.addDeferred(1, 1, 10);
        assertThat(map.isClean()).isTrue();
        map.setBit(1, 1);
        map.setBit(130, 2);
        map.clearBit(1, 1);
        assertThat(map.isClean()).isFalse();
        map.clearBit(130, 2);
        assertThat(map.isClean()).isTrue();
    }

    /** Each map has room for every id, so no map has to be told of an expansion. */
    @Test
    void unitThatIsMadeLaterKeepsBitsAndCounts() {
        map.setBit(100, 1);
        map.addDeferred(100, 1, 42);
        map.setBit(1000, 2);
        assertThat(map.isSet(100, 1)).isTrue();
        assertThat(map.takeDeferred(100, 1)).isEqualTo(42);
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
                        shared.setBit(id, id + 1);
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
                    shared.addDeferred(j % 4 * 64, 1, 1);
                }
            };
            Threads.run(adder, adder, () -> {
                for (int j = 0; j < 400; j++) {
                    taken.addAndGet(shared.takeDeferred(j % 4 * 64, 1));
                }
            });
            for (int unit = 0; unit < 4; unit++) {
                taken.addAndGet(shared.takeDeferred(unit * 64, 1));
            }
            assertThat(taken).hasValue(800);
        }
    }
}
