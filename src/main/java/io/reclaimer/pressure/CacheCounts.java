package io.reclaimer.pressure;

import io.reclaimer.CountReport;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.ShrinkerSpec;
import org.jspecify.annotations.Nullable;

/**
 * The counts of caches: when the next one may start, and the bytes that the last one found, for the
 * {@link LiveEstimate}, the floor of background rounds, and the size of objects of unknown size. Confined to the actor
 * that owns it.
 */
final class CacheCounts {

    /** The minimum time between the starts of two counts. A count asks every cache. */
    private static final long INTERVAL_MILLIS = 200;

    /** The divisor of the heap's limit that gives the most a background round frees before caches are counted. */
    private static final long UNCOUNTED_SHARE = 128;

    private final LiveEstimate estimate;
    private final double floor;
    private final long limitBytes;
    private final UnknownSize unknownSize;
    private boolean isUnderWay;
    private long lastStartMillis = -INTERVAL_MILLIS;

    /** Whether the last count still shows what background rounds may free. */
    private boolean isCurrent;

    /** The most bytes that a count found in caches since the pressure began. */
    private long mostCachedBytes;

    /**
     * @param estimate is updated after each count
     * @param floor the share of the most cached bytes that background rounds leave
     * @param limitBytes the limit of the heap
     */
    CacheCounts(LiveEstimate estimate, double floor, long limitBytes) {
        this.estimate = estimate;
        this.floor = floor;
        this.limitBytes = limitBytes;
        this.unknownSize = new UnknownSize(limitBytes);
    }

    /** Returns whether a count may start now. If so, the caller starts it. */
    boolean tryStart(long millis) {
        if (isUnderWay || millis - lastStartMillis < INTERVAL_MILLIS) {
            return false;
        }
        isUnderWay = true;
        lastStartMillis = millis;
        return true;
    }

    /** Handles the end of a count. The report is null if it failed; then the bytes of the last one still apply. */
    void ended(@Nullable CountReport report, long millis) {
        isUnderWay = false;
        isCurrent = true;
        if (report != null) {
            // A shrinker in a long visit, or in trouble, is not asked.
            boolean isComplete =
                    report.outcome() == RoundOutcome.DONE && report.shortfalls().isEmpty();
            estimate.counted(bytes(report), isComplete, millis);
            mostCachedBytes = Math.max(mostCachedBytes, estimate.cachedBytes());
        }
    }

    private long bytes(CountReport report) {
        long unsized = report.unsizedObjects();
        long sizedBytes =
                Math.max(0, report.freeableBytes() - Saturating.multiply(unsized, ShrinkerSpec.DEFAULT_OBJECT_BYTES));
        return Saturating.add(
                sizedBytes, unknownSize.counted(unsized, Math.max(0, estimate.conclusiveBytes() - sizedBytes)));
    }

    /** Handles a conclusive collection, see {@link LiveEstimate}. */
    void concluded(boolean isUnderPressure) {
        unknownSize.concluded(isUnderPressure);
        // The bytes of objects of unknown size have to be determined anew.
        isCurrent &= !unknownSize.hasObjects();
    }

    /** Handles bytes that rounds freed. */
    void freed() {
        unknownSize.freed();
    }

    /** Handles an ineffective round. Caches may hold other amounts by the next one. */
    void roundIneffective() {
        isCurrent = false;
    }

    /** Handles the end of the pressure. */
    void pressureEnded() {
        mostCachedBytes = 0;
        isCurrent = false;
        unknownSize.pressureEnded();
    }

    boolean isCurrent() {
        return isCurrent;
    }

    /** Returns whether a background round needs a count, because it leaves caches a share of what they held. */
    boolean isNeededForFloor() {
        return floor > 0 && !isCurrent;
    }

    /**
     * Returns the most that a background round may free. Until the floor is known, a round frees little, but starts at
     * once: a heap may be full within a second.
     */
    long maxBackgroundBytes() {
        if (floor <= 0) {
            return Long.MAX_VALUE;
        }
        return isCurrent ? aboveFloorBytes() : limitBytes / UNCOUNTED_SHARE;
    }

    /** Returns whether it is known that less than 1/16 of the wanted bytes is above the floor. */
    boolean isFloorReached(long wantedBytes) {
        return isCurrent && aboveFloorBytes() < wantedBytes / 16;
    }

    private long aboveFloorBytes() {
        return estimate.cachedBytes() - (long) (floor * mostCachedBytes);
    }

    /** Returns the estimated size of an object of unknown size. */
    long unknownObjectBytes() {
        return unknownSize.bytes();
    }
}
