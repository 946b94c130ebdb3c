package io.reclaimer.pressure;

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
     * Lower bound, the bytes surely live: the bytes that the last conclusive collection left, minus the bytes that
     * rounds freed since. After a count of caches the lower bound follows the caches: the bytes that the conclusive
     * collection left outside of caches are taken to be live still, and the bytes that caches hold now are added. The
     * growth of a cache that is being loaded is thus seen without another conclusive collection.
     *
     * G1 removes the garbage that a marking has found in a series of mixed pauses. Garbage that came into the old
     * generation since the marking began stays; it is at most as much as came in. The start of a marking is not
     * reported, so all bytes that came in since the previous series count as possible garbage.
     *
     * A concurrent collection leaves more in use than is live. It evacuates no more regions than it has space for, it
     * leaves regions with little garbage, and the objects that it moves exist twice for a while. The bytes that it
     * leaves outside of caches are too many, by an amount that varies; so the lowest value of several consecutive ones
     * counts. A concurrent collection leaves what was live when it began; so the bytes that caches held then,
     * interpolated between the counts before and after, are subtracted from it. If even the lowest value of the last
     * few, with the bytes that caches hold now, exceeds the min watermark, it counts: those bytes may be live, and
     * there is no time to wait.
     *
     * Rounds act on the lower bound. If the upper bound is above the low watermark, and no conclusive collection comes
     * for a while, the upper bound counts instead; but only for as many bytes as lie between the watermarks, until a
     * conclusive collection comes. This limits the loss if all of it was garbage. If it was live and grows, the heap
     * ends in a full collection, which is conclusive.
     */

    /** A conclusive collection is overdue after this number of readings above the low watermark, and this time. */
    private static final int OVERDUE_READINGS = 8;

    private static final long OVERDUE_MILLIS = 5_000;

    /**
     * The number of consecutive collections other than mixed ones that end a series of mixed ones. G1 makes mixed
     * collections in a row, but a pause that is reported late may not be recognised as mixed.
     */
    private static final int NOT_MIXED = 3;

    /** The number of concurrent collections that are compared; the second number applies beyond the min watermark. */
    private static final int BESIDES = 8;

    private static final int BESIDES_URGENT = 3;

    /** The steps that end a marking of G1: remark and cleanup. */
    private static final int MARKING_STEPS = 2;

    private final Credit credit = new Credit();
    private final long minMarkBytes;
    private final long lowMarkBytes;
    private final long highMarkBytes;

    /** The upper bound: the bytes in use at the last reading or sample, minus the credit. */
    private long upperBoundBytes;

    /** The bytes that the last conclusive collection left, minus the bytes freed since. */
    private long conclusiveBytes;

    /** The number of conclusive collections, plus 1 for the initial state. */
    private long conclusiveCollections;

    /** The live bytes outside of caches; -1 until caches are counted after a conclusive collection. */
    private long nonCacheBytes = -1;

    /** The bytes outside of caches after each of the last concurrent collections, as a ring; and the number of them. */
    private final long[] recentNonCache = new long[BESIDES];

    private int nonCacheCount;

    /** The lowest of the last {@link #BESIDES_URGENT} of them; -1 if there are none. */
    private long recentNonCacheBytes = -1;

    /** Whether a concurrent collection ended, and caches were not counted since. */
    private boolean isAwaitingCount;

    /** The start of that collection. The bytes that it left were live then. */
    private long conclusiveMillis;

    /** The time of the last count of all caches, -1 if there is none; and the bytes found by it. */
    private long countedMillis = -1;

    private long countedBytes;

    /** The bytes in caches at the last count, minus the bytes freed since; 0 if they were never counted. */
    private long heldBytes;

    /** The bytes in caches at the first count after the last conclusive collection, minus the bytes freed since. */
    private long heldThenBytes;

    /**
     * Whether the last conclusive collection shows what was live at the one before it. Its bytes then include those
     * that caches held at that time.
     */
    private boolean showsPreviousState;

    /** Whether a partial or a concurrent collection was reported. On such a heap not every collection is conclusive. */
    private boolean hasInconclusiveCollections;

    /**
     * Whether a marking has ended, and mixed collections remove the garbage that it found; the lowest upper bound
     * since; and the number of consecutive collections that were not mixed.
     */
    private boolean isMixedSeries;

    private long lowestBytes;
    private int notMixed;

    /**
     * The bytes that came into the old generation since the last mixed series; and those before the lowest upper bound.
     */
    private long promotedBytes;

    private long promotedBeforeLowest;

    /**
     * The bytes that came into the old generation with the last collection that was not mixed. It stands in for those
     * of mixed collections, which can't be seen.
     */
    private long lastPromotedBytes;

    /** The number of ended steps of the current marking; {@link #MARKING_STEPS} end it. */
    private int markingSteps;

    /** Whether the JVM reports markings. If it does, a pause during a marking may be mistaken for a mixed one. */
    private boolean areMarkingsTold;

    private long oldBytes = -1;

    /**
     * The number of readings above the low watermark since the last conclusive collection, and the time of the first.
     */
    private int readingsAbove;

    private long aboveSinceMillis;

    private boolean isOverdue;

    /** The bytes that rounds may still free on the upper bound alone. */
    private long upperBoundBudgetBytes;

    /**
     * @param minMarkBytes the live bytes above which the pressure is urgent
     * @param lowMarkBytes the live bytes above which there is pressure
     * @param highMarkBytes the live bytes at which pressure ends
     */
    LiveEstimate(long minMarkBytes, long lowMarkBytes, long highMarkBytes) {
        this.minMarkBytes = minMarkBytes;
        this.lowMarkBytes = lowMarkBytes;
        this.highMarkBytes = highMarkBytes;
        conclude(0);
    }

    /** Updates the estimate after a collection, or a step of one. */
    void collected(HeapReading reading) {
        if (reading.isAborted()) {
            return;
        }
        switch (reading.scope()) {
            case NOTHING -> throw new IllegalArgumentException("No collection: [" + reading + "]");
            case MARKING -> marking();
            case YOUNG -> {
                hasInconclusiveCollections = true;
                use(reading);
            }
            case SOME_OLD, MIXED -> someOld(reading);
            case ALL -> {
                credit.collectedAll(reading.garbageCutoffMillis());
                use(reading);
                markingSteps = 0;
                promotedBytes = 0;
                long left = Math.max(0, upperBoundBytes - reading.allocatedBytes());
                if (reading.isConcurrent()) {
                    conclusiveMillis = reading.garbageCutoffMillis();
                    conclusiveNonCache(left);
                } else {
                    conclude(left);
                }
            }
        }
    }

    /** Handles a step of a marking, which also ends the series of mixed collections of the previous marking. */
    private void marking() {
        if (isMixedSeries && lowestBytes < Long.MAX_VALUE) {
            concludeMixed();
        }
        areMarkingsTold = true;
        markingSteps++;
    }

    private void concludeMixed() {
        promotedBytes -= promotedBeforeLowest;
        conclude(Math.max(0, lowestBytes - promotedBeforeLowest));
        showsPreviousState = true;
    }

    private void someOld(HeapReading reading) {
        hasInconclusiveCollections = true;
        credit.collected(fallBytes(reading));
        use(reading);
        boolean isMixed = reading.scope() == CollectionScope.MIXED;
        if (!isMixed) {
            lastPromotedBytes = Math.max(0, reading.oldAfter() - reading.oldBefore());
        }
        promotedBytes += lastPromotedBytes;
        if (markingSteps >= MARKING_STEPS || (isMixed && !areMarkingsTold)) {
            markingSteps = 0;
            isMixedSeries = true;
        }
        if (isMixedSeries) {
            if (upperBoundBytes <= lowestBytes) {
                lowestBytes = upperBoundBytes;
                promotedBeforeLowest = promotedBytes;
            }
            notMixed = isMixed ? 0 : notMixed + 1;
            if (notMixed >= NOT_MIXED) {
                concludeMixed();
            }
        }
        noteAbove(reading.garbageCutoffMillis());
    }

    /** Returns the bytes that left the old generation with this collection, and between it and the previous one. */
    private long fallBytes(HeapReading reading) {
        long between = oldBytes < 0 ? 0 : Math.max(0, oldBytes - reading.oldBefore());
        oldBytes = reading.oldAfter();
        return between + Math.max(0, reading.oldBefore() - reading.oldAfter());
    }

    private void use(HeapReading reading) {
        upperBoundBytes = Math.max(0, reading.mostLiveBytes() - credit.bytes());
        bound();
    }

    /** Restores the invariant that the lower bound is at most the upper bound. */
    private void bound() {
        conclusiveBytes = Math.min(conclusiveBytes, upperBoundBytes);
        if (nonCacheBytes > 0) {
            nonCacheBytes = Math.min(nonCacheBytes, Math.max(0, upperBoundBytes - heldBytes));
        }
    }

    private void conclude(long bytes) {
        conclusiveCollections++;
        conclusiveBytes = bytes;
        isMixedSeries = false;
        notMixed = 0;
        lowestBytes = Long.MAX_VALUE;
        promotedBeforeLowest = 0;
        isAwaitingCount = false;
        showsPreviousState = false;
        nonCacheCount = 0;
        nonCacheBytes = -1;
        recentNonCacheBytes = -1;
        readingsAbove = 0;
        isOverdue = false;
        upperBoundBudgetBytes = lowMarkBytes - highMarkBytes + 1;
    }

    /** Handles a concurrent collection. The previous bytes outside of caches count until caches are counted. */
    private void conclusiveNonCache(long bytes) {
        long nonCache = nonCacheBytes;
        long lately = recentNonCacheBytes;
        int count = nonCacheCount;
        hasInconclusiveCollections = true;
        conclude(bytes);
        nonCacheBytes = nonCache;
        recentNonCacheBytes = lately;
        nonCacheCount = count;
        isAwaitingCount = true;
    }

    private void noteAbove(long millis) {
        if (upperBoundBytes <= lowMarkBytes) {
            readingsAbove = 0;
            isOverdue = false;
            return;
        }
        if (readingsAbove == 0) {
            aboveSinceMillis = millis;
        }
        readingsAbove++;
        if (readingsAbove >= OVERDUE_READINGS && millis - aboveSinceMillis >= OVERDUE_MILLIS) {
            isOverdue = true;
        }
    }

    /**
     * Returns whether caches should be counted: after a conclusive collection, or if there may be pressure; but not on
     * a heap where every collection is conclusive.
     */
    boolean wantsCount() {
        return hasInconclusiveCollections && (nonCacheBytes < 0 || isAwaitingCount || upperBoundBytes > lowMarkBytes);
    }

    /**
     * Updates the estimate after a count of caches.
     *
     * @param bytes the bytes that the counted caches hold
     * @param isAll whether all caches were counted; otherwise {@code bytes} is a lower bound
     * @param millis the time of the count
     */
    void held(long bytes, boolean isAll, long millis) {
        heldBytes = isAll ? bytes : Math.max(heldBytes, bytes);
        if (!isAll) {
            // The bytes of the caches that were not counted would be taken for bytes outside of caches.
            nonCacheBytes = isAwaitingCount ? -1 : nonCacheBytes;
            isAwaitingCount = false;
            countedMillis = -1;
            return;
        }
        long beganWith = isAwaitingCount ? heldAt(conclusiveMillis, bytes, millis) : bytes;
        countedMillis = millis;
        countedBytes = bytes;
        if (nonCacheBytes >= 0 && !isAwaitingCount) {
            return;
        }
        long nonCache = Math.max(0, conclusiveBytes - (showsPreviousState ? heldThenBytes : beganWith));
        heldThenBytes = bytes;
        if (isAwaitingCount) {
            isAwaitingCount = false;
            recentNonCache[nonCacheCount % BESIDES] = nonCache;
            nonCacheCount++;
            nonCacheBytes = leastBeside(BESIDES);
            recentNonCacheBytes = leastBeside(BESIDES_URGENT);
        } else {
            nonCacheBytes = nonCache;
        }
    }

    /**
     * Returns the bytes that caches held at time {@code then}, interpolated linearly between the last count and now.
     */
    private long heldAt(long then, long bytes, long millis) {
        if (countedMillis < 0 || countedBytes >= bytes || then >= millis) {
            return bytes;
        }
        double share = Math.max(0, then - countedMillis) / (double) (millis - countedMillis);
        return countedBytes + (long) ((bytes - countedBytes) * share);
    }

    /** Returns the lowest value of the {@code last} most recent concurrent collections. */
    private long leastBeside(int last) {
        long least = Long.MAX_VALUE;
        for (int i = Math.max(0, nonCacheCount - last); i < nonCacheCount; i++) {
            least = Math.min(least, recentNonCache[i % BESIDES]);
        }
        return least;
    }

    /** Credits bytes that rounds freed, see {@link Credit#freed}. */
    void freed(long freedBytes, long fromMillis, long toMillis) {
        long credited = credit.freed(freedBytes, fromMillis, toMillis);
        upperBoundBytes = Math.max(0, upperBoundBytes - credited);
        conclusiveBytes = Math.max(0, conclusiveBytes - credited);
        heldBytes = Math.max(0, heldBytes - credited);
        heldThenBytes = Math.max(0, heldThenBytes - credited);
        countedBytes = Math.max(0, countedBytes - credited);
        if (isOverdue) {
            upperBoundBudgetBytes = Math.max(0, upperBoundBudgetBytes - credited);
        }
    }

    /** Limits the upper bound to the bytes in use now, minus the credit. */
    void used(long usedBytes) {
        upperBoundBytes = Math.min(upperBoundBytes, Math.max(0, usedBytes - credit.bytes()));
        bound();
    }

    /** Returns the estimate that rounds act on. */
    long liveBytes() {
        long sure = Math.min(sureBytes(), upperBoundBytes);
        return isOverdue ? Math.max(sure, Math.min(upperBoundBytes, highMarkBytes + upperBoundBudgetBytes)) : sure;
    }

    private long sureBytes() {
        if (nonCacheBytes < 0) {
            return Math.max(conclusiveBytes, heldBytes);
        }
        long lately = recentNonCacheBytes + heldBytes;
        return recentNonCacheBytes >= 0 && lately > minMarkBytes ? lately : nonCacheBytes + heldBytes;
    }

    /** Returns the bytes in caches at the last count, minus the bytes freed since; 0 if they were never counted. */
    long heldBytes() {
        return heldBytes;
    }

    /** Returns the bytes that the last conclusive collection left, minus the bytes freed since. */
    long conclusiveBytes() {
        return conclusiveBytes;
    }

    /** Returns a number that grows with each conclusive collection. */
    long conclusiveCollections() {
        return conclusiveCollections;
    }

    /** Returns the upper bound. */
    long upperBoundBytes() {
        return upperBoundBytes;
    }

    long creditBytes() {
        return credit.bytes();
    }
}
