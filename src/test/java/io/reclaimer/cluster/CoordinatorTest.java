package io.reclaimer.cluster;

import static io.reclaimer.cluster.FakeRound.millis;
import static io.reclaimer.cluster.FakeRound.offered;
import static io.reclaimer.cluster.FakeRound.request;
import static io.reclaimer.cluster.FakeRound.round;
import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.FakeRound.Sent;
import io.reclaimer.cluster.RoundParameters.Presence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The decisions of a coordinator; the clock and the replies are the test's. */
class CoordinatorTest {

    @Test
    void asksAllThenSplitsThenReports() {
        FakeRound round = round(request(3_000), Presence.HERE, Presence.HERE);
        assertThat(round.take())
                .hasSize(2)
                .allMatch(one -> one.message() instanceof Count count
                        && count.participant() == one.participant()
                        && count.cgroup().equals("/shop")
                        && count.withinMillis() == 10_000
                        && count.countMillis() == 2_250);
        round.offer(0, 2_000, 10);
        assertThat(round.take()).isEmpty();
        round.offer(1, 4_000, 20);
        List<Sent> parts = round.parts();
        assertThat(parts).extracting(part -> part.part().objects()).containsExactly(1_000L, 2_000L);
        round.done(parts.get(0), "DONE", 1_010, 30);
        assertThat(round.reports).isEmpty();
        round.done(parts.get(1), "DONE", 2_005, 40);
        ClusterReport report = round.report();
        assertThat(report.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(report.freedObjects()).isEqualTo(3_015);
        assertThat(report.elapsed()).isEqualTo(Duration.ofMillis(40));
        assertThat(report.members().get(0))
                .isEqualTo(new ClusterReport.Member(
                        "m0",
                        MemberOutcome.DONE,
                        java.util.Optional.of(MemberPressure.NONE),
                        2_000,
                        1_000,
                        1_010,
                        1_010,
                        Duration.ofMillis(30),
                        java.util.Optional.empty(),
                        false));
    }

    /** A part is valid until the end of its allocation, less the transit time, counted from the arrival of the offer. */
    @Test
    void partEndsBeforeItsAllocationOnTheMembersClock() {
        FakeRound round = round(request(1_000), Presence.HERE);
        round.offer(0, 2_000, 1_000);
        // Half of the 9 s that are left, less 250 ms.
        assertThat(round.parts()).singleElement().matches(part -> part.part().untilMicros() == 4_250_000);
    }

    @Test
    void whatOneCannotDeliverGoesToTheOthers() {
        FakeRound round = round(request(2_000), Presence.HERE, Presence.HERE, Presence.HERE);
        IntStream.range(0, 3).forEach(participant -> round.offer(participant, 2_000, 1));
        List<Sent> parts = round.parts();
        round.done(parts.get(0), "DONE", 700, 2);
        round.done(parts.get(1), "DONE", 700, 3);
        assertThat(round.parts()).isEmpty();
        round.done(parts.get(2), "TARGET_MISSED", 100, 4);
        List<Sent> second = round.parts();
        assertThat(second).extracting(Sent::participant).containsExactly(0, 1);
        assertThat(second.stream().mapToLong(part -> part.part().objects()).sum())
                .isEqualTo(500);
        second.forEach(part -> round.done(part, "DONE", part.part().objects(), 5));
        assertThat(round.report().outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(round.outcome(2)).isEqualTo(MemberOutcome.TARGET_MISSED);
        assertThat(round.report().freedObjects()).isEqualTo(2_000);
    }

    /** The part has half of the time; then its objects go to the others. */
    @Test
    void partOfOneThatIsStuckGoesToTheOthers() {
        FakeRound round = offered(request(2_000), 5_000, 5_000);
        List<Sent> parts = round.parts();
        round.done(parts.get(0), "DONE", 1_000, 10);
        round.tick(4_999);
        assertThat(round.parts()).extracting(Sent::participant).containsOnly(1);
        round.tick(5_000);
        List<Sent> second = round.parts();
        assertThat(second).singleElement().matches(part -> part.part().objects() == 1_000);
        round.done(second.get(0), "DONE", 1_000, 5_010);
        assertThat(round.take())
                .singleElement()
                .matches(one -> one.message() instanceof Cancel && one.participant() == 1);
        assertThat(round.reports).isEmpty();
        // The result that it sends when it is told that the round is over still counts.
        round.done(parts.get(1), "CANCELLED", 7, 5_020);
        assertThat(round.report().outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(round.report().freedObjects()).isEqualTo(2_007);
        assertThat(round.outcome(1)).isEqualTo(MemberOutcome.DEADLINE);
    }

    /** The part was not done in time, but something was freed. */
    @Test
    void oneThatIsSlowIsAskedAgain() {
        FakeRound round = offered(request(2_000), 5_000);
        round.done(round.parts().get(0), "DEADLINE", 1_500, 4_750);
        List<Sent> second = round.parts();
        assertThat(second)
                .singleElement()
                .matches(part -> part.part().objects() == 500 && part.part().part() == 2);
        round.done(second.get(0), "DONE", 500, 4_800);
        assertThat(round.report().outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(round.outcome(0)).isEqualTo(MemberOutcome.DONE);
    }

    @Test
    void oneThatDidNothingInItsTimeIsNotAskedAgain() {
        FakeRound round = offered(request(2_000), 5_000);
        round.done(round.parts().get(0), "DEADLINE", 0, 4_750);
        assertThat(round.report().outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(round.outcome(0)).isEqualTo(MemberOutcome.DEADLINE);
    }

    @Test
    void alwaysAnswersAtTheDeadline() {
        FakeRound round = round(request(2_000), Presence.HERE, Presence.HERE);
        round.offer(0, 1_000, 0);
        round.tick(2_500);
        round.done(round.parts().get(0), "TARGET_MISSED", 1_000, 2_600);
        assertThat(round.coordinator.dueNanos()).isLessThanOrEqualTo(millis(10_000));
        round.tick(9_999);
        assertThat(round.reports).isEmpty();
        round.tick(10_000);
        assertThat(round.report().outcome()).isEqualTo(Outcome.DEADLINE);
        assertThat(round.report().freedObjects()).isEqualTo(1_000);
        assertThat(round.outcome(0)).isEqualTo(MemberOutcome.TARGET_MISSED);
        assertThat(round.outcome(1)).isEqualTo(MemberOutcome.DEADLINE);
        round.offer(1, 1_000, 10_001);
        round.tick(11_000);
        assertThat(round.reports).hasSize(1);
    }

    /** A quarter of the time. A later offer is used when objects are missing. */
    @Test
    void offersAreNotWaitedForForEver() {
        FakeRound round = round(request(2_000), Presence.HERE, Presence.HERE);
        round.offer(0, 1_000, 0);
        round.tick(2_499);
        assertThat(round.parts()).isEmpty();
        round.tick(2_500);
        List<Sent> parts = round.parts();
        assertThat(parts).extracting(Sent::participant).containsExactly(0);
        round.offer(1, 9_000, 2_600);
        assertThat(round.parts()).isEmpty();
        round.done(parts.get(0), "TARGET_MISSED", 1_000, 2_700);
        assertThat(round.parts())
                .singleElement()
                .matches(part -> part.participant() == 1 && part.part().objects() == 1_000);
    }

    @Test
    void unreachableIsNotWaitedFor() {
        FakeRound round = round(request(2_000), Presence.HERE, Presence.UNREACHABLE, Presence.HERE);
        assertThat(round.take()).extracting(Sent::participant).containsExactly(0, 2);
        round.offer(0, 5_000, 1);
        round.coordinator.update("m2", Presence.UNREACHABLE, millis(2));
        List<Sent> parts = round.parts();
        assertThat(parts).extracting(Sent::participant).containsExactly(0);
        round.coordinator.update("m0", Presence.UNREACHABLE, millis(3));
        assertThat(round.report().outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(round.report().members())
                .extracting(ClusterReport.Member::outcome)
                .containsOnly(MemberOutcome.UNREACHABLE);
    }

    @Test
    void unreachableThatComesBackIsAskedAgain() {
        FakeRound round = round(request(2_000), Presence.HERE, Presence.UNREACHABLE);
        round.take();
        round.coordinator.update("m1", Presence.HERE, millis(1));
        assertThat(round.take())
                .singleElement()
                .matches(one -> one.participant() == 1 && one.message() instanceof Count);
        round.offer(0, 1_000, 2);
        round.offer(1, 3_000, 3);
        assertThat(round.parts()).extracting(Sent::participant).containsExactly(0, 1);
    }

    @Test
    void oneThatLeavesIsReportedSo() {
        FakeRound round =
                round(request(2_000), Presence.HERE, Presence.GONE, Presence.LEAVING, Presence.HERE, Presence.HERE);
        assertThat(round.take()).extracting(Sent::participant).containsExactly(0, 3, 4);
        round.coordinator.update("m3", Presence.LEAVING, millis(1));
        round.offer(0, 5_000, 2);
        round.offer(4, 5_000, 2);
        List<Sent> parts = round.parts();
        // A leaving member ends its part early and reports it; the missing objects go to the others.
        round.coordinator.update("m4", Presence.LEAVING, millis(3));
        round.done(parts.get(1), "SHUTDOWN", 300, 4);
        round.done(parts.get(0), "DONE", 1_000, 5);
        List<Sent> second = round.parts();
        assertThat(second)
                .singleElement()
                .matches(part -> part.participant() == 0 && part.part().objects() == 700);
        round.coordinator.update("m0", Presence.GONE, millis(6));
        assertThat(round.report().freedObjects()).isEqualTo(1_300);
        assertThat(round.report().members())
                .extracting(ClusterReport.Member::outcome)
                .containsOnly(MemberOutcome.LEFT);
    }

    @Test
    void nothingToFreeIsAnsweredWhenAllHaveSaidSo() {
        FakeRound round = round(request(1), Presence.HERE, Presence.HERE);
        round.offer(0, 0, 1);
        assertThat(round.reports).isEmpty();
        round.offer(1, 0, 2);
        assertThat(round.report().outcome()).isEqualTo(Outcome.TARGET_MISSED);
        assertThat(round.report().members())
                .allMatch(member -> member.outcome() == MemberOutcome.DONE && member.askedObjects() == 0);
    }

    /** Without a target, each participant is sent its pass when it has offered. */
    @Test
    void onePassIsSentToEachAtOnce() {
        FakeRound round = round(ReclaimRequest.in("/shop").startingAt(3), Presence.HERE, Presence.HERE);
        round.offer(1, 100, 1);
        List<Sent> parts = round.parts();
        assertThat(parts)
                .singleElement()
                .matches(part -> part.participant() == 1
                        && part.part().objects() == 0
                        && part.part().priority() == 3);
        round.done(parts.get(0), "DONE", 5, 2);
        round.offer(0, 100, 3);
        round.done(round.parts().get(0), "DONE", 6, 4);
        assertThat(round.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(round.report().freedObjects()).isEqualTo(11);
    }

    /** Requests are sent again at intervals that double. */
    @Test
    void requestWithoutAnAnswerIsSentAgain() {
        FakeRound round = round(request(1_000), Presence.HERE, Presence.HERE);
        round.take();
        round.offer(0, 2_000, 100);
        assertThat(round.coordinator.dueNanos()).isEqualTo(millis(500));
        round.tick(500);
        assertThat(round.take())
                .singleElement()
                .matches(one -> one.participant() == 1 && one.message() instanceof Count);
        assertThat(round.coordinator.dueNanos()).isEqualTo(millis(1_500));
        round.offer(1, 2_000, 600);
        List<Sent> parts = round.parts();
        round.done(parts.get(0), "DONE", 500, 700);
        round.tick(1_100);
        assertThat(round.take()).singleElement().isEqualTo(parts.get(1));
    }

    @Test
    void answersThatComeTwiceCountOnce() {
        FakeRound round = round(request(1_000), Presence.HERE, Presence.HERE);
        round.offer(0, 2_000, 1);
        round.offer(0, 9_000, 1);
        round.offer(1, 2_000, 1);
        List<Sent> parts = round.parts();
        assertThat(parts).extracting(part -> part.part().objects()).containsExactly(500L, 500L);
        round.done(parts.get(0), "DONE", 500, 2);
        round.done(parts.get(0), "DONE", 500, 3);
        assertThat(round.reports).isEmpty();
        round.done(parts.get(1), "DONE", 500, 4);
        assertThat(round.report().freedObjects()).isEqualTo(1_000);
    }

    @Test
    void repliesOfUnknownParticipantsAndPartsAreIgnored() {
        FakeRound round = round(request(1_000), Presence.HERE);
        round.offer(5, 2_000, 1);
        round.coordinator.receive(Messages.refused(7, 1, "no"), millis(1));
        round.coordinator.receive(Messages.reclaimed(7, 0, 1, "DONE", 1_000), millis(1));
        round.offer(0, 2_000, 2);
        round.coordinator.receive(Messages.reclaimed(7, 0, 2, "DONE", 1_000), millis(3));
        round.coordinator.update("nobody", Presence.GONE, millis(3));
        assertThat(round.reports).isEmpty();
        round.done(round.parts().get(0), "DONE", 1_000, 4);
        assertThat(round.report().freedObjects()).isEqualTo(1_000);
    }

    /** Participants are told, and their results still count for the transit time. */
    @Test
    void cancelledEndsWhenMembersHaveSaidWhatTheyDid() {
        FakeRound round = offered(request(1_000), 2_000, 2_000);
        List<Sent> parts = round.parts();
        round.coordinator.end(Outcome.CANCELLED, millis(10));
        assertThat(round.take()).hasSize(2).allMatch(one -> one.message() instanceof Cancel);
        round.done(parts.get(0), "CANCELLED", 40, 11);
        assertThat(round.reports).isEmpty();
        round.tick(260);
        assertThat(round.report().outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(round.report().freedObjects()).isEqualTo(40);
        assertThat(round.outcome(1)).isEqualTo(MemberOutcome.DEADLINE);
    }

    @Test
    void cancelledBeforeAnyPartEndsAtOnce() {
        FakeRound round = round(request(1_000), Presence.HERE);
        round.coordinator.end(Outcome.CANCELLED, millis(1));
        assertThat(round.report().outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void endingOfTheSystemAnswersWithWhatIsKnown() {
        FakeRound round = round(request(1_000), Presence.HERE);
        round.coordinator.abort(Outcome.SHUTDOWN, millis(5));
        round.coordinator.abort(Outcome.SHUTDOWN, millis(6));
        assertThat(round.report().outcome()).isEqualTo(Outcome.SHUTDOWN);
    }

    @Test
    void backgroundRoundAsksForNothingAtPriority0() {
        FakeRound round = round(request(1_000).background(), Presence.HERE);
        List<Long> planned = new ArrayList<>(Collections.nCopies(13, 0L));
        planned.set(0, 5_000L);
        planned.set(1, 300L);
        round.coordinator.receive(new Offer(7, 0, 5_000, 0, planned, "NONE", 0, 0, 1, true, ""), millis(1));
        // The part asks for the missing objects all the same: its round ends short at priority 1.
        assertThat(round.parts()).singleElement().matches(part -> part.part().objects() == 1_000);
    }
}
