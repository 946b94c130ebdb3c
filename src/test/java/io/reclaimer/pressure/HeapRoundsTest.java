package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import io.reclaimer.shrinker.RoundOutcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The order of rounds, and the back-off between them. */
class HeapRoundsTest extends HeapPressureFixture {

    @Test
    void roundsGoOnUntilHighWithoutACollection() {
        start();
        live(850_000);
        assertThat(answer(0, RoundOutcome.TARGET_REACHED, 50, 100_000).state()).isEqualTo(PressureState.LOW);
        assertThat(rounds).hasSize(2);
        assertThat(rounds.get(1).bytes()).as("What is missing now").isEqualTo(50_000);
        assertThat(answer(1, RoundOutcome.TARGET_REACHED, 25, 50_000).state()).isEqualTo(PressureState.NONE);
        assertThat(rounds).hasSize(2);
    }

    @Test
    void oneBackgroundRoundAtATime() {
        start();
        for (int i = 0; i < 5; i++) {
            live(850_000 + i);
        }
        status();
        assertThat(rounds).hasSize(1);
    }

    @Test
    void oneDirectRoundAtATimeAndNoBackgroundOneBesideIt() {
        start();
        live(950_000);
        live(960_000);
        live(850_000);
        assertThat(rounds).hasSize(1);
        answer(0, RoundOutcome.DEADLINE, 1, 1_000);
        assertThat(rounds).hasSize(2);
        assertThat(rounds.get(1).isBackground()).isTrue();
    }

    @Test
    void directRoundEndsTheBackgroundOne() {
        start();
        live(850_000);
        live(950_000);
        assertThat(rounds).hasSize(2);
        assertThat(rounds.get(0).isCancelled()).isTrue();
        assertThat(rounds.get(1).isBackground()).isFalse();
        assertThat(rounds.get(1).isCancelled()).isFalse();
    }

    /** A round that was cancelled shows nothing about the bytes that could be freed. */
    @Test
    void cancelledRoundThatFreedNothingStartsNoBackOff() {
        start();
        live(850_000);
        live(950_000);
        answer(0, RoundOutcome.CANCELLED, 0, 0);
        answer(1, RoundOutcome.TARGET_REACHED, 10, 50_000);
        assertThat(rounds).hasSize(3);
    }

    @Test
    void underPressureRoundsBecomeDirectAndBackgroundAgain() {
        start();
        live(950_000);
        assertThat(answer(0, RoundOutcome.TARGET_REACHED, 100, 100_000).state()).isEqualTo(PressureState.LOW);
        assertThat(rounds.get(1).isBackground()).isTrue();
    }

