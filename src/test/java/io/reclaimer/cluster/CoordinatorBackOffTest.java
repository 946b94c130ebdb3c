package io.reclaimer.cluster;

import static io.reclaimer.cluster.FakeRound.ROUND;
import static io.reclaimer.cluster.FakeRound.millis;
import static io.reclaimer.cluster.FakeRound.offered;
import static io.reclaimer.cluster.FakeRound.request;
import static io.reclaimer.cluster.FakeRound.round;
import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.FakeRound.Sent;
import io.reclaimer.cluster.RoundParameters.Presence;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Participants that can do nothing now, and are asked again. */
class CoordinatorBackOffTest {

    /** 25 ms, then twice as long each time, up to half a second. */
    @Test
    void memberThatCannotCountNowIsAskedAgainAfterAWhileThatDoubles() {
        FakeRound round = round(request(1_000), Presence.HERE);
        round.take();
        long now = 1;
        for (long wait : new long[] {25, 50, 100, 200, 400, 500, 500}) {
            round.coordinator.receive(again(0, 0), millis(now));
            assertThat(round.take()).isEmpty();
            now += wait;
            assertThat(round.coordinator.dueNanos()).isLessThanOrEqualTo(millis(now));
            round.tick(now - 1);
            assertThat(round.take()).isEmpty();
            round.tick(now);
            long at = now;
            assertThat(round.take())
                    .singleElement()
                    .matches(one -> ((Count) one.message()).withinMillis() == 10_000 - at);
        }
        round.offer(0, 5_000, now + 1);
        round.done(round.parts().get(0), "DONE", 1_000, now + 2);
        assertThat(round.report().outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(round.outcome(0)).isEqualTo(MemberOutcome.DONE);
        assertThat(round.reason(0)).isEmpty();
    }

    /** Its objects are allocated to the others. It takes part in the next allocation. */
    @Test
    void memberThatCannotBeginItsPartNowIsOutOfOneAllocationOnly() {
        FakeRound round = offered(request(2_000), 1_500, 1_500);
        List<Sent> parts = round.parts();
        round.coordinator.receive(again(0, 1), millis(2));
        round.done(parts.get(1), "DONE", 1_000, 3);
        List<Sent> second = round.parts();
        assertThat(second)
                .singleElement()
                .matches(part -> part.participant() == 1 && part.part().objects() == 500);
        round.tick(27);
        assertThat(round.take())
                .singleElement()
                .matches(one -> one.participant() == 0 && one.message() instanceof Count);
        round.offer(0, 1_500, 28);
        round.done(second.get(0), "TARGET_MISSED", 300, 29);
        List<Sent> third = round.parts();
        assertThat(third)
                .singleElement()
                .matches(part -> part.participant() == 0
                        && part.part().objects() == 700
                        && part.part().part() == 2);
        round.done(third.get(0), "DONE", 700, 30);
        assertThat(round.report().outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(round.member(0).freeableObjects()).isEqualTo(1_500);
    }

    /** The part waited for a slot until its time was over. A part that ran and freed nothing is not given again. */
    @Test
    void partThatNeverBeganIsGivenAgain() {
        FakeRound round = offered(request(1_000), 2_000);
        round.parts();
        round.done(new Reclaimed(ROUND, 0, 1, "DEADLINE", 0, 0, false, true, "no place"), 4_700);
        assertThat(round.reports).isEmpty();
        round.tick(4_725);
        assertThat(round.take()).singleElement().matches(one -> one.message() instanceof Count);
        round.offer(0, 2_000, 4_726);
        round.done(round.parts().get(0), "DONE", 1_000, 4_800);
        assertThat(round.report().outcome()).isEqualTo(Outcome.TARGET_REACHED);
    }

    /** Passes are treated like parts. */
    @Test
    void passThatCouldNotBeginIsGivenAgain() {
        FakeRound round = offered(ReclaimRequest.in("/shop"), 2_000);
        round.parts();
        round.coordinator.receive(again(0, 1), millis(2));
        assertThat(round.reports).isEmpty();
        round.tick(27);
        round.offer(0, 2_000, 28);
        List<Sent> second = round.parts();
        assertThat(second).singleElement().matches(part -> part.part().part() == 2);
        round.done(second.get(0), "DONE", 7, 29);
        assertThat(round.report().outcome()).isEqualTo(Outcome.DONE);
    }

    /** A duplicate, or a refusal that was overtaken. */
    @Test
    void refusalOfWhatIsNotAskedAnyMoreChangesNothing() {
        FakeRound round = round(request(1_000), Presence.HERE);
        round.coordinator.receive(again(0, 0), millis(1));
        round.tick(26);
        round.offer(0, 2_000, 27);
        round.coordinator.receive(again(0, 0), millis(28));
        List<Sent> parts = round.parts();
        round.coordinator.receive(again(0, 0), millis(29));
        round.coordinator.receive(again(0, 2), millis(30));
        round.done(parts.get(0), "DONE", 1_000, 31);
        assertThat(round.report().outcome()).isEqualTo(Outcome.TARGET_REACHED);
    }

    @Test
    void memberThatCouldNotUntilTheDeadlineRefusedForLackOfTime() {
        FakeRound round = round(request(1_000), Presence.HERE);
        for (long now = 1; now < 10_000; now = round.coordinator.dueNanos() / millis(1)) {
            round.tick(now);
            round.coordinator.receive(again(0, 0), millis(now));
        }
        round.tick(10_000);
        assertThat(round.report().outcome()).isEqualTo(Outcome.DEADLINE);
        assertThat(round.outcome(0)).isEqualTo(MemberOutcome.REFUSED);
        assertThat(round.reason(0)).isEqualTo("not now");
    }

    @Test
    void refusalForGoodIsNotAskedAgain() {
        FakeRound round = round(request(1_000), Presence.HERE, Presence.HERE);
        round.coordinator.receive(Messages.refused(ROUND, 0, "never"), millis(1));
        round.take();
        round.tick(600);
        assertThat(round.take()).extracting(Sent::participant).containsExactly(1);
    }

    /** A participant in back-off gets no repeated requests. */
    @Test
    void requestsAreNotSentAgainDuringTheBackOff() {
        FakeRound round = round(request(1_000), Presence.HERE, Presence.HERE);
        round.coordinator.receive(again(0, 0), millis(490));
        round.take();
        round.tick(500);
        assertThat(round.take()).extracting(Sent::participant).containsExactly(1);
        round.tick(515);
        assertThat(round.take()).extracting(Sent::participant).containsExactly(0);
        round.tick(1_500);
        assertThat(round.take()).extracting(Sent::participant).containsExactly(0, 1);
    }

    /** A round that is told to end asks nobody, and is not due before its end. */
    @Test
    void nobodyIsAskedAgainWhenTheRoundEnds() {
        FakeRound round = offered(request(1_000), 2_000, 2_000);
        round.parts();
        round.coordinator.receive(again(0, 1), millis(2));
        round.coordinator.end(Outcome.CANCELLED, millis(3));
        round.take();
        assertThat(round.coordinator.dueNanos()).isEqualTo(millis(253));
        round.tick(100);
        assertThat(round.take()).isEmpty();
        assertThat(round.coordinator.dueNanos()).isGreaterThan(millis(100));
    }

    /** The time of a part is counted from the offer on which it is based. */
    @Test
    void partGoesByTheNewOffer() {
        FakeRound round = offered(request(1_000), 2_000);
        round.parts();
        round.coordinator.receive(again(0, 1), millis(2));
        round.tick(27);
        round.offer(new Offer(ROUND, 0, 2_000, 0, Collections.nCopies(13, 2_000L), "NONE", 0, 0, 99, true, ""), 1_000);
        Reclaim part = round.parts().get(0).part();
        assertThat(part.nonce()).isEqualTo(99);
        // Half of the 9 s that are left, less 250 ms.
        assertThat(part.untilMicros()).isEqualTo(4_250_000);
    }

    private static Refused again(int participant, int part) {
        return new Refused(ROUND, participant, "not now", part, true);
    }
}
