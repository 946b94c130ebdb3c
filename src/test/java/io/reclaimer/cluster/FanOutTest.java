package io.reclaimer.cluster;

import static io.reclaimer.cluster.FakeRound.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.FakeRound.Sent;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the member decides that was asked for a round; time and answers are the test's. */
class FanOutTest {

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create();

    private FakeRound round(ReclaimRequest request, Presence... presences) {
        return new FakeRound(kit.system(), request, presences);
    }

    private static ReclaimRequest request(long objects) {
        return ReclaimRequest.in("/shop").objects(objects);
    }

    @Test
    void asksAllThenSplitsThenReports() {
        FakeRound round = round(request(3_000), Presence.HERE, Presence.HERE);
        assertThat(round.take())
                .hasSize(2)
                .allMatch(one -> one.message() instanceof Count count
                        && count.seat() == one.seat()
                        && count.cgroup().equals("/shop")
                        && count.withinMillis() == 10_000
                        && count.countMillis() == 2_250);
        round.offer(0, 2_000, 10);
        assertThat(round.take()).isEmpty();
        round.offer(1, 4_000, 20);
        List<Sent> parts = round.parts();
        assertThat(parts)
                .extracting(part -> ((Reclaim) part.message()).objects())
                .containsExactly(1_000L, 2_000L);
        round.done(parts.get(0), MemberParts.End.DONE, 1_010, 30);
        assertThat(round.reports).isEmpty();
        round.done(parts.get(1), MemberParts.End.DONE, 2_005, 40);
        ClusterReport report = round.report();
        assertThat(report.outcome()).isEqualTo(Outcome.MET);
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

    /** A part is good until the end of its wave, less the way of the answer, from when the offer came. */
    @Test
    void partEndsBeforeItsWaveOnTheMembersClock() {
        FakeRound round = round(request(1_000), Presence.HERE);
        round.offer(0, 2_000, 1_000);
        // Half of the 9 s that are left, less 250 ms.
        assertThat(round.parts())
                .singleElement()
                .matches(part -> ((Reclaim) part.message()).untilMicros() == 4_250_000);
    }

    @Test
    void whatOneCannotDeliverGoesToTheOthers() {
        FakeRound round = round(request(2_000), Presence.HERE, Presence.HERE, Presence.HERE);
        IntStream.range(0, 3).forEach(seat -> round.offer(seat, 2_000, 1));
        List<Sent> parts = round.parts();
        round.done(parts.get(0), MemberParts.End.DONE, 700, 2);
        round.done(parts.get(1), MemberParts.End.DONE, 700, 3);
        assertThat(round.parts()).isEmpty();
        round.done(parts.get(2), MemberParts.End.SHORT, 100, 4);
        List<Sent> second = round.parts();
        assertThat(second).extracting(Sent::seat).containsExactly(0, 1);
        assertThat(second.stream()
                        .mapToLong(part -> ((Reclaim) part.message()).objects())
                        .sum())
                .isEqualTo(500);
        second.forEach(part -> round.done(part, MemberParts.End.DONE, ((Reclaim) part.message()).objects(), 5));
        assertThat(round.report().outcome()).isEqualTo(Outcome.MET);
        assertThat(round.outcome(2)).isEqualTo(MemberOutcome.SHORT);
        assertThat(round.report().freedObjects()).isEqualTo(2_000);
    }

    /** It has half of the time; then the others get its part while the deadline lasts. */
    @Test
    void partOfOneThatIsStuckGoesToTheOthers() {
        FakeRound round = round(request(2_000), Presence.HERE, Presence.HERE);
        round.offer(0, 5_000, 0);
        round.offer(1, 5_000, 0);
        List<Sent> parts = round.parts();
        round.done(parts.get(0), MemberParts.End.DONE, 1_000, 10);
        round.tick(4_999);
        assertThat(round.parts()).extracting(Sent::seat).containsOnly(1);
        round.tick(5_000);
        List<Sent> second = round.parts();
        assertThat(second).singleElement().matches(part -> ((Reclaim) part.message()).objects() == 1_000);
        round.done(second.get(0), MemberParts.End.DONE, 1_000, 5_010);
        assertThat(round.take()).singleElement().matches(one -> one.message() instanceof Cancel && one.seat() == 1);
        assertThat(round.reports).isEmpty();
        // What it says when it is told that the round is over still counts.
        round.done(parts.get(1), MemberParts.End.CANCELLED, 7, 5_020);
        assertThat(round.report().outcome()).isEqualTo(Outcome.MET);
        assertThat(round.report().freedObjects()).isEqualTo(2_007);
        assertThat(round.outcome(1)).isEqualTo(MemberOutcome.DEADLINE);
    }

    /** It has not met its part, but it gets on. */
    @Test
    void oneThatIsSlowIsAskedAgain() {
        FakeRound round = round(request(2_000), Presence.HERE);
        round.offer(0, 5_000, 0);
        round.done(round.parts().get(0), MemberParts.End.DEADLINE, 1_500, 4_750);
        List<Sent> second = round.parts();
        assertThat(second)
                .singleElement()
                .matches(part -> ((Reclaim) part.message()).objects() == 500 && ((Reclaim) part.message()).part() == 2);
        round.done(second.get(0), MemberParts.End.DONE, 500, 4_800);
        assertThat(round.report().outcome()).isEqualTo(Outcome.MET);
        assertThat(round.outcome(0)).isEqualTo(MemberOutcome.DONE);
    }

    @Test
    void oneThatDidNothingInItsTimeIsNotAskedAgain() {
        FakeRound round = round(request(2_000), Presence.HERE);
        round.offer(0, 5_000, 0);
        round.done(round.parts().get(0), MemberParts.End.DEADLINE, 0, 4_750);
        assertThat(round.report().outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(round.outcome(0)).isEqualTo(MemberOutcome.DEADLINE);
    }

    @Test
    void alwaysAnswersAtTheDeadline() {
        FakeRound round = round(request(2_000), Presence.HERE, Presence.HERE);
        round.offer(0, 1_000, 0);
        round.tick(2_500);
        round.done(round.parts().get(0), MemberParts.End.SHORT, 1_000, 2_600);
        assertThat(round.fanOut.dueNanos()).isLessThanOrEqualTo(millis(10_000));
        round.tick(9_999);
        assertThat(round.reports).isEmpty();
        round.tick(10_000);
        assertThat(round.report().outcome()).isEqualTo(Outcome.DEADLINE);
        assertThat(round.report().freedObjects()).isEqualTo(1_000);
        assertThat(round.outcome(0)).isEqualTo(MemberOutcome.SHORT);
        assertThat(round.outcome(1)).isEqualTo(MemberOutcome.DEADLINE);
        round.offer(1, 1_000, 10_001);
        round.tick(11_000);
        assertThat(round.reports).hasSize(1);
    }

    /** A quarter of the time; who offers later is asked when something is missing. */
    @Test
    void offersAreNotWaitedForForEver() {
        FakeRound round = round(request(2_000), Presence.HERE, Presence.HERE);
        round.offer(0, 1_000, 0);
        round.tick(2_499);
        assertThat(round.parts()).isEmpty();
        round.tick(2_500);
        List<Sent> parts = round.parts();
        assertThat(parts).extracting(Sent::seat).containsExactly(0);
        round.offer(1, 9_000, 2_600);
        assertThat(round.parts()).isEmpty();
        round.done(parts.get(0), MemberParts.End.SHORT, 1_000, 2_700);
        assertThat(round.parts())
                .singleElement()
                .matches(part -> part.seat() == 1 && ((Reclaim) part.message()).objects() == 1_000);
    }

    @Test
    void unreachableIsNotWaitedFor() {
        FakeRound round = round(request(2_000), Presence.HERE, Presence.UNREACHABLE, Presence.HERE);
        assertThat(round.take()).extracting(Sent::seat).containsExactly(0, 2);
        round.offer(0, 5_000, 1);
        round.fanOut.changed("m2", Presence.UNREACHABLE, millis(2));
        List<Sent> parts = round.parts();
        assertThat(parts).extracting(Sent::seat).containsExactly(0);
        round.fanOut.changed("m0", Presence.UNREACHABLE, millis(3));
        assertThat(round.report().outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(round.report().members())
                .extracting(ClusterReport.Member::outcome)
                .containsOnly(MemberOutcome.UNREACHABLE);
    }

    @Test
    void unreachableThatComesBackIsAskedAgain() {
        FakeRound round = round(request(2_000), Presence.HERE, Presence.UNREACHABLE);
        round.take();
        round.fanOut.changed("m1", Presence.HERE, millis(1));
        assertThat(round.take()).singleElement().matches(one -> one.seat() == 1 && one.message() instanceof Count);
        round.offer(0, 1_000, 2);
        round.offer(1, 3_000, 3);
        assertThat(round.parts()).extracting(Sent::seat).containsExactly(0, 1);
    }

    @Test
    void oneThatLeavesIsReportedSo() {
        FakeRound round =
                round(request(2_000), Presence.HERE, Presence.GONE, Presence.LEAVING, Presence.HERE, Presence.HERE);
        assertThat(round.take()).extracting(Sent::seat).containsExactly(0, 3, 4);
        round.fanOut.changed("m3", Presence.LEAVING, millis(1));
        round.offer(0, 5_000, 2);
        round.offer(4, 5_000, 2);
        List<Sent> parts = round.parts();
        // On its way out it ends its part early and says what it did; what is missing goes to the others.
        round.fanOut.changed("m4", Presence.LEAVING, millis(3));
        round.done(parts.get(1), MemberParts.End.SHUTDOWN, 300, 4);
        round.done(parts.get(0), MemberParts.End.DONE, 1_000, 5);
        List<Sent> second = round.parts();
        assertThat(second)
                .singleElement()
                .matches(part -> part.seat() == 0 && ((Reclaim) part.message()).objects() == 700);
        round.fanOut.changed("m0", Presence.GONE, millis(6));
        assertThat(round.report().freedObjects()).isEqualTo(1_300);
        assertThat(round.report().members())
                .extracting(ClusterReport.Member::outcome)
                .containsOnly(MemberOutcome.LEFT);
    }

    @Test
    void refusalIsReportedWithItsReason() {
        FakeRound round = round(request(2_000), Presence.HERE, Presence.HERE);
        round.offer(1, 0, 1);
        round.fanOut.refused(Messages.refused(7, 0, "no node [direct]"), millis(1));
        assertThat(round.report().outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(round.outcome(0)).isEqualTo(MemberOutcome.REFUSED);
        assertThat(round.reason(0)).isEqualTo("no node [direct]");
    }

    @Test
    void nobodyToAskIsAnsweredAtOnce() {
        assertThat(round(request(1)).report().outcome()).isEqualTo(Outcome.SHORT);
        assertThat(round(ReclaimRequest.everywhere()).report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(round(request(1), Presence.UNREACHABLE).outcome(0)).isEqualTo(MemberOutcome.UNREACHABLE);
    }

    @Test
    void nothingToFreeIsAnsweredWhenAllHaveSaidSo() {
        FakeRound round = round(request(1), Presence.HERE, Presence.HERE);
        round.offer(0, 0, 1);
        assertThat(round.reports).isEmpty();
        round.offer(1, 0, 2);
        assertThat(round.report().outcome()).isEqualTo(Outcome.SHORT);
        assertThat(round.report().members())
                .allMatch(member -> member.outcome() == MemberOutcome.DONE && member.askedObjects() == 0);
    }

    /** Without a target each is sent its pass when it has offered. */
    @Test
    void onePassIsSentToEachAtOnce() {
        FakeRound round = round(ReclaimRequest.in("/shop").startingAt(3), Presence.HERE, Presence.HERE);
        round.offer(1, 100, 1);
        List<Sent> parts = round.parts();
        assertThat(parts)
                .singleElement()
                .matches(part -> part.seat() == 1
                        && ((Reclaim) part.message()).objects() == 0
                        && ((Reclaim) part.message()).priority() == 3);
        round.done(parts.get(0), MemberParts.End.DONE, 5, 2);
        round.offer(0, 100, 3);
        round.done(round.parts().get(0), MemberParts.End.DONE, 6, 4);
        assertThat(round.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(round.report().freedObjects()).isEqualTo(11);
    }

    /** Lost requests are sent again, after a wait that doubles; members know one that they have had. */
    @Test
    void requestWithoutAnAnswerIsSentAgain() {
        FakeRound round = round(request(1_000), Presence.HERE, Presence.HERE);
        round.take();
        round.offer(0, 2_000, 100);
        assertThat(round.fanOut.dueNanos()).isEqualTo(millis(500));
        round.tick(500);
        assertThat(round.take()).singleElement().matches(one -> one.seat() == 1 && one.message() instanceof Count);
        assertThat(round.fanOut.dueNanos()).isEqualTo(millis(1_500));
        round.offer(1, 2_000, 600);
        List<Sent> parts = round.parts();
        round.done(parts.get(0), MemberParts.End.DONE, 500, 700);
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
        assertThat(parts)
                .extracting(part -> ((Reclaim) part.message()).objects())
                .containsExactly(500L, 500L);
        round.done(parts.get(0), MemberParts.End.DONE, 500, 2);
        round.done(parts.get(0), MemberParts.End.DONE, 500, 3);
        assertThat(round.reports).isEmpty();
        round.done(parts.get(1), MemberParts.End.DONE, 500, 4);
        assertThat(round.report().freedObjects()).isEqualTo(1_000);
    }

    @Test
    void answersForSeatsAndPartsThatThereAreNotAreIgnored() {
        FakeRound round = round(request(1_000), Presence.HERE);
        round.offer(5, 2_000, 1);
        round.fanOut.refused(Messages.refused(7, 1, "no"), millis(1));
        round.fanOut.reclaimed(Messages.reclaimed(7, 0, 1, "DONE", 1_000), millis(1));
        round.offer(0, 2_000, 2);
        round.fanOut.reclaimed(Messages.reclaimed(7, 0, 2, "DONE", 1_000), millis(3));
        round.fanOut.changed("nobody", Presence.GONE, millis(3));
        assertThat(round.reports).isEmpty();
        round.done(round.parts().get(0), MemberParts.End.DONE, 1_000, 4);
        assertThat(round.report().freedObjects()).isEqualTo(1_000);
    }

    /** Members are told, and what they say at once still counts. */
    @Test
    void cancelledEndsWhenMembersHaveSaidWhatTheyDid() {
        FakeRound round = round(request(1_000), Presence.HERE, Presence.HERE);
        round.offer(0, 2_000, 1);
        round.offer(1, 2_000, 1);
        List<Sent> parts = round.parts();
        round.fanOut.end(Outcome.CANCELLED, millis(10));
        assertThat(round.take()).hasSize(2).allMatch(one -> one.message() instanceof Cancel);
        round.done(parts.get(0), MemberParts.End.CANCELLED, 40, 11);
        assertThat(round.reports).isEmpty();
        round.tick(260);
        assertThat(round.report().outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(round.report().freedObjects()).isEqualTo(40);
        assertThat(round.outcome(1)).isEqualTo(MemberOutcome.DEADLINE);
    }

    @Test
    void cancelledBeforeAnyPartEndsAtOnce() {
        FakeRound round = round(request(1_000), Presence.HERE);
        round.fanOut.end(Outcome.CANCELLED, millis(1));
        assertThat(round.report().outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void endingOfTheSystemAnswersWithWhatIsKnown() {
        FakeRound round = round(request(1_000), Presence.HERE);
        round.fanOut.answerNow(Outcome.SHUTDOWN, millis(5));
        round.fanOut.answerNow(Outcome.SHUTDOWN, millis(6));
        assertThat(round.report().outcome()).isEqualTo(Outcome.SHUTDOWN);
    }

    @Test
    void backgroundRoundAsksForNothingAtPriority0() {
        FakeRound round = round(request(1_000).background(), Presence.HERE);
        List<Long> planned = new ArrayList<>(Collections.nCopies(13, 0L));
        planned.set(0, 5_000L);
        planned.set(1, 300L);
        round.fanOut.offered(new Offer(7, 0, 5_000, 0, planned, "NONE", 0, 0, 1, true, ""), millis(1));
        // What is missing at the last priority is asked for all the same: its round ends short at priority 1.
        assertThat(round.parts()).singleElement().matches(part -> ((Reclaim) part.message()).objects() == 1_000);
    }
}
