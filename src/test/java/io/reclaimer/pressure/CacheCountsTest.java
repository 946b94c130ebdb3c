package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import io.reclaimer.shrinker.RoundOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Counts of caches, and the size of background rounds that follows from them. */
class CacheCountsTest extends HeapPressureFixture {

    @ParameterizedTest
    @EnumSource(
            value = CollectionScope.class,
            names = {"YOUNG", "SOME_OLD", "MIXED"})
    void inconclusiveCollectionHasCachesCounted(CollectionScope scope) {
        start();
        heap.report(new HeapReading(scope, heap.next(), 100_000, 790_000, 0, 890_000));
        assertThat(status().state()).isEqualTo(PressureState.NONE);
        assertThat(counts).hasSize(1);
        assertThat(counted(0, 850_000).state()).isEqualTo(PressureState.LOW);
        assertThat(status().peakLiveBytes()).isEqualTo(850_000);
        assertThat(rounds).hasSize(1);
    }

    @Test
    void oneCountAtATimeAndNotTooOften() {
        start();
        young(890_000);
        heap.passes(10_000);
        young(890_000);
        assertThat(counts).as("The first one is under way").hasSize(1);
        counted(0, 100_000);
        young(890_000);
        assertThat(counts).hasSize(2);
        counted(1, 110_000);
        young(890_000);
        assertThat(counts).as("It is too soon").hasSize(2);
        heap.passes(200);
        young(890_000);
        assertThat(counts).hasSize(3);
    }

    @Test
    void countThatFailsChangesNothing() {
        start();
        young(890_000);
        counts.get(0).completeExceptionally(new IllegalStateException("planted by the test"));
        assertThat(status().liveBytes()).isZero();
        heap.passes(200);
        young(890_000);
        assertThat(counts).hasSize(2);
        assertThat(counted(1, 850_000).liveBytes()).isEqualTo(850_000);
    }

    /** Caches are not asked while there is no pressure in sight. */
    @Test
    void cachesAreNotCountedWhileLittleIsInUse() {
        start();
        young(100_000);
        counted(0, 10_000);
        for (int i = 0; i < 10; i++) {
            heap.passes(1_000);
            young(700_000);
        }
        status();
        assertThat(counts).hasSize(1);
    }

    @Test
    void backgroundRoundsLeaveCachesTheirFloor() {
        startWithFloor();
        assertThat(live(850_000).state()).isEqualTo(PressureState.LOW);
        assertThat(rounds).as("It waits for no count").hasSize(1);
        counted(0, 100_000);
        answer(0, RoundOutcome.TARGET_REACHED, 10, 10_240);
        assertThat(rounds.get(1).bytes()).isEqualTo(90_000 - 10_240);
    }

    @Test
    void backgroundRoundFreesLittleBeforeCachesAreCounted() {
        startWithFloor();
        live(850_000);
        answer(0, RoundOutcome.TARGET_REACHED, 1, 1_000);
        assertThat(rounds.get(1).bytes()).as("Not all that is wanted").isEqualTo(LIMIT / 128);
    }

    @Test
    void directRoundWaitsForNoCount() {
        startWithFloor();
        live(950_000);
        assertThat(rounds).hasSize(1);
    }

    /** If the live bytes are outside of caches, caches are not emptied further with each collection. */
    @Test
    void roundThatLeavesNothingButTheFloorIsIneffective() {
        startWithFloor();
        live(850_000);
        counted(0, 100_000);
        LoggingTestKit.warn("in vain: [0] of [0] MiB").withOccurrences(1).expect(testKit.system(), () -> {
            answer(0, RoundOutcome.TARGET_REACHED, 88, 90_000);
            for (int i = 1; i < 20; i++) {
                heap.passes(1_000);
                live(760_000);
                status();
                if (i < counts.size()) {
                    counted(i, 10_000);
                }
            }
            return null;
        });
        assertThat(rounds).as("There is nothing above the floor").hasSize(1);
        assertThat(status().ineffectiveRounds()).isPositive();
    }

    /**
     * A fifth of the bytes in caches is wanted; priority 2 asks for a quarter. Then it is a third; priority 1 asks for
     * half.
     */
    @Test
    void roundStartsThreePassesBeforeTheOneThatAsksForEnough() {
        startWithFloor();
        live(850_000);
        counted(0, 800_000);
        assertThat(rounds.get(0).request().priority())
                .as("Before caches are counted")
                .isEqualTo(12);
        answer(0, RoundOutcome.TARGET_REACHED, 1, 1);
        assertThat(rounds.get(1).bytes()).isEqualTo(149_999);
        assertThat(rounds.get(1).request().priority()).isEqualTo(2 + 3);
        live(950_000);
        assertThat(rounds.get(2).isBackground()).isFalse();
        assertThat(rounds.get(2).bytes()).isEqualTo(250_000);
        assertThat(rounds.get(2).request().priority()).isEqualTo(1 + 3);
    }

    /** Besides 100,000 bytes of known size, there are 750,000 bytes in 100 objects: at most 7,500 each. */
    @Test
    void objectsOfUnknownSizeHaveTheLargestPossibleSize() {
        startWithFloor();
        live(850_000);
        counted(0, 100_000 + 100 * 1_024, 100);
        answer(0, RoundOutcome.TARGET_REACHED, 1, 1_000);
        assertThat(unknownObjectBytes(1)).isEqualTo(7_500);
        assertThat(rounds.get(1).bytes()).isEqualTo(149_000);
    }

    /** A collection shows that fewer bytes were freed than estimated. */
    @Test
    void unknownSizeIsHalvedIfRoundsFreedTooLittle() {
        startWithFloor();
        live(850_000);
        counted(0, 100 * 1_024, 100);
        answer(0, RoundOutcome.TARGET_REACHED, 1, 1_000);
        assertThat(unknownObjectBytes(1)).isEqualTo(8_500);
        answer(1, RoundOutcome.TARGET_REACHED, 18, 149_000);
        heap.passes(1_000);
        live(840_000);
        assertThat(unknownObjectBytes(2)).isLessThanOrEqualTo(4_250);
    }

    @Test
    void directRoundAssumesThatObjectsOfUnknownSizeAreSmall() {
        startWithFloor();
        live(950_000);
        assertThat(unknownObjectBytes(0)).isEqualTo(1_024);
    }

    private long unknownObjectBytes(int round) {
        return rounds.get(round).request().unknownObjectBytes();
    }
}
