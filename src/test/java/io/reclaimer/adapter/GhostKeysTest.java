package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.Threads;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GhostKeysTest {

    /** All have the same hash code. */
    private record Twin(int number) {
        @Override
        public int hashCode() {
            return 7;
        }
    }

    @Test
    void keyIsFoundOnce() {
        GhostKeys<Integer> ghosts = new GhostKeys<>(64);
        assertThat(ghosts.remove(7)).isFalse();
        assertThat(ghosts.add(7)).isFalse();
        assertThat(ghosts.add(7)).isTrue();
        assertThat(ghosts.remove(8)).isFalse();
        assertThat(ghosts.remove(7)).isTrue();
        assertThat(ghosts.remove(7)).isFalse();
    }

    @Test
    void keysOfOneHashCodeAreToldApart() {
        GhostKeys<Twin> ghosts = new GhostKeys<>(64);
        IntStream.range(0, 64).forEach(number -> ghosts.add(new Twin(number)));
        assertThat(IntStream.range(64, 1_000).filter(number -> ghosts.remove(new Twin(number))))
                .isEmpty();
        assertThat(IntStream.range(0, 64).filter(number -> ghosts.remove(new Twin(number))))
                .hasSize(64);
    }

    /** Of more keys than that the newest are found; keys of other hash codes are not affected. */
    @Test
    void chainOfOneHashCodeIsBounded() {
        GhostKeys<Object> ghosts = new GhostKeys<>(4096);
        IntStream.range(0, 1_000).forEach(ghosts::add);
        IntStream.range(0, 10_000).forEach(number -> ghosts.add(new Twin(number)));
        IntStream.range(0, 1_000).forEach(ghosts::add);
        assertThat(IntStream.range(0, 10_000).filter(number -> ghosts.remove(new Twin(number))))
                .hasSizeBetween(GhostKeys.LONGEST_CHAIN - 10, GhostKeys.LONGEST_CHAIN)
                .allMatch(number -> number >= 10_000 - GhostKeys.LONGEST_CHAIN);
        assertThat(IntStream.range(0, 1_000).filter(ghosts::remove)).hasSize(1_000);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "3,4", "1000,1024", "1024,1024", "1025,2048"})
    void capacityIsThePowerOfTwoThatIsEnough(int asked, int capacity) {
        assertThat(new GhostKeys<Integer>(asked).capacity()).isEqualTo(capacity);
    }

    @Test
    void oldestIsForgottenFirst() {
        for (int step : new int[] {1, 64, 1 << 16}) {
            GhostKeys<Integer> ghosts = new GhostKeys<>(1024);
            IntStream.range(0, 3000).forEach(key -> ghosts.add(key * step));
            assertThat(IntStream.range(0, 3000).filter(key -> ghosts.remove(key * step)))
                    .containsExactly(IntStream.range(3000 - 1024, 3000).boxed().toArray(Integer[]::new));
        }
    }

    /** Compares with a model: a ring in which a removed key leaves a gap until its slot is reused. */
    @Test
    void findsWhatTheModelFinds() {
        Seeded random = Seeded.create();
        GhostKeys<Integer> ghosts = new GhostKeys<>(64);
        Integer[] ring = new Integer[64];
        Set<Integer> model = new LinkedHashSet<>();
        for (int step = 0, oldest = 0; step < 20_000; step++) {
            int key = random.nextInt(200) << 20;
            if (random.nextInt(3) == 0) {
                assertThat(ghosts.remove(key)).as("%s", random).isEqualTo(model.remove(key));
                clear(ring, key);
            } else {
                assertThat(ghosts.add(key)).as("%s", random).isEqualTo(model.contains(key));
                clear(ring, key);
                model.remove(ring[oldest]);
                ring[oldest] = key;
                model.add(key);
                oldest = (oldest + 1) % ring.length;
            }
        }
    }

    @Test
    void keyIsFoundOnceByManyThatLook() throws Exception {
        for (int round = 0; round < 30; round++) {
            GhostKeys<Integer> ghosts = new GhostKeys<>(2048);
            AtomicIntegerArray found = new AtomicIntegerArray(1000);
            IntStream.range(0, found.length()).forEach(ghosts::add);
            Runnable look = () ->
                    IntStream.range(0, found.length()).filter(ghosts::remove).forEach(found::incrementAndGet);
            Threads.run(look, look, () -> IntStream.range(1000, 2000).forEach(ghosts::add));
            assertThat(IntStream.range(0, found.length()).map(found::get)).allMatch(times -> times == 1);
        }
    }

    private static void clear(Integer[] ring, int key) {
        for (int slot = 0; slot < ring.length; slot++) {
            if (ring[slot] != null && ring[slot] == key) {
                ring[slot] = null;
            }
        }
    }
}
