package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.MemberEnvironment.Requester;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.testkit.FakeCountReport;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A member that frees up to 2,000 bytes a minute for rounds of others, and counts 1,000 objects of 4 bytes in each. */
class MemberPartsGiveTest extends MemberPartsSpec {

    private static final long BYTES = 2_000;

    private static final String BOUND =
            "up to [2000] bytes a minute for rounds of other members [reclaimer.cluster.give]";

    private static final Requester OWN = new Requester(1, true);

    MemberPartsGiveTest() {
        super(8, BYTES);
    }

    @Test
    void offerIsCutToWhatIsLeftAndSaysWhy() {
        Offer offer = offer(1, Messages.REQUESTER);
        assertThat(offer.freeableObjects()).isEqualTo(500);
        assertThat(offer.freeableBytes()).isEqualTo(BYTES);
        assertThat(offer.plannedObjects()).containsOnly(9L);
        assertThat(offer.complete()).isFalse();
        assertThat(offer.shortfall()).contains(BOUND);
    }

    @Test
    void partIsCutToWhatIsLeftAndSaysWhy() {
        offer(1, Messages.REQUESTER);
        receive(reclaim(1, 1, 700, 4_000), 1);
        assertThat(target(0)).isEqualTo(500);
        freed(0, RoundOutcome.TARGET_REACHED, 500, 2_000, 2);
        Reclaimed result = (Reclaimed) take().get(0).message();
        assertThat(result.end()).isEqualTo("TARGET_MISSED");
        assertThat(result.exhausted()).isFalse();
        assertThat(result.reason()).contains("cut to [500] objects").contains(BOUND);
    }

    @Test
    void whereNothingIsLeftCountsAndPartsAreRefused() {
        offer(1, Messages.REQUESTER);
        offer(2, Messages.REQUESTER);
        receive(reclaim(1, 1, 500, 4_000), 1);
        receive(reclaim(2, 1, 500, 4_000), 1);
        assertThat(running).hasSize(1);
        assertGiven(refusal());
        freed(0, RoundOutcome.TARGET_REACHED, 500, 2_000, 2);
        take();
        receive(count(3), 3);
        assertThat(counting).hasSize(2);
        assertGiven(refusal());
        assertThat(parts.running()).isZero();
    }

    /** A refused part returns its slot and its reservation. */
    @Test
    void partThatIsRefusedKeepsNothing() {
        for (int round = 1; round <= 20; round++) {
            offer(round, Messages.REQUESTER);
            receive(new Reclaim(round, 3, 1, 500, 12, 0, Messages.NOBODY, Messages.UID, nonce), 1);
            assertThat(take()).hasSize(1);
        }
        offer(21, Messages.REQUESTER);
        receive(reclaim(21, 1, 500, 4_000), 1);
        assertThat(target(0)).isEqualTo(500);
    }

    @Test
    void whatWasNotFreedIsGivenBackAndWhatWasMoreIsMissing() {
        offer(1, Messages.REQUESTER);
        receive(reclaim(1, 1, 500, 4_000), 1);
        freed(0, RoundOutcome.TARGET_MISSED, 100, 400, 2);
        take();
        assertThat(offer(2, Messages.REQUESTER).freeableObjects()).isEqualTo(400);
        receive(reclaim(2, 1, 100, 4_000), 3);
        freed(1, RoundOutcome.TARGET_REACHED, 200, 1_400, 4);
        take();
        assertThat(offer(3, Messages.REQUESTER).freeableObjects()).isEqualTo(50);
    }

    /** The freed objects are larger than counted. */
    @Test
    void objectsAreAsLargeAsThoseThatWereFreed() {
        offer(1, Messages.REQUESTER);
        receive(reclaim(1, 1, 10, 4_000), 1);
        freed(0, RoundOutcome.TARGET_REACHED, 10, 1_000, 2);
        take();
        receive(reclaim(1, 2, 100, 4_000), 3);
        assertThat(target(1)).isEqualTo(10);
    }

    @Test
    void limitIsWholeAgainAMinuteLater() {
        offer(1, Messages.REQUESTER);
        receive(reclaim(1, 1, 500, 4_000), 1);
        freed(0, RoundOutcome.TARGET_REACHED, 500, 2_000, millis(2_000));
        take();
        receive(count(2), millis(61_000));
        assertGiven(refusal());
        receive(count(3), millis(63_001));
        assertThat(counting).extracting(Counting::round).containsExactly(1L, 3L);
    }

