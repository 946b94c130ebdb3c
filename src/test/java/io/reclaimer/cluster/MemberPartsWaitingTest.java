package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.shrinker.RoundOutcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Waiting counts and parts of a member with two slots. */
class MemberPartsWaitingTest extends MemberPartsSpec {

    MemberPartsWaitingTest() {
        super(2);
    }

    @Test
    void countsAndPartsBeyondThePlacesWaitUntilOneIsFree() {
        started(1, 500);
        receive(count(2), 1);
        receive(count(3), 1);
        receive(count(4), 1);
        assertThat(running).hasSize(1);
        assertThat(counting).extracting(Counting::round).containsExactly(1L, 2L);
        counted(1, 2);
        assertThat(counting).extracting(Counting::round).containsExactly(1L, 2L, 3L);
        receive(reclaim(2, 1, 500, 4_000), 3);
        ended(0, RoundOutcome.TARGET_REACHED, 500);
        assertThat(counting).extracting(Counting::round).containsExactly(1L, 2L, 3L, 4L);
        assertThat(running).hasSize(1);
        counted(2, 4);
        assertThat(running).hasSize(2).last().matches(part -> part.round() == 2);
        assertThat(parts.running()).isEqualTo(1);
    }

    /** The reclaimer may answer at once. */
    @Test
    void placesAreNeverLost() {
        for (int i = 0; i < 10; i++) {
            receive(count(i), 0);
        }
        for (int i = 0; i < 10; i++) {
            parts.counted(i, null, new IllegalStateException("no"), 1);
        }
        assertThat(counting).hasSize(10);
        assertThat(parts.known()).isZero();
        receive(count(11), 2);
        receive(count(12), 2);
        assertThat(counting).hasSize(12);
    }

    @Test
    void partThatHasWaitedForTooLongIsAnsweredAsLate() {
        offered(1, 0);
        busy();
        receive(reclaim(1, 1, 500, 4_000), millis(1_000));
        assertThat(running).isEmpty();
        assertThat(parts.running()).isEqualTo(1);
        assertThat(parts.dueNanos()).hasValue(millis(4_000));
        parts.tick(millis(3_999));
        assertThat(take()).isEmpty();
        parts.tick(millis(4_000));
        assertThat(take())
                .containsExactly(new Sent(
                        "a",
                        notBegun(
                                1,
                                1,
                                "DEADLINE",
                                "no slot was free in time: [2] counts and parts are under way there,"
                                        + " as many as allowed [reclaimer.cluster.max-parts]")));
        assertThat(parts.running()).isZero();
        assertThat(parts.dueNanos()).isEmpty();
        // The round is known, and may ask again.
        counted(1, millis(4_001));
        counted(2, millis(4_001));
        take();
        receive(reclaim(1, 2, 500, 6_000), millis(4_500));
        assertThat(running)
                .singleElement()
                .matches(part -> part.request().within().orElseThrow().equals(Duration.ofMillis(1_500)));
    }

    /** The time of the part is over when a slot is free, and no timer has run before. */
    @Test
    void partWhoseTimeIsOverWhenAPlaceIsFreeDoesNotBegin() {
        offered(1, 0);
        busy();
        receive(reclaim(1, 1, 500, 4_000), millis(1_000));
        counted(1, millis(4_001));
        assertThat(running).isEmpty();
        assertThat(take())
                .hasSize(2)
                .last()
                .satisfies(one -> assertThat(one.message().toString()).contains("DEADLINE", "max-parts"));
        receive(count(77), millis(4_002));
        assertThat(counting).as("the slot is free").extracting(Counting::round).contains(77L);
    }

    @Test
    void countThatHasWaitedForTooLongIsRefused() {
        busy();
        receive(count(1), 0);
        assertThat(parts.dueNanos()).hasValue(millis(9_000));
        parts.tick(millis(9_000));
        assertThat(reason()).contains("[2] counts and parts").contains("reclaimer.cluster.max-parts");
        assertThat(parts.known()).isEqualTo(2);
        counted(0, millis(9_001));
        assertThat(counting).hasSize(2);
    }

    @Test
    void whatWaitsEndsAtOnceWhenItIsCancelled() {
        offered(1, 0);
        busy();
        receive(reclaim(1, 1, 500, 4_000), 1);
        receive(count(2), 1);
        cancel(1);
        cancel(2);
        assertThat(take()).containsExactly(new Sent("a", notBegun(1, 1, "CANCELLED", "")));
        assertThat(parts.dueNanos()).isEmpty();
        counted(1, 2);
        counted(2, 2);
        assertThat(running).isEmpty();
        assertThat(counting).hasSize(3);
    }

    @Test
    void whatIsCountedEndsWhenItIsCancelled() {
        receive(count(1), 0);
        assertThat(counting.get(0).request().cancellation().orElseThrow().isCancelled())
                .isFalse();
        cancel(1);
        assertThat(counting.get(0).request().cancellation().orElseThrow().isCancelled())
                .isTrue();
    }

    @Test
    void whatWaitsOfAMemberThatWasRemovedIsDropped() {
        offered(1, 0);
        busy();
        receive(reclaim(1, 1, 500, 4_000), 1);
        receive(count(2), 1);
        parts.requesterGone(Messages.UID);
        assertThat(take()).isEmpty();
        assertThat(parts.dueNanos()).isEmpty();
        assertThat(parts.running()).isZero();
    }

    @Test
    void whatWaitsIsAnsweredWhenTheMemberLeaves() {
        offered(1, 0);
        busy();
        receive(reclaim(1, 1, 500, 4_000), 1);
        receive("b", count(2), 1);
        parts.leave();
        assertThat(take())
                .containsExactlyInAnyOrder(
                        new Sent("a", notBegun(1, 1, "SHUTDOWN", "")),
                        new Sent("b", Messages.refused(2, 3, "it is leaving the cluster")));
    }

    /** Repeated requests for waiting work. */
    @Test
    void whatWaitsAndComesAgainWaitsOnceAndIsAnsweredToTheLastSender() {
        busy();
        receive("b", count(1), 0);
        receive(count(1), 1);
        counted(0, 2);
        take();
        assertThat(counting).hasSize(3);
        counted(2, 3);
        assertThat(take()).singleElement().matches(one -> one.to().equals("a") && one.message() instanceof Offer);
        receive(count(8), 3);
        receive(count(9), 3);
        receive("b", reclaim(1, 1, 500, 4_000), 4);
        receive(reclaim(1, 1, 500, 4_000), 5);
        counted(1, 6);
        counted(3, 6);
        counted(4, 6);
        assertThat(running).singleElement().matches(part -> part.round() == 1);
        take();
        ended(0, RoundOutcome.TARGET_REACHED, 500);
        assertThat(take()).containsExactly(new Sent("a", reclaimed(1, 1, "DONE", 500)));
    }

    /** Starts two counts of other rounds, which take both slots. */
    private void busy() {
        receive("x", count(1_001), 0);
        receive("x", count(1_002), 0);
    }
}
