package io.reclaimer.pressure;

import akka.actor.typed.javadsl.ActorContext;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.RoundOutcome;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rounds that {@link HeapPressure} starts: at most one background and one direct round are under way. Lossless
 * shrinkers are asked first, in a round of their own. Confined to the actor that owns it, which gets each report as a
 * {@link HeapPressure.RoundEnded}.
 */
final class HeapRounds {

    /**
     * The number of passes before the one that asks caches for the wanted bytes. Together these passes ask for nearly
     * as much, so that caches contribute evenly. Still earlier passes would ask for next to nothing, and each takes a
     * while if a cache is slow.
     */
    private static final int EARLIER_PASSES = 3;

    /** The divisor of the deadline of direct rounds that gives the deadline of a direct lossless round. */
    private static final long LOSSLESS_SHARE = 4;

    /** A round under way. */
    record Round(boolean isDirect, boolean isLossless, Cancellation cancellation) {}

    private final ActorContext<HeapPressure.Command> context;
    private final HeapReclaimer reclaimer;
    private final HeapPressureSettings settings;
    private Optional<Round> background = Optional.empty();
    private Optional<Round> direct = Optional.empty();

    /** Whether the last round was a lossless one that did not meet its target. */
    private boolean isLosslessAsked;

    HeapRounds(ActorContext<HeapPressure.Command> context, HeapReclaimer reclaimer, HeapPressureSettings settings) {
        this.context = context;
        this.reclaimer = reclaimer;
        this.settings = settings;
    }

    boolean isUnderWay() {
        return background.isPresent() || direct.isPresent();
    }

    boolean isDirectUnderWay() {
        return direct.isPresent();
    }

    /** Returns whether a lossless round comes before the round that is due. */
    boolean isLosslessDue() {
        return !isLosslessAsked && reclaimer.hasLossless();
    }

    void startLosslessBackground(long bytes, long unknownObjectBytes) {
        start(false, true, backgroundRequest(bytes, unknownObjectBytes).losslessOnly());
    }

    /**
     * Starts a background round.
     *
     * @param bytes the target
     * @param wantedBytes the bytes until the high watermark, of which the target may be a part
     * @param cachedBytes the bytes in caches, 0 if unknown
     */
    void startBackground(long bytes, long wantedBytes, long unknownObjectBytes, long cachedBytes) {
        start(false, false, skippingPasses(backgroundRequest(bytes, unknownObjectBytes), wantedBytes, cachedBytes));
    }

    private ReclaimRequest backgroundRequest(long bytes, long unknownObjectBytes) {
        return reclaimer.request().bytes(bytes, unknownObjectBytes).background().within(settings.backgroundDeadline());
    }

    /**
     * Starts a direct round, or a direct lossless one if that is due. Assumes that objects of unknown size are small:
     * freeing too many is better than freeing too few.
     *
     * @param cachedBytes the bytes in caches, 0 if unknown
     */
    void startDirect(long wantedBytes, long cachedBytes) {
        ReclaimRequest request = reclaimer.request().bytes(wantedBytes);
        if (isLosslessDue()) {
            start(
                    true,
                    true,
                    request.losslessOnly().within(settings.directDeadline().dividedBy(LOSSLESS_SHARE)));
        } else {
            start(true, false, skippingPasses(request.within(settings.directDeadline()), wantedBytes, cachedBytes));
        }
    }

    /** Skips the first passes if it is known how much caches hold. */
    private static ReclaimRequest skippingPasses(ReclaimRequest request, long wantedBytes, long cachedBytes) {
        if (cachedBytes <= 0) {
            return request;
        }
        // At priority p, caches are asked for 1/2^p of their objects.
        int due = Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(1, cachedBytes / Math.max(1, wantedBytes)));
        return request.startingAt(Math.min(request.priority(), due + EARLIER_PASSES));
    }

    private void start(boolean isDirect, boolean isLossless, ReclaimRequest request) {
        Round round = new Round(isDirect, isLossless, new Cancellation());
        context.pipeToSelf(
                reclaimer.reclaim(request.cancelledBy(round.cancellation())),
                (report, failure) -> new HeapPressure.RoundEnded(round, report, failure));
        if (isDirect) {
            direct = Optional.of(round);
        } else {
            background = Optional.of(round);
        }
    }

    /**
     * Handles the end of a round.
     *
     * @param report null if the round failed
     * @return false if the round was started before a restart of the actor, which cancelled it
     */
    boolean end(Round round, @Nullable ReclaimReport report) {
        if (direct.equals(Optional.of(round))) {
            direct = Optional.empty();
        } else if (background.equals(Optional.of(round))) {
            background = Optional.empty();
        } else {
            return false;
        }
        isLosslessAsked = round.isLossless() && (report == null || report.outcome() != RoundOutcome.TARGET_REACHED);
        return true;
    }

    /** Cancels the background round, which would free the same bytes as a direct one, and less urgently. */
    void cancelBackground() {
        background.ifPresent(round -> round.cancellation().cancel());
    }

    /** Cancels both rounds. */
    void cancel() {
        direct.ifPresent(round -> round.cancellation().cancel());
        cancelBackground();
    }

    /**
     * Returns whether a round came to the end of what caches hold, freed nothing, or freed nothing that helps the heap:
     * bytes that were freed at once were most likely not heap. Another round at once would do the same, endlessly.
     */
    static boolean isIneffective(ReclaimReport report) {
        return report.outcome() == RoundOutcome.TARGET_MISSED
                || report.freedObjects() == 0
                || (report.freedAtOnceBytes() > 0 && report.freedBytes() <= report.freedAtOnceBytes());
    }
}
