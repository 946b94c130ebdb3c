package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.testkit.Seeded;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LiveEstimateTest {

    private static final long LIMIT = 10_000;
    private static final long CEILING = 9_000;

    private final LiveEstimate estimate = new LiveEstimate(LIMIT, CEILING);

    /** Each reading is a while after the one before. */
    private long millis;

    @Test
    void beforeTheFirstCollectionNothingIsLive() {
        assertThat(estimate.liveBytes()).isZero();
        assertThat(estimate.creditBytes()).isZero();
        estimate.used(5_000);
        assertThat(estimate.liveBytes()).isZero();
    }

    @Test
    void afterACollectionOfAllGarbageItIsWhatIsInUse() {
        all(7_000);
        assertThat(estimate.liveBytes()).isEqualTo(7_000);
        all(3_000);
        assertThat(estimate.liveBytes()).isEqualTo(3_000);
        all(8_000);
        assertThat(estimate.liveBytes()).isEqualTo(8_000);
    }

    @Test
    void whatARoundFreedIsNotLiveThoughStillInUse() {
        all(7_000);
        freed(1_000);
        assertThat(estimate.liveBytes()).isEqualTo(6_000);
        assertThat(estimate.creditBytes()).isEqualTo(1_000);
        young(0, 7_000, 0, 7_000);
        assertThat(estimate.liveBytes()).isEqualTo(6_000);
    }

    /** Nothing is counted twice: neither what the collection took out, nor what it left. */
    @Test
    void collectionThatTakesOutWhatARoundFreedChangesNothing() {
        all(7_000);
        freed(1_000);
        all(6_000);
        assertThat(estimate.liveBytes()).isEqualTo(6_000);
        assertThat(estimate.creditBytes()).isZero();
    }

    @Test
    void collectionOfSomeOldSettlesWhatItTook() {
        all(7_000);
        freed(1_000);
        someOld(0, 7_000, 0, 6_400);
        assertThat(estimate.creditBytes()).isEqualTo(400);
        assertThat(estimate.liveBytes()).isLessThanOrEqualTo(6_000);
    }

    @Test
    void youngCollectionSettlesNothing() {
        all(7_000);
        freed(1_000);
        young(500, 7_000, 0, 7_000);
        assertThat(estimate.creditBytes()).isEqualTo(1_000);
    }

    @Test
    void roundThatAnsweredAfterTheCollectionOfItsGarbageIsNotCredited() {
        all(7_000);
        long before = millis;
        all(6_000);
        estimate.freed(1_000, before - 10, before);
        assertThat(estimate.liveBytes()).isEqualTo(6_000);
        assertThat(estimate.creditBytes()).isZero();
    }

    @Test
    void neverBelow0() {
        all(500);
        freed(10_000);
        assertThat(estimate.liveBytes()).isZero();
        young(0, 500, 0, 500);
        assertThat(estimate.liveBytes()).isZero();
    }

    @Test
    void lookEndsWhatIsMoreThanInUseButNeverAddsAnything() {
        all(7_000);
        estimate.used(9_500);
        assertThat(estimate.liveBytes()).isEqualTo(7_000);
        estimate.used(4_000);
        assertThat(estimate.liveBytes()).isEqualTo(4_000);
        estimate.used(7_000);
        assertThat(estimate.liveBytes()).isEqualTo(4_000);
    }

    @Test
    void lookLeavesOutWhatRoundsFreed() {
        all(7_000);
        freed(1_000);
        estimate.used(6_500);
        assertThat(estimate.liveBytes()).isEqualTo(5_500);
    }

    @Test
    void riseAfterAYoungCollectionCountsAtMostInFull() {
        all(4_000);
        young(1_000, 4_000, 0, 4_500);
        assertThat(estimate.liveBytes()).isGreaterThan(4_000).isLessThanOrEqualTo(4_500);
    }

    /** With hardly anything free there is no time to find out. */
    @Test
    void aboveTheCeilingAllInUseCounts() {
        all(4_000);
        someOld(0, 9_500, 0, 9_500);
        assertThat(estimate.liveBytes()).isEqualTo(9_500);
    }

    /** A heap that fills up with garbage of the old generation, of which nobody tells, and next to nothing is live. */
    @Test
    void risesThatTurnOutToBeGarbageCountLessAndLess() {
        long firstPeak = sawtooth();
        long peak = firstPeak;
        for (int i = 0; i < 10; i++) {
            peak = sawtooth();
        }
        assertThat(firstPeak).isGreaterThan(4_000);
        assertThat(peak).isLessThan(firstPeak / 2);
    }

    @Test
    void growthThatStaysIsCountedThoughRisesWereGarbageBefore() {
        for (int i = 0; i < 10; i++) {
            sawtooth();
        }
        all(8_000);
        assertThat(estimate.liveBytes()).isEqualTo(8_000);
    }

    @ParameterizedTest
    @EnumSource(
            value = CollectionScope.class,
            names = {"YOUNG", "SOME_OLD"})
    void survivorsThatFoundNoRoomAreNotCountedTwice(CollectionScope scope) {
        all(4_000);
        estimate.collected(new HeapReading(scope, next(), 1_000, 4_000, 900, 5_000));
        assertThat(estimate.liveBytes()).isLessThanOrEqualTo(5_000);
    }

    /** Its numbers are from before the full one, which is told of as well. */
    @Test
    void collectionThatDidNothingSaysNothing() {
        all(4_000);
        freed(500);
        young(1_000, 7_000, 1_000, 7_000);
        assertThat(estimate.liveBytes()).isEqualTo(3_500);
        assertThat(estimate.creditBytes()).isEqualTo(500);
    }

    @Test
    void stepOfACollectionIsNoReading() {
        assertThatThrownBy(() -> estimate.collected(new HeapReading(CollectionScope.NOTHING, 1, 0, 0, 0, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NOTHING");
    }

    /** What is live is never more than what is in use, less the credit, and never negative. */
    @Test
    void neverMoreThanWhatIsInUse() {
        Seeded seeded = Seeded.create();
        for (int i = 0; i < 20_000; i++) {
            long youngBefore = seeded.nextInt(2_000);
            long oldBefore = seeded.nextInt(8_000);
            // Less than before, or nothing was done.
            long youngAfter = seeded.nextInt((int) Math.max(1, youngBefore));
            long oldAfter = Math.max(0, oldBefore + youngBefore - youngAfter - seeded.nextInt(3_000));
            long inUse = youngAfter + oldAfter;
            switch (seeded.nextInt(5)) {
                case 0 -> young(youngBefore, oldBefore, youngAfter, oldAfter);
                case 1 -> someOld(youngBefore, oldBefore, youngAfter, oldAfter);
                case 2 -> all(inUse);
                case 3 -> {
                    estimate.used(inUse);
                    assertThat(estimate.liveBytes())
                            .as("look %d, %s", i, seeded)
                            .isBetween(0L, Math.max(0, inUse - estimate.creditBytes()));
                    continue;
                }
                default -> {
                    long before = estimate.liveBytes();
                    freed(seeded.nextInt(500));
                    assertThat(estimate.liveBytes())
                            .as("round %d, %s", i, seeded)
                            .isBetween(0L, before);
                    continue;
                }
            }
            assertThat(estimate.liveBytes())
                    .as("collection %d, %s", i, seeded)
                    .isBetween(0L, Math.max(0, inUse - estimate.creditBytes()));
        }
    }

    /** Rises by garbage, which then falls; answers the highest estimate. */
    private long sawtooth() {
        long peak = 0;
        for (long old = 1_000; old <= 8_000; old += 500) {
            young(500, old - 500, 0, old);
            peak = Math.max(peak, estimate.liveBytes());
        }
        all(500);
        return peak;
    }

    private void all(long inUse) {
        estimate.collected(new HeapReading(CollectionScope.ALL, next(), 0, LIMIT, 0, inUse));
    }

    private void young(long youngBefore, long oldBefore, long youngAfter, long oldAfter) {
        estimate.collected(
                new HeapReading(CollectionScope.YOUNG, next(), youngBefore, oldBefore, youngAfter, oldAfter));
    }

    private void someOld(long youngBefore, long oldBefore, long youngAfter, long oldAfter) {
        estimate.collected(
                new HeapReading(CollectionScope.SOME_OLD, next(), youngBefore, oldBefore, youngAfter, oldAfter));
    }

    private void freed(long bytes) {
        long from = next();
        estimate.freed(bytes, from, next());
    }

    private long next() {
        millis += 10;
        return millis;
    }
}
