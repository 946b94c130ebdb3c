package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.RoundOutcome;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Refusals of a member. */
class MemberPartsRefusalTest extends MemberPartsSpec {

    MemberPartsRefusalTest() {
        super(2 * KnownRounds.MAX);
    }

    @Test
    void unknownNodeIsRefusedByName() {
        receive(count(1, List.of("gpu"), List.of()), 0);
        assertThat(reason()).contains("[gpu]");
        assertThat(parts.known()).isZero();
    }

    /** A background round does not start at priority 0. */
    @Test
    void partAtAPriorityThatIsNotAllowedIsRefused() {
        receive(count(1, List.of(), List.of("BACKGROUND")), 0);
        counted(0, 0);
        take();
        receive(new Reclaim(1, 3, 1, 10, 0, 4_000_000, Messages.NOBODY, Messages.UID, Messages.NONCE), 1);
        assertThat(reason()).contains("12 to 1");
        assertThat(parts.running()).isZero();
    }

    @Test
    void whatTheReclaimerRefusesIsRefused() {
        receive(count(1), 0);
        parts.counted(counting.get(0).round(), null, new ReclaimerException(Reason.SHUTTING_DOWN, "it ends"), 1);
        assertThat(refusal()).isEqualTo(new Refused(1, 3, "it ends", 0, false));
        started(2, 500);
        parts.reclaimed(
                running.get(0).round(), 1, null, new ReclaimerException(Reason.TOO_MANY_ROUNDS, "x".repeat(600)), 5);
        assertThat(reason()).hasSize(512);
        assertThat(parts.running()).isZero();
    }

    /** The first reply may be lost; the request is then sent again. */
    @Test
    void refusalOfAPartIsSaidAgain() {
        started(2, 500);
        parts.reclaimed(2, 1, null, new ReclaimerException(Reason.SHUTTING_DOWN, "it ends"), 5);
        Refused refused = new Refused(2, 3, "it ends", 1, false);
        assertThat(refusal()).isEqualTo(refused);
        receive(reclaim(2, 1, 500, 4_000), 6);
        assertThat(refusal()).isEqualTo(refused);
    }

    /** Too many rounds are under way there, which is over soon. */
    @Test
    void whatTheReclaimerRefusesForNowMayBeAskedAgain() {
        CompletionException tooMany =
                new CompletionException(new ReclaimerException(Reason.TOO_MANY_ROUNDS, "[64] are under way"));
        receive(count(1), 0);
        parts.counted(1, null, tooMany, 1);
        assertThat(refusal()).isEqualTo(new Refused(1, 3, "[64] are under way", 0, true));
        receive(count(1), 2);
        counted(1, 3);
        take();
        receive(reclaim(1, 1, 500, 4_000), 4);
        parts.reclaimed(1, 1, null, tooMany, 5);
        assertThat(refusal()).isEqualTo(new Refused(1, 3, "[64] are under way", 1, true));
        receive(count(1), 6);
        assertThat(take()).singleElement().matches(one -> one.message() instanceof Offer);
        receive(reclaim(1, 2, 500, 4_000), 7);
        ended(1, RoundOutcome.TARGET_REACHED, 500);
        assertThat(take()).containsExactly(new Sent("a", reclaimed(1, 2, "DONE", 500)));
    }

    /** A refusal with an empty reason cannot be sent. */
    @Test
    void failureThatSaysNothingIsRefusedToo() {
        receive(count(1), 0);
        parts.counted(1, null, new IllegalStateException(""), 1);
        assertThat(reason()).isEqualTo("java.lang.IllegalStateException");
        started(2, 500);
        parts.reclaimed(2, 1, null, new CompletionException(new IllegalStateException("\uD83D")), 5);
        assertThat(reason()).isEqualTo("?");
    }

    @Test
    void secondPartWhileTheFirstIsUnderWayIsRefused() {
        started(1, 500);
        receive(reclaim(1, 2, 500, 4_000), 1);
        assertThat(running).hasSize(1);
        assertThat(reason()).contains("still under way");
    }

    @Test
    void partOfAnUnknownRoundIsRefused() {
        receive(reclaim(1, 1, 500, 4_000), 1);
        assertThat(refusal())
                .matches(refused -> refused.again() && refused.part() == 1)
                .extracting(Refused::reason)
                .asString()
                .contains("does not know the round");
        receive(count(2), 0);
        receive(reclaim(2, 1, 500, 4_000), 1);
        assertThat(reason()).contains("does not know the round");
        assertThat(running).isEmpty();
    }

    /** The nonce is not that of an offer. */
    @Test
    void partOfAnotherOfferIsRefused() {
        offered(1, 0);
        receive(part(1, Messages.NONCE + 1), 1);
        assertThat(reason()).contains("an offer that was not made");
        receive(part(1, 0), 1);
        assertThat(reason()).contains("an offer that was not made");
        assertThat(running).isEmpty();
        receive(part(1, Messages.NONCE), 1);
        assertThat(running).hasSize(1);
    }

    @Test
    void unknownFlagIsRefusedByName() {
        receive(count(1, List.of(), List.of("BACKGROUND", "SOON")), 0);
        assertThat(reason()).contains("[SOON]").contains("LOSSLESS_ONLY");
        assertThat(counting).isEmpty();
        assertThat(parts.known()).isZero();
    }

    @Test
    void moreRoundsThanAllowedAreRefused() {
        for (int i = 0; i < KnownRounds.MAX; i++) {
            receive(count(i), 0);
        }
        receive(count(9_999), 0);
        assertThat(refusal())
                .matches(Refused::again)
                .extracting(Refused::reason)
                .asString()
                .contains("[1024] rounds");
        assertThat(parts.known()).isEqualTo(KnownRounds.MAX);
    }
}
