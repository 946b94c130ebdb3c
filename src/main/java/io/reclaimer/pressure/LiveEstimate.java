package io.reclaimer.pressure;

import java.util.OptionalLong;

/**
 * An estimate of the live bytes of the heap, from readings in the order in which the JVM reports them. Before the first
 * reading, nothing is taken to be live. Not thread-safe.
 */
final class LiveEstimate {

    /*
     * Most collections do not show what is live. An old generation keeps its garbage until a collection looks for it,
     * and may fill up while next to nothing in it is live. A collection that does show what is live is called
     * conclusive here: a collection of all garbage, or the end of a series of mixed collections. So there are two
     * bounds.
     *
     * Upper bound: the bytes in use after the last collection, minus the bytes that rounds freed and no collection has
     * removed yet (the credit).
     *
     * Lower bound, the bytes surely live: see LowerBound.
     *
     * Rounds act on the lower bound. If the upper bound is above the low watermark, and no conclusive collection comes
     * for a while, a part of the upper bound counts: see OverdueCollection.
     */

    private final Credit credit = new Credit();
    private final MixedSeries mixedSeries = new MixedSeries();
    private final LowerBound lowerBound;
    private final OverdueCollection overdue;
    private final long lowMarkBytes;

    /** The bytes in use at the last reading or sample, minus the credit. */
    private long upperBoundBytes;

    /** Whether a partial or a concurrent collection was reported. On such a heap not every collection is conclusive. */
    private boolean hasInconclusiveCollections;

    /** The bytes in use in the old generation after the last collection of some old garbage; -1 before the first. */
    private long oldBytes = -1;

    /** @param limitBytes the size of the heap that the watermarks are shares of */
    LiveEstimate(Watermarks watermarks, long limitBytes) {
        lowMarkBytes = watermarks.lowMark(limitBytes);
        lowerBound = new LowerBound(watermarks.minMark(limitBytes));
        overdue = new OverdueCollection(lowMarkBytes, watermarks.highMark(limitBytes));
    }

    /**
     * Updates the estimate after a collection, or a step of one.
     *
     * @return whether the collection is conclusive
     */
    boolean collected(HeapReading reading) {
        if (reading.isAborted()) {
            return false;
        }
        return switch (reading.scope()) {
            case NOTHING -> throw new IllegalArgumentException("No collection: [" + reading + "]");
            case MARKING -> conclude(mixedSeries.marking());
            case YOUNG -> {
                hasInconclusiveCollections = true;
                setUpperBound(reading);
                yield false;
            }
            case SOME_OLD, MIXED -> collectedSomeOld(reading);
            case ALL -> {
                collectedAll(reading);
                yield true;
            }
        };
    }

    private boolean collectedSomeOld(HeapReading reading) {
        hasInconclusiveCollections = true;
        credit.settle(removedOldBytes(reading));
        setUpperBound(reading);
        boolean isConclusive = conclude(mixedSeries.collected(reading, upperBoundBytes));
        overdue.collected(upperBoundBytes, reading.garbageCutoffMillis());
        return isConclusive;
    }

    private void collectedAll(HeapReading reading) {
        credit.settleUntil(reading.garbageCutoffMillis());
        setUpperBound(reading);
        mixedSeries.collectedAll();
        long leftBytes = Math.max(0, upperBoundBytes - reading.allocatedBytes());
        if (reading.isConcurrent()) {
            hasInconclusiveCollections = true;
            lowerBound.concludedConcurrently(reading.garbageCutoffMillis(), leftBytes);
        } else {
            lowerBound.concluded(LowerBound.ShownTime.END, leftBytes);
        }
        overdue.concluded();
    }

    /** Handles the live bytes that the end of a mixed series shows, if one ended. Returns whether one did. */
    private boolean conclude(OptionalLong seriesBytes) {
        seriesBytes.ifPresent(bytes -> {
            lowerBound.concluded(LowerBound.ShownTime.PREVIOUS_END, bytes);
            overdue.concluded();
        });
        return seriesBytes.isPresent();
    }

    /** Returns the bytes that left the old generation with this collection, and between it and the previous one. */
    private long removedOldBytes(HeapReading reading) {
        long between = oldBytes < 0 ? 0 : Math.max(0, oldBytes - reading.oldBefore());
        oldBytes = reading.oldAfter();
        return between + Math.max(0, reading.oldBefore() - reading.oldAfter());
    }

    private void setUpperBound(HeapReading reading) {
        upperBoundBytes = Math.max(0, reading.mostLiveBytes() - credit.bytes());
        lowerBound.limit(upperBoundBytes);
    }

    /**
     * Returns whether caches should be counted: after a conclusive collection, or if there may be pressure; but not on
     * a heap where every collection is conclusive.
     */
    boolean isCountDue() {
        return hasInconclusiveCollections && (lowerBound.isAwaitingCount() || upperBoundBytes > lowMarkBytes);
    }

    /**
     * Updates the estimate after a count of caches.
     *
     * @param bytes the bytes that the counted caches hold
     * @param isComplete whether all caches were counted; otherwise {@code bytes} is a lower bound
     * @param millis the time of the count
     */
    void counted(long bytes, boolean isComplete, long millis) {
        if (isComplete) {
            lowerBound.counted(bytes, millis);
        } else {
            lowerBound.countedInPart(bytes);
        }
    }

    /** Credits bytes that rounds freed, see {@link Credit#add}. */
    void freed(long freedBytes, long fromMillis, long toMillis) {
        long creditedBytes = credit.add(freedBytes, fromMillis, toMillis);
        upperBoundBytes = Math.max(0, upperBoundBytes - creditedBytes);
        lowerBound.freed(creditedBytes);
        overdue.freed(creditedBytes);
    }

    /** Limits the upper bound to the bytes in use now, minus the credit. */
    void sampled(long usedBytes) {
        upperBoundBytes = Math.min(upperBoundBytes, Math.max(0, usedBytes - credit.bytes()));
        lowerBound.limit(upperBoundBytes);
    }

    /** Returns the estimate that rounds act on. */
    long liveBytes() {
        long sureBytes = Math.min(lowerBound.bytes(), upperBoundBytes);
        return overdue.isOverdue() ? Math.max(sureBytes, Math.min(upperBoundBytes, overdue.maxBytes())) : sureBytes;
    }

    /** Returns the bytes in caches at the last count, minus the bytes freed since; 0 if they were never counted. */
    long cachedBytes() {
        return lowerBound.cachedBytes();
    }

    /** Returns the bytes that the last conclusive collection left, minus the bytes freed since. */
    long conclusiveBytes() {
        return lowerBound.conclusiveBytes();
    }

    long upperBoundBytes() {
        return upperBoundBytes;
    }

    long creditBytes() {
        return credit.bytes();
    }
}
