package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shortfall;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The replies of a member to requests of rounds, with slots for all. */
class MemberPartsTest extends MemberPartsSpec {

    MemberPartsTest() {
        super(2 * KnownRounds.MAX);
    }

    @Test
    void offersWhatWasCounted() {
        receive(count(1, List.of("direct"), List.of("BACKGROUND", "LOSSLESS_ONLY")), 0);
        ReclaimRequest request = counting.get(0).request();
        assertThat(request.cgroup()).isEqualTo(CgroupPath.of("/shop"));
        assertThat(request.nodes()).containsExactly(1);
        assertThat(request.flags()).containsExactlyInAnyOrder(ReclaimFlag.BACKGROUND, ReclaimFlag.LOSSLESS_ONLY);
        assertThat(request.within()).contains(Duration.ofSeconds(2));
        counted(0, 5);
        assertThat(take())
                .containsExactly(new Sent(
                        "a",
                        new Offer(
                                1,
                                3,
                                1_000,
                                4_000,
                                Collections.nCopies(13, 9L),
                                "LOW",
                                70,
                                100,
                                Messages.NONCE,
                                true,
                                "")));
    }

    @Test
    void countThatComesTwiceIsCountedOnceAndAnsweredTwice() {
        receive(count(1), 0);
        receive(count(1), 1);
        assertThat(counting).hasSize(1);
        counted(0, 5);
        receive(count(1), 6);
        assertThat(counting).hasSize(1);
        assertThat(take()).hasSize(2).allMatch(one -> one.message() instanceof Offer);
    }

    /** A part is based on one offer, and its time is counted from that one. */
    @Test
    void offerThatIsMadeAgainHasATimeOfItsOwn() {
        offered(1, 1_000);
        nonce++;
        receive(count(1), millis(3_000));
        assertThat(take()).singleElement().matches(one -> ((Offer) one.message()).nonce() == nonce);
        receive(part(1, Messages.NONCE + 1), millis(3_500));
        assertThat(running.get(0).request().within()).contains(Duration.ofMillis(3_500));
        ended(0, RoundOutcome.TARGET_REACHED, 500);
        Reclaim second = new Reclaim(1, 3, 2, 500, 12, 4_000_000, Messages.NOBODY, Messages.UID, Messages.NONCE);
        receive(second, millis(3_500));
        assertThat(running.get(1).request().within()).contains(Duration.ofMillis(1_500));
    }

    /** Objects that were freed for this round are not offered again. */
    @Test
    void offerThatIsMadeAgainIsLessWhatWasFreedSince() {
        started(1, 995);
        ended(0, RoundOutcome.TARGET_REACHED, 995);
        take();
        receive(count(1), 2);
        Offer offer = (Offer) take().get(0).message();
        assertThat(offer.freeableObjects()).isEqualTo(5);
        assertThat(offer.plannedObjects()).containsOnly(5L);
    }

    /** By their numbers, which are unique in the cluster. */
    @Test
    void roundsOfSeveralMembersAreKeptApart() {
        receive(count(1), 0);
        receive("b", count(2), 0);
        assertThat(counting).hasSize(2);
        counted(1, 5);
        assertThat(take()).singleElement().matches(one -> one.to().equals("b"));
        counted(0, 5);
        assertThat(take()).singleElement().matches(one -> one.to().equals("a"));
        cancel(2);
        receive(reclaim(1, 1, 500, 4_000), millis(6));
        receive("b", reclaim(2, 1, 500, 4_000), millis(6));
        assertThat(running).singleElement().matches(one -> one.round() == 1);
        assertThat(take()).containsExactly(new Sent("b", notBegun(2, 1, "CANCELLED", "")));
    }

    /** A restart of the cluster actor changes its address. */
    @Test
    void answersGoToTheSenderOfTheLastRequest() {
        receive("b", count(1), 0);
        receive(count(1), 1);
        assertThat(counting).hasSize(1);
        counted(0, 5);
        assertThat(take()).singleElement().matches(one -> one.to().equals("a"));
        receive(reclaim(1, 1, 500, 4_000), 6);
        receive("b", reclaim(1, 1, 500, 4_000), 7);
        ended(0, RoundOutcome.TARGET_REACHED, 512);
        assertThat(take()).containsExactly(new Sent("b", reclaimed(1, 1, "DONE", 512)));
    }

