package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ObjectSizeTest {

    private final ObjectSize size = new ObjectSize(1000);

    @Test
    void untilSomethingIsLearnedTheInitialSizeCounts() {
        assertThat(size.average()).isEqualTo(1000);
        assertThat(size.objectsFor(5_000)).isEqualTo(5);
    }

    @Test
    void untilSomethingIsLearnedNoMoreThanAProbeIsAskedFor() {
        assertThat(size.objectsFor(1000 * ObjectSize.PROBE_OBJECTS)).isEqualTo(ObjectSize.PROBE_OBJECTS);
        assertThat(size.objectsFor(1000 * ObjectSize.PROBE_OBJECTS + 1)).isEqualTo(ObjectSize.PROBE_OBJECTS);
        size.learn(1, 10);
        assertThat(size.objectsFor(1_000_000)).isEqualTo(100_000);
    }

    @Test
    void firstRoundReplacesTheInitialSize() {
        size.learn(10, 50_000);
        assertThat(size.average()).isEqualTo(5_000);
        assertThat(size.objectsFor(12_000)).isEqualTo(3);
    }

    @Test
    void laterRoundsCountMoreAndSmallOnesLess() {
        size.learn(100, 100_000);
        size.learn(100, 300_000);
        double afterTwo = size.average();
        assertThat(afterTwo).isStrictlyBetween(2_000.0, 3_000.0);
        size.learn(1, 1);
        assertThat(size.average()).isCloseTo(afterTwo, within(afterTwo / 20));
    }

    @Test
    void averageComesToTheSizeThatRoundsGoOnToFree() {
        size.learn(1000, 1_000_000);
        for (int i = 0; i < 30; i++) {
            size.learn(1000, 64_000);
        }
        assertThat(size.average()).isCloseTo(64, within(0.1));
    }

    @Test
    void roundThatFreedNothingTeachesNothing() {
        size.learn(0, 0);
        assertThat(size.average()).isEqualTo(1000);
        size.learn(10, 50_000);
        size.learn(0, 0);
        assertThat(size.average()).isEqualTo(5_000);
    }

    @Test
    void objectIsAByteAtLeastAndARequestAnObject() {
        size.learn(1000, 1);
        assertThat(size.average()).isOne();
        assertThat(size.objectsFor(7)).isEqualTo(7);
        assertThat(size.objectsFor(0)).isOne();
        assertThat(new ObjectSize(1 << 30).objectsFor(1)).isOne();
    }

    @Test
    void partOfAnObjectIsAskedForWhole() {
        size.learn(1, 1000);
        assertThat(size.objectsFor(1000)).isEqualTo(1);
        assertThat(size.objectsFor(1001)).isEqualTo(2);
    }
}
