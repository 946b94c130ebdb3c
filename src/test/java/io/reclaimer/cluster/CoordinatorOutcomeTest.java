package io.reclaimer.cluster;

import static io.reclaimer.cluster.FakeRound.ROUND;
import static io.reclaimer.cluster.FakeRound.millis;
import static io.reclaimer.cluster.FakeRound.offered;
import static io.reclaimer.cluster.FakeRound.request;
import static io.reclaimer.cluster.FakeRound.round;
import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.FakeRound.Sent;
import io.reclaimer.cluster.RoundParameters.Presence;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The outcome of a round, and of each of its members. */
class CoordinatorOutcomeTest {

    @Test
    void shortIsSaidWhereEachHasSaidThatItHasNoMore() {
        FakeRound round = offered(request(2_000), 1_000, 1_000);
        round.parts().forEach(part -> round.done(part, "TARGET_MISSED", 900, 2));
        assertThat(round.report().outcome()).isEqualTo(Outcome.TARGET_MISSED);
        assertThat(round.report().members())
                .allMatch(member -> member.outcome() == MemberOutcome.TARGET_MISSED
                        && member.isExhausted()
                        && member.reason().orElseThrow().equals("it has no more"));
    }

    /** Its shrinker stopped, is in quarantine, and so on: there is more, which may be freed later. */
    @Test
    void memberThatFellShortButIsNotExhaustedKeepsARoundFromSayingShort() {
        FakeRound round = offered(request(2_000), 1_000, 1_000);
        List<Sent> parts = round.parts();
        round.done(parts.get(0), "TARGET_MISSED", 900, 2);
        round.done(new Reclaimed(ROUND, 1, 1, "TARGET_MISSED", 10, 10, false, false, "[2] STOPPED"), 2);
        assertThat(round.report().outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(round.member(0).isExhausted()).isTrue();
        assertThat(round.member(1).isExhausted()).isFalse();
        assertThat(round.outcome(1)).isEqualTo(MemberOutcome.TARGET_MISSED);
        assertThat(round.reason(1)).isEqualTo("[2] STOPPED");
    }

    /** It offered and freed 300, and may have more by now. */
    @Test
    void memberThatGaveAllItOfferedIsAskedForWhatIsMissing() {
        FakeRound round = offered(request(2_000), 300);
        round.done(round.parts().get(0), "DONE", 300, 2);
        List<Sent> more = round.parts();
        assertThat(more).singleElement().matches(part -> part.part().objects() == 1_700);
        round.done(more.get(0), "TARGET_MISSED", 0, 3);
        assertThat(round.report().outcome()).isEqualTo(Outcome.TARGET_MISSED);
        assertThat(round.member(0).isExhausted()).isTrue();
        assertThat(round.report().freedObjects()).isEqualTo(300);
    }

    @Test
    void whatAMemberHasMoreThanItOfferedIsFreed() {
        FakeRound round = round(request(2_000), Presence.HERE, Presence.HERE, Presence.HERE);
        for (int participant = 0; participant < 3; participant++) {
            round.offer(participant, 300, 1);
        }
        round.parts().forEach(part -> round.done(part, part.participant() == 2 ? "TARGET_MISSED" : "DONE", 300, 2));
        List<Sent> more = round.parts();
        // 1,100 are missing, and one of the three has no more.
        assertThat(more).extracting(Sent::participant).containsExactly(0, 1);
        assertThat(more).allMatch(part -> part.part().objects() == 550);
        more.forEach(part -> round.done(part, "DONE", 550, 3));
        assertThat(round.report().outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(round.report().freedObjects()).isEqualTo(2_000);
    }

    /** A member whose complete count is zero is exhausted. */
    @Test
    void emptyOfferNeedsNoPartWhereItIsAllThatThereIs() {
        FakeRound round = round(request(2_000), Presence.HERE, Presence.HERE);
        round.offer(0, 0, 1);
        round.offer(Messages.offer(ROUND, 1, 0, false, "[1] QUARANTINED"), 1);
        List<Sent> parts = round.parts();
        assertThat(parts).extracting(Sent::participant).containsExactly(1);
        round.done(new Reclaimed(ROUND, 1, 1, "TARGET_MISSED", 0, 0, false, false, "[1] QUARANTINED"), 2);
        assertThat(round.report().outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(round.member(0).isExhausted()).isTrue();
        assertThat(round.outcome(0)).isEqualTo(MemberOutcome.DONE);
        assertThat(round.reason(1)).contains("[1] QUARANTINED").contains("its offer was not all that there is");
    }

    /** Version 1 reports neither complete offers nor exhaustion. */
    @Test
    void memberOfTheVersionBeforeIsNotCalledExhausted() {
        FakeRound round = round(request(2_000), Presence.HERE);
        round.offer(new Offer(ROUND, 0, 0, 0, Collections.nCopies(13, 0L), "NONE", 1, 2, 0, false, ""), 1);
        List<Sent> parts = round.parts();
        assertThat(parts).singleElement().matches(part -> part.part().nonce() == 0);
        round.done(new Reclaimed(ROUND, 0, 1, "TARGET_MISSED", 0, 0, false, false, ""), 2);
        assertThat(round.report().outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(round.outcome(0)).isEqualTo(MemberOutcome.TARGET_MISSED);
        assertThat(round.reason(0)).isNotEmpty();
    }

    /** A quarter of the time is for offers; this one takes nine tenths. */
    @Test
    void memberThatOffersTooLateIsNotAskedAndItWasForLackOfTime() {
        FakeRound round = new FakeRound(request(2_000), Duration.ofSeconds(1), Presence.HERE, Presence.HERE);
        round.offer(0, 300, 10);
        round.tick(250);
        round.done(round.parts().get(0), "TARGET_MISSED", 300, 300);
        assertThat(round.reports).isEmpty();
        round.offer(1, 10_000, 905);
        assertThat(round.report().outcome()).isEqualTo(Outcome.DEADLINE);
        assertThat(round.outcome(1)).isEqualTo(MemberOutcome.NOT_ASKED);
        assertThat(round.reason(1)).contains("[PT0.905S]");
    }

    @Test
    void memberWithoutAPartOfARoundThatIsMetIsDone() {
        FakeRound round = offered(request(100), 1_000, 1_000);
        List<Sent> parts = round.parts();
        assertThat(parts).hasSize(1);
        round.done(parts.get(0), "DONE", 128, 2);
        assertThat(round.report().outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(round.report().members())
                .allMatch(member -> member.outcome() == MemberOutcome.DONE
                        && member.reason().isEmpty());
    }

    @Test
    void memberThatHadNoPartOfARoundThatWasCancelledWasNotAsked() {
        FakeRound round = round(request(1_000), Presence.HERE, Presence.HERE);
        round.offer(0, 2_000, 1);
        round.coordinator.end(Outcome.CANCELLED, millis(2));
        assertThat(round.report().outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(round.outcome(0)).isEqualTo(MemberOutcome.NOT_ASKED);
        assertThat(round.outcome(1)).isEqualTo(MemberOutcome.DEADLINE);
        assertThat(round.reason(0)).isNotEmpty();
        assertThat(round.reason(1)).contains("no offer");
    }

    /** An unreachable member does not prevent the outcome TARGET_MISSED, unless it is the only one. */
    @ParameterizedTest
    @CsvSource({
        "UNREACHABLE, TARGET_MISSED, DONE, UNREACHABLE",
        "GONE, TARGET_MISSED, DONE, LEFT",
        "LEAVING, TARGET_MISSED, DONE, LEFT",
        "DOWN, TARGET_MISSED, DONE, LEFT",
        "CLUSTER_ENDS, TARGET_MISSED, DONE, LEFT",
        "JOINING, PARTIAL, PARTIAL, NOT_ASKED",
        "WITHOUT_RECLAIMER, PARTIAL, PARTIAL, NOT_ASKED"
    })
    void memberThatIsNotAskedIsReportedWithTheReason(
            Presence presence, Outcome target, Outcome pass, MemberOutcome member) {
        FakeRound shortOfIt = round(request(2_000), Presence.HERE, presence);
        shortOfIt.offer(0, 1_000, 1);
        shortOfIt.done(shortOfIt.parts().get(0), "TARGET_MISSED", 1_000, 2);
        FakeRound onePass = round(ReclaimRequest.in("/shop"), Presence.HERE, presence);
        onePass.offer(0, 1_000, 1);
        onePass.done(onePass.parts().get(0), "DONE", 10, 2);
        FakeRound alone = round(request(2_000), presence);
        assertThat(shortOfIt.report().outcome()).isEqualTo(target);
        assertThat(onePass.report().outcome()).isEqualTo(pass);
        assertThat(alone.report().outcome()).isEqualTo(Outcome.PARTIAL);
        for (FakeRound round : List.of(shortOfIt, onePass)) {
            assertThat(round.outcome(1)).isEqualTo(member);
            assertThat(round.reason(1)).isEqualTo(presence.reason);
        }
        assertThat(shortOfIt.report().countByOutcome()).isEqualTo(Map.of(MemberOutcome.TARGET_MISSED, 1, member, 1));
    }

    @Test
    void passThatAMemberRefusedIsNotDone() {
        FakeRound round = round(ReclaimRequest.in("/shop"), Presence.HERE, Presence.HERE);
        round.offer(0, 1_000, 1);
        round.done(round.parts().get(0), "DONE", 10, 2);
        round.coordinator.receive(Messages.refused(ROUND, 1, "no node [direct]"), millis(3));
        assertThat(round.report().outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(round.outcome(1)).isEqualTo(MemberOutcome.REFUSED);
    }

    @Test
    void passThatWasNotDoneInTimeIsNotDone() {
        FakeRound round = offered(ReclaimRequest.in("/shop"), 1_000, 1_000);
        List<Sent> parts = round.parts();
        round.done(parts.get(0), "DONE", 10, 2);
        round.done(parts.get(1), "DEADLINE", 10, 9_800);
        assertThat(round.report().outcome()).isEqualTo(Outcome.DEADLINE);
        assertThat(round.outcome(1)).isEqualTo(MemberOutcome.DEADLINE);
    }

    /** The freed objects count; the end does not count as exhaustion. */
    @Test
    void unknownEndIsTakenForDeadlineAndSaid() {
        FakeRound round = offered(request(2_000), 1_000);
        round.done(new Reclaimed(ROUND, 0, 1, "PAUSED", 400, 400, false, false, ""), 2);
        // It freed something, so it is asked again.
        round.done(new Reclaimed(ROUND, 0, 2, "PAUSED", 0, 0, false, false, ""), 3);
        assertThat(round.report().outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(round.report().freedObjects()).isEqualTo(400);
        assertThat(round.outcome(0)).isEqualTo(MemberOutcome.DEADLINE);
        assertThat(round.reason(0)).contains("[PAUSED]").contains("[DEADLINE]");
    }

    @Test
    void unknownPressureIsTakenForTheShortestAndSaid() {
        FakeRound round = round(request(100), Presence.HERE);
        round.offer(new Offer(ROUND, 0, 500, 500, Collections.nCopies(13, 500L), "HIGH", 1, 2, 1, true, ""), 1);
        round.done(round.parts().get(0), "DONE", 128, 2);
        assertThat(round.member(0).pressure()).contains(MemberPressure.MIN);
        assertThat(round.outcome(0)).isEqualTo(MemberOutcome.DONE);
        assertThat(round.reason(0)).contains("[HIGH]").contains("[MIN]");
    }

    /** The shortfall matters only where objects are missing. */
    @Test
    void shortfallOfAnOfferIsNotSaidWhereTheTargetIsMet() {
        FakeRound round = round(request(100), Presence.HERE);
        round.offer(Messages.offer(ROUND, 0, 1_000, false, "[1] STUCK"), 1);
        round.done(round.parts().get(0), "DONE", 128, 2);
        assertThat(round.report().outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(round.member(0).reason()).isEmpty();
    }

    @Test
    void refusalIsReportedWithItsReason() {
        FakeRound round = round(request(2_000), Presence.HERE, Presence.HERE);
        round.offer(1, 0, 1);
        round.coordinator.receive(Messages.refused(7, 0, "no node [direct]"), millis(1));
        assertThat(round.report().outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(round.outcome(0)).isEqualTo(MemberOutcome.REFUSED);
        assertThat(round.reason(0)).isEqualTo("no node [direct]");
    }

    @Test
    void nobodyToAskIsAnsweredAtOnce() {
        assertThat(round(request(1)).report().outcome()).isEqualTo(Outcome.TARGET_MISSED);
        assertThat(round(ReclaimRequest.everywhere()).report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(round(request(1), Presence.UNREACHABLE).outcome(0)).isEqualTo(MemberOutcome.UNREACHABLE);
    }
}
