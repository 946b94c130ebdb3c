package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.testkit.Seeded;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LiveEstimateTest {

    private static final long LIMIT = 10_000;

    /** The watermarks are 8,500 (min), 7,000 (low) and 6,500 (high) live bytes. */
    private static final Watermarks MARKS = new Watermarks(0.15, 0.30, 0.35);

    private static final long LOW_MARK = 7_000;
    private static final long HIGH_MARK = 6_500;

    /** A conclusive collection is overdue after this number of readings, one second apart. */
    private static final int OVERDUE = 8;

    private final LiveEstimate estimate = new LiveEstimate(MARKS, LIMIT);

    /** Some time passes between two readings. */
    private long millis;

    @Test
    void beforeTheFirstCollectionNothingIsLive() {
        assertThat(estimate.liveBytes()).isZero();
        assertThat(estimate.creditBytes()).isZero();
        estimate.sampled(5_000);
        assertThat(estimate.liveBytes()).isZero();
    }

    @Test
    void collectionOfAllGarbageLeavesTheLiveBytes() {
        all(7_000);
        assertThat(estimate.liveBytes()).isEqualTo(7_000);
        all(3_000);
        assertThat(estimate.liveBytes()).isEqualTo(3_000);
        all(8_000);
        assertThat(estimate.liveBytes()).isEqualTo(8_000);
    }

    @Test
    void bytesThatARoundFreedAreNotLiveThoughStillInUse() {
        all(7_000);
        freed(1_000);
        assertThat(estimate.liveBytes()).isEqualTo(6_000);
        assertThat(estimate.creditBytes()).isEqualTo(1_000);
        young(0, 7_000, 0, 7_000);
        assertThat(estimate.liveBytes()).isEqualTo(6_000);
    }

    /** No byte is counted twice, neither those that the collection removed nor those that it left. */
    @Test
    void collectionThatRemovesBytesThatARoundFreedChangesNothing() {
        all(7_000);
        freed(1_000);
        all(6_000);
        assertThat(estimate.liveBytes()).isEqualTo(6_000);
        assertThat(estimate.creditBytes()).isZero();
    }

    @Test
    void collectionOfSomeOldSettlesTheBytesThatItRemoved() {
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
    void sampleLimitsTheEstimateButNeverRaisesIt() {
        all(7_000);
        estimate.sampled(9_500);
        assertThat(estimate.liveBytes()).isEqualTo(7_000);
        estimate.sampled(4_000);
        assertThat(estimate.liveBytes()).isEqualTo(4_000);
        estimate.sampled(7_000);
        assertThat(estimate.liveBytes()).isEqualTo(4_000);
    }

    @Test
    void sampleExcludesBytesThatRoundsFreed() {
        all(7_000);
        freed(1_000);
        estimate.sampled(6_500);
        assertThat(estimate.liveBytes()).isEqualTo(5_500);
    }

    // Readings of young collections only.

    /** An old generation fills up with garbage that no collection reports, until a full collection removes it. */
    @Test
    void riseThatMayBeGarbageDoesNotCount() {
        all(4_000);
        for (long old = 4_000; old < 9_900; old += 100) {
            young(500, old, 0, old + 100);
            assertThat(estimate.liveBytes()).isEqualTo(4_000);
        }
        assertThat(estimate.upperBoundBytes()).isEqualTo(9_900);
        all(4_100);
        assertThat(estimate.liveBytes()).isEqualTo(4_100);
    }

    @Test
    void growthOfACacheCounts() {
        all(1_000);
        young(5_000, 1_000, 0, 6_000);
        assertThat(estimate.isCountDue()).isTrue();
        counted(500);
        assertThat(estimate.liveBytes()).isEqualTo(1_000);
        young(1_500, 6_000, 0, 7_500);
        assertThat(estimate.isCountDue()).isTrue();
        counted(6_000);
        assertThat(estimate.liveBytes()).as("500 are in no cache").isEqualTo(6_500);
    }

    @Test
    void emptyingOfACacheCounts() {
        all(8_000);
        young(500, 8_000, 0, 8_000);
        counted(6_000);
        young(500, 8_000, 0, 8_500);
        counted(1_000);
        assertThat(estimate.liveBytes()).isEqualTo(3_000);
    }

    /** A cache that is late or at fault is not counted. */
    @Test
    void partialCountOnlyRaisesTheCachedBytes() {
        young(500, 8_000, 0, 8_000);
        counted(6_000);
        estimate.counted(0, false, millis);
        assertThat(estimate.liveBytes()).isEqualTo(6_000);
        estimate.counted(6_500, false, millis);
        assertThat(estimate.liveBytes()).isEqualTo(6_500);
        freed(1_000);
        estimate.counted(0, false, millis);
        assertThat(estimate.liveBytes()).isEqualTo(5_500);
    }

    @Test
    void nonCacheBytesCountWhenCachesAloneExceedTheMinMark() {
        all(8_000);
        counted(6_000);
        young(3_000, 8_000, 0, 11_000);
        counted(8_600);
        assertThat(estimate.liveBytes()).isEqualTo(10_600);
    }

    @Test
    void partialCountShowsNoNonCacheBytes() {
        all(8_000);
        young(500, 8_000, 0, 8_000);
        estimate.counted(1_000, false, millis);
        assertThat(estimate.isCountDue()).isTrue();
        counted(6_000);
        assertThat(estimate.liveBytes()).isEqualTo(8_000);
    }

    @Test
    void sizesThatAreTooLargeCountForNoMoreThanIsInUse() {
        young(1_000, 5_000, 0, 6_000);
        counted(60_000);
        assertThat(estimate.liveBytes()).isEqualTo(6_000);
    }

    @Test
    void roundsAreCountedOnceThoughCachesAreCountedAgain() {
        young(500, 7_500, 0, 8_000);
        counted(7_500);
        freed(1_000);
        assertThat(estimate.liveBytes()).isEqualTo(6_500);
        counted(6_500);
        assertThat(estimate.liveBytes()).isEqualTo(6_500);
    }

    /**
     * Caches are loaded, and most young objects survive; then they serve, and hardly any does. No old garbage is
     * removed.
     */
    @Test
    void creditStaysWhenLessOfTheYoungGenerationSurvives() {
        long old = 0;
        long held = 0;
        while (old < 7_200) {
            someOld(600, old, 60, old + 480);
            old += 480;
            held += 480;
        }
        long freed = 0;
        for (int pause = 0; pause < 50; pause++) {
            someOld(600, old, 0, old + 10);
            old += 10;
            counted(held);
            long wanted = Math.max(0, estimate.liveBytes() - HIGH_MARK);
            freed(wanted);
            freed += wanted;
            held -= wanted;
        }
        assertThat(freed).isEqualTo(7_200 - HIGH_MARK);
        assertThat(estimate.creditBytes()).isEqualTo(freed);
    }

    // G1.

    @Test
    void mixedCollectionsAreConclusiveWhenNoMoreOfThemCome() {
        someOld(500, 8_000, 0, 8_000);
        mixed(500, 8_000, 0, 6_000);
        mixed(500, 6_000, 0, 5_000);
        someOld(500, 5_000, 0, 5_200);
        someOld(500, 5_200, 0, 5_300);
        assertThat(estimate.liveBytes()).as("There may be another one").isZero();
        someOld(500, 5_300, 0, 5_400);
        assertThat(estimate.liveBytes()).as("The lowest").isEqualTo(5_000);
    }

    /**
     * Bytes that came in since the marking began may be garbage: 300 with each pause, over 3 pauses and 2 mixed ones.
     */
    @Test
    void bytesPromotedSinceTheSeriesBeforeAreNotSurelyLive() {
        mixed(500, 6_000, 0, 5_000);
        for (int i = 0; i < 3; i++) {
            someOld(500, 5_000 + 300 * i, 0, 5_300 + 300 * i);
        }
        assertThat(estimate.liveBytes()).isEqualTo(5_000);
        mixed(500, 5_900, 0, 5_400);
        mixed(500, 5_400, 0, 4_900);
        for (int i = 0; i < 3; i++) {
            someOld(500, 4_900 + 300 * i, 0, 5_200 + 300 * i);
        }
        assertThat(estimate.liveBytes()).isEqualTo(4_900 - 5 * 300);
    }

    /** A pause that is reported late is not recognised as a mixed one. */
    @Test
    void unrecognisedMixedPauseDoesNotEndTheSeries() {
        mixed(500, 9_900, 0, 9_500);
        someOld(500, 9_500, 0, 8_000);
        someOld(500, 8_000, 0, 7_000);
        mixed(500, 7_000, 0, 6_000);
        someOld(500, 6_000, 0, 5_000);
        for (int i = 0; i < 2; i++) {
            someOld(500, 5_000, 0, 5_100);
        }
        assertThat(estimate.liveBytes()).isEqualTo(5_000);
    }

    /** A few large arrays were removed, which shows nothing about the remainder. */
    @Test
    void fallWithoutAMarkingIsInconclusive() {
        someOld(500, 8_000, 0, 8_000);
        someOld(500, 8_000, 0, 7_000);
        someOld(500, 7_000, 0, 8_000);
        assertThat(estimate.liveBytes()).isZero();
    }

    @Test
    void markingThatFindsNoGarbageIsConclusive() {
        someOld(500, 8_000, 0, 8_000);
        marking();
        someOld(500, 8_000, 0, 8_000);
        marking();
        for (int i = 0; i < 3; i++) {
            assertThat(estimate.liveBytes()).isZero();
            someOld(500, 8_000, 0, 8_000 + i);
        }
        assertThat(estimate.liveBytes()).isEqualTo(8_000);
    }

    /** Consecutive markings leave no time for three pauses that are not mixed. */
    @Test
    void nextMarkingEndsTheSeries() {
        marking();
        marking();
        mixed(500, 8_000, 0, 6_000);
        someOld(500, 6_000, 0, 6_000);
        assertThat(estimate.liveBytes()).isZero();
        marking();
        assertThat(estimate.liveBytes()).isEqualTo(6_000);
    }

    /** G1 of Java 21 and later reports this of pauses during a marking, if it kept candidates. */
    @Test
    void supposedMixedPauseBeginsNoSeriesIfMarkingsAreReported() {
        marking();
        mixed(500, 8_000, 0, 8_000);
        marking();
        assertThat(estimate.liveBytes()).isZero();
    }

    /** A series shows what was live at the previous one, or at the start. Caches have grown since. */
    @Test
    void nonCacheBytesAreFoundThoughCachesGrow() {
        someOld(500, 1_500, 0, 1_500);
        counted(500);
        marking();
        marking();
        someOld(1_000, 1_500, 0, 2_500);
        someOld(1_000, 2_500, 0, 3_500);
        marking();
        counted(2_500);
        assertThat(estimate.liveBytes()).isEqualTo(1_000 + 2_500);
    }

    /** Rounds have freed part of the bytes that caches held then. */
    @Test
    void nonCacheBytesAreFoundThoughRoundsFree() {
        someOld(500, 5_000, 0, 5_000);
        counted(4_000);
        freed(1_000);
        marking();
        marking();
        mixed(500, 5_000, 0, 4_000);
        someOld(500, 4_000, 0, 4_000);
        marking();
        counted(3_000);
        assertThat(estimate.liveBytes()).isEqualTo(4_000);
        counted(2_000);
        assertThat(estimate.liveBytes()).isEqualTo(3_000);
    }

    @Test
    void markingThatFindsGarbageWaitsForItsRemoval() {
        someOld(500, 8_000, 0, 8_000);
        marking();
        marking();
        someOld(500, 8_000, 0, 8_000);
        for (int i = 0; i < 4; i++) {
            mixed(500, 8_000 - 500 * i, 0, 7_500 - 500 * i);
            assertThat(estimate.liveBytes()).isZero();
        }
        for (int i = 0; i < 3; i++) {
            someOld(500, 6_000, 0, 6_100);
        }
        assertThat(estimate.liveBytes()).isEqualTo(6_000);
        for (int i = 0; i < 5; i++) {
            someOld(500, 6_100, 0, 6_500);
        }
        assertThat(estimate.liveBytes()).as("The marking was used up").isEqualTo(6_000);
    }

    // Concurrent collections.

    @Test
    void oneConcurrentReadingRaisesNothing() {
        concurrent(5_000, 500);
        counted(4_000);
        assertThat(estimate.liveBytes()).isEqualTo(4_500);
        concurrent(8_000, 500);
        assertThat(estimate.liveBytes()).as("Before caches are counted").isEqualTo(4_500);
        assertThat(estimate.isCountDue()).isTrue();
        counted(4_000);
        assertThat(estimate.liveBytes()).isEqualTo(4_500);
        concurrent(4_800, 500);
        counted(4_000);
        assertThat(estimate.liveBytes()).as("It fell").isEqualTo(4_300);
    }

    @Test
    void lowestOfEightConcurrentReadingsCounts() {
        concurrent(5_000, 500);
        counted(4_000);
        for (int i = 0; i < 7; i++) {
            concurrent(7_600 + i, 500);
            counted(4_000);
            assertThat(estimate.liveBytes()).isEqualTo(4_500);
        }
        concurrent(8_000, 500);
        counted(4_000);
        assertThat(estimate.liveBytes()).isEqualTo(7_100);
    }

    /** Beyond the min watermark there is no time to compare more readings. */
    @Test
    void lowestOfThreeConcurrentReadingsCountsIfItIsUrgent() {
        concurrent(5_000, 500);
        counted(4_000);
        for (int i = 0; i < 2; i++) {
            concurrent(9_200, 500);
            counted(4_000);
            assertThat(estimate.liveBytes()).isEqualTo(4_500);
        }
        concurrent(9_300, 500);
        counted(4_000);
        assertThat(estimate.liveBytes()).isEqualTo(8_700);
        concurrent(8_000, 500);
        counted(4_000);
        assertThat(estimate.liveBytes()).isEqualTo(4_500);
    }

    /** The loading of a cache shows in the bytes that it holds. */
    @Test
    void growthOfACacheCountsAtOnce() {
        concurrent(5_000, 500);
        counted(4_000);
        concurrent(8_000, 500);
        counted(7_000);
        assertThat(estimate.liveBytes()).isEqualTo(7_500);
    }

    @Test
    void concurrentReadingCountsInFullAfterAPartialCount() {
        concurrent(5_000, 500);
        counted(4_000);
        concurrent(8_000, 500);
        estimate.counted(4_000, false, millis);
        assertThat(estimate.liveBytes()).isEqualTo(7_500);
    }

    /** A cycle leaves what was live when it began. Half of the caches' growth since their last count came later. */
    @Test
    void nonCacheBytesAreFoundThoughCachesGrowDuringACycle() {
        concurrent(2_000, 0);
        counted(1_000);
        long counted = millis;
        concurrent(7_000, 3_000);
        estimate.counted(5_000, true, counted + 2 * (millis - counted));
        assertThat(estimate.liveBytes()).isEqualTo(1_000 + 5_000);
    }

    private void concurrent(long inUse, long allocated) {
        estimate.collected(new HeapReading(CollectionScope.ALL, next(), 0, LIMIT, 0, inUse, allocated));
    }

    // An overdue conclusive collection.

    @Test
    void upperBoundCountsWhenAConclusiveCollectionIsOverdue() {
        aboveLowMark(OVERDUE);
        assertThat(estimate.liveBytes()).isGreaterThan(LOW_MARK);
    }

    @Test
    void upperBoundDoesNotCountBefore() {
        aboveLowMark(OVERDUE - 1);
        assertThat(estimate.liveBytes()).isZero();
    }

    @Test
    void manyReadingsInNoTimeDoNotMakeItOverdue() {
        for (int i = 0; i < 10 * OVERDUE; i++) {
            someOldAt(next(), 8_000);
        }
        assertThat(estimate.liveBytes()).isZero();
    }

    /** Otherwise caches would be emptied because of garbage. */
    @Test
    void upperBoundFreesNoMoreThanLiesBetweenTheMarks() {
        aboveLowMark(OVERDUE);
        long freed = 0;
        for (int i = 0; i < 100; i++) {
            long wanted = Math.max(0, estimate.liveBytes() - HIGH_MARK);
            freed(wanted);
            freed += wanted;
            millis += 1_000;
            someOldAt(millis, 9_900);
        }
        assertThat(freed).isEqualTo(LOW_MARK - HIGH_MARK + 1);
    }

    @Test
    void conclusiveCollectionEndsThat() {
        aboveLowMark(OVERDUE);
        all(3_000);
        assertThat(estimate.liveBytes()).isEqualTo(3_000);
        aboveLowMark(OVERDUE - 1);
        assertThat(estimate.liveBytes()).isEqualTo(3_000);
    }

    /** The next full collection comes by itself, when the old generation is full. */
    @Test
    void heapWhoseOldGenerationIsCollectedAsAWholeIsNeverOverdue() {
        for (int i = 0; i < 100; i++) {
            millis += 1_000;
            young(500, 9_000, 0, 9_000);
        }
        assertThat(estimate.liveBytes()).isZero();
    }

    // Allocation during concurrent collections.

    @Test
    void bytesAllocatedMeanwhileAreNotTakenForLive() {
        estimate.collected(new HeapReading(CollectionScope.ALL, next(), 0, 8_000, 0, 9_000, 4_500));
        assertThat(estimate.liveBytes()).isEqualTo(4_500);
        assertThat(estimate.upperBoundBytes()).isEqualTo(9_000);
    }

    @Test
    void allocatedBytesBeyondTheBytesInUseLeaveNothing() {
        estimate.collected(new HeapReading(CollectionScope.ALL, next(), 0, 8_000, 0, 3_000, 4_500));
        assertThat(estimate.liveBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = CollectionScope.class,
            names = {"YOUNG", "SOME_OLD"})
    void survivorsThatFoundNoSpaceAreNotCountedTwice(CollectionScope scope) {
        all(4_000);
        estimate.collected(new HeapReading(scope, next(), 1_000, 4_000, 900, 5_000));
        assertThat(estimate.liveBytes()).isLessThanOrEqualTo(5_000);
    }

    /** Its numbers are from before the full collection, which is reported as well. */
    @Test
    void abortedCollectionShowsNothing() {
        all(4_000);
        freed(500);
        young(1_000, 7_000, 1_000, 7_000);
        assertThat(estimate.liveBytes()).isEqualTo(3_500);
        assertThat(estimate.creditBytes()).isEqualTo(500);
    }

    @Test
    void stepOfACollectionIsRefused() {
        assertThatThrownBy(() -> estimate.collected(new HeapReading(CollectionScope.NOTHING, 1, 0, 0, 0, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NOTHING");
    }

    /** Live bytes are never more than the bytes in use minus the credit, and never negative. */
    @Test
    void neverMoreThanTheBytesInUse() {
        Seeded seeded = Seeded.create();
        for (int i = 0; i < 20_000; i++) {
            long youngBefore = seeded.nextInt(2_000);
            long oldBefore = seeded.nextInt(8_000);
            // Less than youngBefore; otherwise the reading would count as that of a collection that did nothing.
            long youngAfter = seeded.nextInt((int) Math.max(1, youngBefore));
            long oldAfter = Math.max(0, oldBefore + youngBefore - youngAfter - seeded.nextInt(3_000));
            long inUse = youngAfter + oldAfter;
            switch (seeded.nextInt(7)) {
                case 0 -> young(youngBefore, oldBefore, youngAfter, oldAfter);
                case 1 -> someOld(youngBefore, oldBefore, youngAfter, oldAfter);
                case 2 -> all(inUse);
                case 3 -> mixed(youngBefore, oldBefore, youngAfter, oldAfter);
                case 4 -> {
                    counted(seeded.nextInt(9_000));
                    assertThat(estimate.liveBytes())
                            .as("count %d, %s", i, seeded)
                            .isBetween(0L, estimate.upperBoundBytes());
                    continue;
                }
                case 5 -> {
                    estimate.sampled(inUse);
                    assertThat(estimate.liveBytes())
                            .as("sample %d, %s", i, seeded)
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

    private void aboveLowMark(int readings) {
        for (int i = 0; i < readings; i++) {
            millis += 1_000;
            someOldAt(millis, 8_000);
        }
    }

    private void someOldAt(long at, long inUse) {
        estimate.collected(new HeapReading(CollectionScope.SOME_OLD, at, 500, inUse, 0, inUse));
    }

    private void marking() {
        estimate.collected(new HeapReading(CollectionScope.MARKING, next(), 0, 0, 0, 0));
    }

    private void mixed(long youngBefore, long oldBefore, long youngAfter, long oldAfter) {
        estimate.collected(
                new HeapReading(CollectionScope.MIXED, next(), youngBefore, oldBefore, youngAfter, oldAfter));
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

    private void counted(long bytes) {
        estimate.counted(bytes, true, millis);
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