    @Test
    void partRunsUntilTheTimeAfterTheOffer() {
        offered(1, 1_000);
        receive(reclaim(1, 1, 500, 4_000), millis(1_500));
        Running part = running.get(0);
        assertThat(part.request().objects()).hasValue(500);
        assertThat(part.request().priority()).isEqualTo(12);
        assertThat(part.request().within()).contains(Duration.ofMillis(3_500));
        ended(0, RoundOutcome.TARGET_REACHED, 512);
        assertThat(take()).containsExactly(new Sent("a", reclaimed(1, 1, "DONE", 512)));
    }

    /** The member was frozen meanwhile. */
    @Test
    void partThatComesTooLateFreesNothing() {
        offered(1, 1_000);
        receive(reclaim(1, 1, 500, 4_000), millis(5_000));
        assertThat(running).isEmpty();
        assertThat(take())
                .containsExactly(new Sent("a", notBegun(1, 1, "DEADLINE", "it arrived after its time was over")));
    }

    @Test
    void partThatComesTwiceRunsOnceAndIsAnsweredTwice() {
        started(1, 500);
        receive(reclaim(1, 1, 500, 4_000), 2);
        assertThat(take()).isEmpty();
        ended(0, RoundOutcome.TARGET_MISSED, 100);
        receive(reclaim(1, 1, 500, 4_000), 3);
        assertThat(running).hasSize(1);
        assertThat(take()).hasSize(2).containsOnly(new Sent("a", reclaimed(1, 1, "TARGET_MISSED", 100)));
    }

    @Test
    void partThatWasOvertakenIsIgnored() {
        started(1, 500);
        ended(0, RoundOutcome.TARGET_REACHED, 500);
        receive(reclaim(1, 2, 30, 4_000), 2);
        ended(1, RoundOutcome.TARGET_REACHED, 30);
        take();
        receive(reclaim(1, 1, 500, 4_000), 3);
        assertThat(running).hasSize(2);
        assertThat(take()).isEmpty();
    }

    /** The replayed count makes a new offer, with another nonce. */
    @Test
    void partThatIsReplayedAfterItsRoundWasForgottenFreesNothing() {
        Count count = count(1);
        Reclaim part = reclaim(1, 1, 500, 4_000);
        receive(count, 0);
        counted(0, 0);
        receive(part, 1);
        ended(0, RoundOutcome.TARGET_REACHED, 500);
        parts.forgetOld(millis(20_000));
        take();
        nonce++;
        receive(count, millis(20_000));
        counted(1, millis(20_001));
        take();
        receive(part, millis(20_002));
        assertThat(running).hasSize(1);
        assertThat(reason()).contains("an offer that was not made");
    }

    /** Version 1 does not send nonces. */
    @Test
    void requesterOfTheVersionBeforeIsServedWithoutNonces() {
        Count count = count(1);
        Count before = new Count(
                1, 3, "/shop", false, List.of(), List.of(), 10_000, 2_000, Messages.NOBODY, Messages.UID, false);
        receive(count, 0);
        receive(before, 0);
        counted(0, 0);
        take();
        receive(part(1, Messages.NONCE + 1), 1);
        assertThat(reason()).contains("an offer that was not made");
        receive(part(1, 0), 1);
        assertThat(running).hasSize(1);
    }

    /** Nothing is sent to the requester any more. */
    @Test
    void partEndsWhenItsRequesterIsRemoved() {
        started(1, 500);
        parts.requesterGone(Messages.UID + 1);
        assertThat(cancellation(0).isCancelled()).isFalse();
        parts.requesterGone(Messages.UID);
        assertThat(cancellation(0).isCancelled()).isTrue();
        ended(0, RoundOutcome.CANCELLED, 20);
        assertThat(take()).isEmpty();
        assertThat(parts.running()).isZero();
        assertThat(parts.totals().objects()).isEqualTo(20);
    }

    @Test
    void cancelEndsThePartUnderWayAndRefusesLaterOnes() {
        started(1, 500);
        cancel(2);
        assertThat(cancellation(0).isCancelled()).isFalse();
        cancel(1);
        assertThat(cancellation(0).isCancelled()).isTrue();
        ended(0, RoundOutcome.CANCELLED, 20);
        receive(reclaim(1, 2, 500, 4_000), 2);
        assertThat(take())
                .containsExactly(
                        new Sent("a", reclaimed(1, 1, "CANCELLED", 20)),
                        new Sent("a", notBegun(1, 2, "CANCELLED", "")));
    }

