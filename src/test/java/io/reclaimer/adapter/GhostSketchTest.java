package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.Threads;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GhostSketchTest {

    @Test
    void keyIsFoundOnce() {
        GhostSketch ghosts = new GhostSketch(64);
        assertThat(ghosts.remove(7)).isFalse();
        ghosts.add(7);
        assertThat(ghosts.remove(8)).isFalse();
        assertThat(ghosts.remove(7)).isTrue();
        assertThat(ghosts.remove(7)).isFalse();
    }

    /** Also the one whose mark would be 0. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void anyHashCodeWillDo(int hash) {
        GhostSketch ghosts = new GhostSketch(4);
        assertThat(ghosts.remove(hash)).isFalse();
        ghosts.add(hash);
        assertThat(ghosts.remove(hash)).isTrue();
        assertThat(ghosts.remove(hash)).isFalse();
    }

    @Test
    void keyThatIsAddedTwiceIsFoundOnce() {
        GhostSketch ghosts = new GhostSketch(64);
        ghosts.add(7);
        ghosts.add(7);
        assertThat(ghosts.remove(7)).isTrue();
        assertThat(ghosts.remove(7)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"-1,4", "0,4", "1,4", "4,4", "5,8", "1000,1024", "1024,1024", "1025,2048"})
    void capacityIsThePowerOfTwoThatIsEnough(int asked, int capacity) {
        assertThat(new GhostSketch(asked).capacity()).isEqualTo(capacity);
    }

    @Test
    void capacityIsBounded() {
        assertThat(new GhostSketch(Integer.MAX_VALUE).capacity()).isEqualTo(GhostSketch.LARGEST_CAPACITY);
    }

    /** 4 bytes each, as its capacity is the length of its one array of ints. */
    @Test
    void noMoreKeysAreRememberedThanTheCapacity() {
        GhostSketch ghosts = new GhostSketch(1024);
        IntStream.range(0, 100_000).forEach(ghosts::add);
        assertThat(IntStream.range(0, 100_000).filter(ghosts::remove).count())
                .isLessThanOrEqualTo(1024)
                .isGreaterThan(1000);
    }

    /** Within a bucket of 4 the oldest goes first. */
    @Test
    void oldestIsForgottenFirst() {
        GhostSketch ghosts = new GhostSketch(4);
        IntStream.range(0, 6).forEach(ghosts::add);
        assertThat(IntStream.range(0, 6).filter(ghosts::remove)).containsExactly(2, 3, 4, 5);
    }

    @Test
    void placeOfAFoundKeyIsUsedBeforeAnotherIsForgotten() {
        GhostSketch ghosts = new GhostSketch(4);
        IntStream.range(0, 4).forEach(ghosts::add);
        ghosts.remove(2);
        ghosts.add(4);
        assertThat(IntStream.range(0, 5).filter(ghosts::remove)).containsExactly(0, 1, 3, 4);
    }

    /** Half as many keys as fit are nearly all there, whatever their hash codes are like. */
    @Test
    void keysSpreadOverAllBuckets() {
        for (int step : new int[] {1, 64, 1 << 16}) {
            GhostSketch ghosts = new GhostSketch(4096);
            IntStream.range(0, 2048).forEach(key -> ghosts.add(key * step));
            assertThat(IntStream.range(0, 2048)
                            .filter(key -> ghosts.remove(key * step))
                            .count())
                    .as("step %d", step)
                    .isGreaterThan(1900);
        }
    }

    @Test
    void keysThatWereNotAddedAreNotFound() {
        Seeded random = Seeded.create();
        GhostSketch ghosts = new GhostSketch(1024);
        IntStream.range(0, 1024).forEach(key -> ghosts.add(random.nextInt() | 1));
        assertThat(IntStream.range(0, 100_000).filter(key -> ghosts.remove(random.nextInt() & ~1)))
                .as("%s", random)
                .isEmpty();
    }

    /** Also while others push it from slot to slot. */
    @Test
    void keyIsFoundOnceByManyThatLook() throws Exception {
        for (int round = 0; round < 300; round++) {
            GhostSketch ghosts = new GhostSketch(1024);
            AtomicIntegerArray found = new AtomicIntegerArray(1000);
            IntStream.range(0, found.length()).forEach(ghosts::add);
            Runnable look = () ->
                    IntStream.range(0, found.length()).filter(ghosts::remove).forEach(found::incrementAndGet);
            Threads.run(look, look, () -> IntStream.range(1000, 2000).forEach(ghosts::add));
            assertThat(IntStream.range(0, found.length()).map(found::get)).allMatch(times -> times <= 1);
        }
    }

    /** Others push it from slot to slot, but not out. */
    @Test
    void keyIsNotMissedWhileOthersAreAdded() throws Exception {
        GhostSketch ghosts = new GhostSketch(4);
        AtomicInteger missed = new AtomicInteger();
        AtomicBoolean done = new AtomicBoolean();
        Threads.run(
                () -> {
                    for (int round = 0; round < 200_000; round++) {
                        ghosts.add(7);
                        missed.addAndGet(ghosts.remove(7) ? 0 : 1);
                    }
                    done.set(true);
                },
                () -> {
                    while (!done.get()) {
                        ghosts.add(-1);
                        ghosts.add(-2);
                        ghosts.add(-3);
                    }
                });
        assertThat(missed).hasValue(0);
    }
}