    @Test
    void membersOwnRoundsAreNotBound() {
        assertThat(offer(1, OWN).freeableObjects()).isEqualTo(1_000);
        receive(reclaim(1, 1, 5_000, 4_000), 1);
        assertThat(target(0)).isEqualTo(5_000);
        freed(0, RoundOutcome.TARGET_REACHED, 5_000, 20_000, 2);
        take();
        assertThat(offer(2, Messages.REQUESTER).freeableObjects()).isEqualTo(500);
        assertThat(parts.totals()).isEqualTo(new MemberParts.Totals(1, 5_000, 0));
    }

    /** A failed part may have freed its whole target; a refused one has freed nothing. */
    @ParameterizedTest
    @CsvSource({"FAILED, 200", "TOO_MANY_ROUNDS, 500"})
    void partThatFailsHasTakenWhatWasExpectedOfItAndARefusedOneNothing(Reason reason, long left) {
        offer(1, Messages.REQUESTER);
        receive(reclaim(1, 1, 300, 4_000), 1);
        parts.reclaimed(1, 1, null, new ReclaimerException(reason, "why"), 2);
        take();
        assertThat(offer(2, Messages.REQUESTER).freeableObjects()).isEqualTo(left);
    }

    @Test
    void passThatWouldFreeMoreThanIsLeftIsCut() {
        Offer offer = offer(1, Messages.REQUESTER);
        assertThat(offer.plannedObjects()).containsOnly(9L);
        receive(reclaim(1, 1, 498, 4_000), 1);
        offer(2, Messages.REQUESTER);
        receive(reclaim(2, 1, 0, 4_000), 1);
        assertThat(running.get(1).request().objects()).hasValue(2);
    }

    @Test
    void numbersOfAnySizeStayWithinTheBound() {
        GiveLimit giveLimit = new GiveLimit(BYTES);
        KnownRound known = huge(Messages.REQUESTER);
        assertThat(giveLimit.tryReserve(known, 0)).isFalse();
        GiveLimit large = new GiveLimit(Long.MAX_VALUE - 1);
        assertThat(large.tryReserve(known, 0)).isTrue();
        large.settle(known, Long.MAX_VALUE, 1);
        large.settle(known, Long.MAX_VALUE, 2);
        assertThat(large.givenBytes()).isEqualTo(Long.MAX_VALUE);
        assertThat(large.hasBytes(Messages.REQUESTER, 3)).isFalse();
    }

    /** A restarted cluster actor has forgotten its parts, which go on. */
    @Test
    void partsThatNobodyKnowsAnyMoreHaveTakenWhatWasExpected() {
        GiveLimit giveLimit = new GiveLimit(BYTES);
        KnownRound known = known(1, Messages.REQUESTER, 1_000, 4_000);
        known.setPart(reclaim(1, 1, 400, 4_000));
        assertThat(giveLimit.tryReserve(known, 0)).isTrue();
        giveLimit.settleReserved(1);
        assertThat(giveLimit.availableObjects(known, 2)).isEqualTo(100);
        assertThat(giveLimit.availableObjects(known, millis(61_002))).isEqualTo(500);
    }

    private KnownRound huge(Requester requester) {
        KnownRound known = known(7, requester, 2, Long.MAX_VALUE);
        known.setPart(reclaim(7, 1, Long.MAX_VALUE, 4_000));
        return known;
    }

    private KnownRound known(long round, Requester requester, long objects, long bytes) {
        KnownRound known =
                new KnownRound(reply -> {}, requester, KnownRound.requestOf(count(round), name -> 0), count(round), 0);
        known.setCounted(new FakeCountReport(
                CgroupPath.of("/shop"),
                RoundOutcome.DONE,
                objects,
                bytes,
                Collections.nCopies(13, objects),
                1,
                Duration.ZERO,
                List.of(),
                0,
                Map.of(),
                0));
        return known;
    }

    private Offer offer(long round, Requester requester) {
        parts.count(reply -> sent.add(new Sent("a", reply)), requester, count(round), 0);
        counted(counting.size() - 1, 0);
        List<Sent> all = take();
        return (Offer) all.get(all.size() - 1).message();
    }

    private long target(int index) {
        return running.get(index).request().objects().orElseThrow();
    }

    private static void assertGiven(Refused refused) {
        assertThat(refused.again()).isFalse();
        assertThat(refused.reason()).contains(BOUND).contains("has freed as much");
    }
}