    @Test
    void oneThatLeavesEndsItsPartsAndRefusesOthers() {
        offered(1, 0);
        offered(2, 0);
        receive(reclaim(1, 1, 500, 4_000), 1);
        parts.leave();
        assertThat(cancellation(0).isCancelled()).isTrue();
        ended(0, RoundOutcome.CANCELLED, 20);
        receive(reclaim(2, 1, 500, 4_000), 2);
        assertThat(take())
                .containsExactly(
                        new Sent("a", reclaimed(1, 1, "SHUTDOWN", 20)), new Sent("a", notBegun(2, 1, "SHUTDOWN", "")));
        receive(count(3), 3);
        assertThat(reason()).contains("leaving");
    }

    /** The report of its reclaimer has to be short at the last priority, without shortfalls. */
    @Test
    void memberIsExhaustedOnlyWhereItsReclaimerSaysSo() {
        offered(1, 0);
        for (RoundOutcome outcome : RoundOutcome.values()) {
            for (Map<Shortfall, Long> shortfalls : List.of(Map.<Shortfall, Long>of(), Map.of(Shortfall.STOPPED, 3L))) {
                int part = running.size() + 1;
                receive(reclaim(1, part, 500, 4_000), 1);
                ended(part - 1, outcome, 0, shortfalls);
                Reclaimed result = (Reclaimed) take().get(0).message();
                assertThat(result.exhausted())
                        .as("%s %s", outcome, shortfalls)
                        .isEqualTo(outcome == RoundOutcome.NOT_ONLINE
                                || (outcome == RoundOutcome.TARGET_MISSED && shortfalls.isEmpty()));
                boolean isSaid = !shortfalls.isEmpty() && !result.end().equals("DONE");
                assertThat(result.reason()).as("%s", outcome).isEqualTo(isSaid ? STOPPED : "");
            }
        }
    }

    @Test
    void offerSaysWhetherItIsAllThatThereIs() {
        assertThat(offer(1, RoundOutcome.DONE, Map.of()).complete()).isTrue();
        assertThat(offer(2, RoundOutcome.NOT_ONLINE, Map.of()).complete()).isTrue();
        Offer stopped = offer(3, RoundOutcome.DONE, Map.of(Shortfall.STOPPED, 3L));
        assertThat(stopped.complete()).isFalse();
        assertThat(stopped.shortfall()).isEqualTo(STOPPED);
        Offer late = offer(4, RoundOutcome.DEADLINE, Map.of(Shortfall.STOPPED, 3L));
        assertThat(late.complete()).isFalse();
        assertThat(late.shortfall()).contains("[DEADLINE]").contains(STOPPED);
    }

    private Offer offer(long round, RoundOutcome outcome, Map<Shortfall, Long> shortfalls) {
        receive(count(round), 0);
        parts.counted(round, counted(outcome, shortfalls), null, 1);
        return (Offer) take().get(0).message();
    }

    @Test
    void cgroupThatIsNotOnlineIsShortOfATargetAndDoneWithoutOne() {
        started(1, 500);
        ended(0, RoundOutcome.NOT_ONLINE, 0);
        receive(reclaim(1, 2, 0, 4_000), 1);
        assertThat(running.get(1).request().objects()).isEmpty();
        ended(1, RoundOutcome.NOT_ONLINE, 0);
        assertThat(take())
                .extracting(one -> ((Reclaimed) one.message()).end())
                .containsExactly("TARGET_MISSED", "DONE");
    }

    @Test
    void whatIsOverIsForgottenAndWhatIsUnderWayIsNot() {
        offered(1, 0);
        started(2, 500);
        parts.forgetOld(millis(10_999));
        assertThat(parts.known()).isEqualTo(2);
        parts.forgetOld(millis(11_000));
        assertThat(parts.known()).isOne();
        ended(0, RoundOutcome.TARGET_REACHED, 500);
        parts.forgetOld(millis(11_000));
        assertThat(parts.known()).isZero();
        assertThat(take()).singleElement().matches(one -> one.message() instanceof Reclaimed);
    }

    /** With quick rounds, many are known that are over. */
    @Test
    void oldestRoundThatIsNotUnderWayMakesRoomForANewOne() {
        started(0, 500);
        for (int i = 1; i < KnownRounds.MAX; i++) {
            offered(i, 0);
        }
        offered(9_999, 0);
        assertThat(parts.known()).isEqualTo(KnownRounds.MAX);
        receive(reclaim(1, 1, 500, 4_000), 1);
        assertThat(reason()).contains("does not know the round");
        ended(0, RoundOutcome.TARGET_REACHED, 500);
        assertThat(take()).singleElement().matches(one -> one.message() instanceof Reclaimed);
    }
}