    /** The round came to the end of what caches hold, or freed nothing, or nothing that helps the heap. */
    @ParameterizedTest
    @CsvSource({"DONE, 0, 0, 0", "TARGET_MISSED, 10, 10000, 0", "TARGET_REACHED, 100, 160000, 160000"})
    void ineffectiveRoundStartsABackOff(RoundOutcome outcome, long objects, long freed, long freedAtOnce) {
        start();
        live(850_000);
        answer(0, outcome, objects, freed, freedAtOnce);
        assertThat(status().ineffectiveRounds()).isEqualTo(1);
        assertThat(rounds).hasSize(1);
        passes(RETRY_MIN.minusMillis(1));
        assertThat(rounds).hasSize(1);
        passes(Duration.ofMillis(1));
        assertThat(rounds).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"DEADLINE, 10, 10000, 0", "TARGET_REACHED, 100, 160000, 159000"})
    void roundThatFreedHeapIsFollowedAtOnce(RoundOutcome outcome, long objects, long freed, long freedAtOnce) {
        start();
        live(850_000);
        answer(0, outcome, objects, freed, freedAtOnce);
        assertThat(rounds).hasSize(2);
    }

    /** A round fails when the system shuts down, for example. The next one still waits. */
    @Test
    void failedRoundStartsABackOffAndIsNotIneffective() {
        start();
        live(850_000);
        LoggingTestKit.warn("in vain").withOccurrences(0).expect(testKit.system(), () -> {
            fail(0);
            passes(RETRY_MIN.minusMillis(1));
            return null;
        });
        assertThat(status().rounds()).isZero();
        assertThat(status().ineffectiveRounds()).isZero();
        assertThat(rounds).hasSize(1);
        passes(Duration.ofMillis(1));
        assertThat(rounds).hasSize(2);
    }

    @Test
    void backOffDoublesUpToItsMaximum() {
        start();
        live(850_000);
        int started = 1;
        for (int millis : new int[] {100, 200, 400, 450, 450}) {
            answer(started - 1, RoundOutcome.DONE, 0, 0);
            passes(Duration.ofMillis(millis - 1));
            assertThat(rounds).as("before %d ms", millis).hasSize(started);
            passes(Duration.ofMillis(1));
            started++;
            assertThat(rounds).as("after %d ms", millis).hasSize(started);
        }
    }

    @Test
    void effectiveRoundEndsTheDoubling() {
        start();
        live(950_000);
        answer(0, RoundOutcome.DONE, 0, 0);
        passes(RETRY_MIN);
        answer(1, RoundOutcome.DONE, 0, 0);
        passes(RETRY_MIN.multipliedBy(2));
        answer(2, RoundOutcome.TARGET_REACHED, 1, 1_000);
        answer(3, RoundOutcome.DONE, 0, 0);
        passes(RETRY_MIN.minusMillis(1));
        assertThat(rounds).hasSize(4);
        passes(Duration.ofMillis(1));
        assertThat(rounds).hasSize(5);
    }

    @Test
    void collectionEndsTheBackOff() {
        start();
        live(850_000);
        answer(0, RoundOutcome.DONE, 0, 0);
        assertThat(rounds).hasSize(1);
        live(850_000);
        assertThat(rounds).hasSize(2);
        answer(1, RoundOutcome.DONE, 0, 0);
        passes(RETRY_MIN);
        assertThat(rounds).as("the end of the first back-off").hasSize(2);
        passes(RETRY_MIN);
        assertThat(rounds).hasSize(3);
    }

    @Test
    void collectionDoesNotEndTheBackOffAfterTwoIneffectiveRounds() {
        start();
        live(850_000);
        answer(0, RoundOutcome.TARGET_MISSED, 0, 0);
        live(850_000);
        assertThat(rounds).hasSize(2);
        answer(1, RoundOutcome.TARGET_MISSED, 0, 0);
        live(850_000);
        assertThat(rounds).hasSize(2);
        passes(RETRY_MIN.multipliedBy(2));
        assertThat(rounds).hasSize(3);
    }

    @Test
    void directRoundDoesNotWaitForTheEndOfABackOff() {
        start();
        live(850_000);
        answer(0, RoundOutcome.TARGET_MISSED, 0, 0);
        live(850_000);
        answer(1, RoundOutcome.TARGET_MISSED, 0, 0);
        live(950_000);
        assertThat(rounds).hasSize(3);
        assertThat(rounds.get(2).isBackground()).isFalse();
    }

    @Test
    void backOffThatEndsWithoutPressureStartsNothing() {
        start();
        live(850_000);
        answer(0, RoundOutcome.DONE, 0, 0);
        heap.usedBytes = 100_000;
        passes(RETRY_MIN.multipliedBy(2));
        assertThat(status().state()).isEqualTo(PressureState.NONE);
        assertThat(rounds).hasSize(1);
    }

    @Test
    void losslessShrinkersAreAskedFirst() {
        lossless.set(true);
        start();
        live(850_000);
        assertThat(rounds).extracting(PlayedRound::isLossless).containsExactly(true);
        assertThat(rounds.get(0).isBackground()).isTrue();
        assertThat(rounds.get(0).bytes()).isEqualTo(150_000);
        answer(0, RoundOutcome.TARGET_MISSED, 10, 30_000);
        assertThat(rounds).extracting(PlayedRound::isLossless).containsExactly(true, false);
        assertThat(rounds.get(1).bytes()).isEqualTo(120_000);
        assertThat(status().ineffectiveRounds()).isZero();
        answer(1, RoundOutcome.TARGET_REACHED, 10, 100_000);
        assertThat(rounds)
                .extracting(PlayedRound::isLossless)
                .as("Something may have come since")
                .containsExactly(true, false, true);
    }

    @Test
    void losslessRoundThatMeetsItsTargetIsTheOnlyOne() {
        lossless.set(true);
        start();
        live(850_000);
        assertThat(answer(0, RoundOutcome.TARGET_REACHED, 10, 150_000).state()).isEqualTo(PressureState.NONE);
        assertThat(rounds).hasSize(1);
    }

    /** The round may be late, and an allocation is waiting for the memory. */
    @Test
    void directLosslessRoundHasAPartOfTheTime() {
        lossless.set(true);
        start();
        live(950_000);
        assertThat(rounds).extracting(PlayedRound::isLossless).containsExactly(true);
        assertThat(rounds.get(0).isBackground()).isFalse();
        assertThat(rounds.get(0).request().within()).contains(Duration.ofMillis(250));
        answer(0, RoundOutcome.DEADLINE, 0, 0);
        assertThat(rounds).extracting(PlayedRound::isLossless).containsExactly(true, false);
        assertThat(rounds.get(1).request().within()).contains(Duration.ofSeconds(1));
    }

    @Test
    void failedLosslessRoundIsNotIneffective() {
        lossless.set(true);
        start();
        live(850_000);
        fail(0);
        assertThat(rounds).extracting(PlayedRound::isLossless).containsExactly(true, false);
        assertThat(status().ineffectiveRounds()).isZero();
    }
}
