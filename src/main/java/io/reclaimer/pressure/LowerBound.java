package io.reclaimer.pressure;

import io.reclaimer.shrinker.Saturating;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The lower bound of live bytes: those that the last conclusive collection left, see {@link LiveEstimate}, minus the
 * bytes that rounds freed since. After a count of caches it follows the caches. Not thread-safe.
 */
final class LowerBound {

    /*
     * The bytes that a conclusive collection left outside of caches are taken to be live still, and the bytes that
     * caches hold now are added. The growth of a cache that is being loaded is thus seen without another conclusive
     * collection.
     *
     * The bytes outside of caches are derived by one rule: the bytes that the collection left, minus the bytes that
     * caches held at the time that the collection shows, see ShownTime.
     *
     * A concurrent collection leaves more in use than is live. It evacuates no more regions than it has space for, it
     * leaves regions with little garbage, and the objects that it moves exist twice for a while. The bytes that it
     * leaves outside of caches are too many, by an amount that varies; so the lowest value of several consecutive ones
     * counts. If even the lowest value of the last few, with the bytes that caches hold now, exceeds the min watermark,
     * it counts: those bytes may be live, and there is no time to wait.
     */

    /** The time whose live bytes a conclusive collection shows. */
    enum ShownTime {
        /** Its end: a stop-the-world collection. */
        END,
        /** Its start: a concurrent collection. */
        START,
        /** The end of the conclusive collection before it: a series of mixed collections. */
        PREVIOUS_END
    }

    /** The number of concurrent collections that are compared; the second number applies beyond the min watermark. */
    private static final int SAMPLES = 8;

    private static final int URGENT_SAMPLES = 3;

    private static final long UNKNOWN = -1;

    private final long minMarkBytes;

    /** The bytes that the last conclusive collection left, minus the bytes freed since; and the time that it shows. */
    private long conclusiveBytes;

    private ShownTime shownTime = ShownTime.END;

    /** The start of the last concurrent collection. */
    private long startMillis;

    /** Whether not all caches were counted since the last conclusive collection. */
    private boolean isAwaitingCount = true;

    /** The bytes in caches at the last count, minus the bytes freed since; 0 if they were never counted. */
    private long cachedBytes;

    /** The time of the last count, if it was one of all caches, and the bytes found by it, minus the bytes freed. */
    private long countMillis = UNKNOWN;

    private long countedBytes;

    /** The bytes in caches at the first count of all after a conclusive collection, minus the bytes freed since. */
    private long firstCountedBytes;

    /** The live bytes outside of caches, by the last conclusive collections. */
    private long nonCacheBytes = UNKNOWN;

    /** The bytes outside of caches after each of the last {@link #SAMPLES} concurrent collections. */
    private final Deque<Long> nonCacheSamples = new ArrayDeque<>();

    /** The lowest of the last {@link #URGENT_SAMPLES} of them. */
    private long urgentNonCacheBytes = UNKNOWN;

    /** @param minMarkBytes the live bytes above which the pressure is urgent */
    LowerBound(long minMarkBytes) {
        this.minMarkBytes = minMarkBytes;
    }

    /** Handles a conclusive collection of stop-the-world pauses, {@link ShownTime#END} or {@code PREVIOUS_END}. */
    void concluded(ShownTime newShownTime, long leftBytes) {
        conclusiveBytes = leftBytes;
        shownTime = newShownTime;
        isAwaitingCount = true;
        nonCacheBytes = UNKNOWN;
        urgentNonCacheBytes = UNKNOWN;
        nonCacheSamples.clear();
    }

    /** Handles a concurrent collection. The previous bytes outside of caches count until caches are counted. */
    void concludedConcurrently(long newStartMillis, long leftBytes) {
        conclusiveBytes = leftBytes;
        shownTime = ShownTime.START;
        startMillis = newStartMillis;
        isAwaitingCount = true;
    }

    /** Handles a count of all caches. */
    void counted(long bytes, long millis) {
        cachedBytes = bytes;
        if (isAwaitingCount) {
            isAwaitingCount = false;
            setNonCacheBytes(Math.max(0, conclusiveBytes - cachedBytesAtShownTime(bytes, millis)));
            firstCountedBytes = bytes;
        }
        countMillis = millis;
        countedBytes = bytes;
    }

    private long cachedBytesAtShownTime(long bytes, long millis) {
        return switch (shownTime) {
            case END -> bytes;
            case START -> interpolated(bytes, millis);
            case PREVIOUS_END -> firstCountedBytes;
        };
    }

    /** Returns the bytes that caches held at {@code startMillis}, interpolated between the last count and now. */
    private long interpolated(long bytes, long millis) {
        if (countMillis < 0 || countedBytes >= bytes || startMillis >= millis) {
            return bytes;
        }
        double share = Math.max(0, startMillis - countMillis) / (double) (millis - countMillis);
        return countedBytes + (long) ((bytes - countedBytes) * share);
    }

    private void setNonCacheBytes(long bytes) {
        if (shownTime != ShownTime.START) {
            nonCacheBytes = bytes;
            return;
        }
        if (nonCacheSamples.size() == SAMPLES) {
            nonCacheSamples.removeLast();
        }
        nonCacheSamples.addFirst(bytes);
        nonCacheBytes = lowestSample(SAMPLES);
        urgentNonCacheBytes = lowestSample(URGENT_SAMPLES);
    }

    private long lowestSample(int newest) {
        return nonCacheSamples.stream()
                .limit(newest)
                .mapToLong(Long::longValue)
                .min()
                .orElseThrow();
    }

    /** Handles a count of some caches only, which hold {@code bytes}. */
    void countedInPart(long bytes) {
        cachedBytes = Math.max(cachedBytes, bytes);
        countMillis = UNKNOWN;
        if (isAwaitingCount && shownTime == ShownTime.START) {
            // The bytes of the caches that were not counted would be taken for bytes outside of caches.
            shownTime = ShownTime.END;
            nonCacheBytes = UNKNOWN;
        }
    }

    /** Subtracts credited bytes. Rounds free bytes in caches. */
    void freed(long creditedBytes) {
        conclusiveBytes = Math.max(0, conclusiveBytes - creditedBytes);
        cachedBytes = Math.max(0, cachedBytes - creditedBytes);
        firstCountedBytes = Math.max(0, firstCountedBytes - creditedBytes);
        countedBytes = Math.max(0, countedBytes - creditedBytes);
    }

    /** Restores the invariant that this bound is at most the upper bound. */
    void limit(long upperBoundBytes) {
        conclusiveBytes = Math.min(conclusiveBytes, upperBoundBytes);
        if (nonCacheBytes > 0) {
            nonCacheBytes = Math.min(nonCacheBytes, Math.max(0, upperBoundBytes - cachedBytes));
        }
    }

    /** Returns the bound; it may exceed the upper bound after a count. */
    long bytes() {
        if (nonCacheBytes == UNKNOWN) {
            return Math.max(conclusiveBytes, cachedBytes);
        }
        // A shrinker may count up to the largest number.
        long urgentBytes = Saturating.add(urgentNonCacheBytes, cachedBytes);
        return urgentNonCacheBytes != UNKNOWN && urgentBytes > minMarkBytes
                ? urgentBytes
                : Saturating.add(nonCacheBytes, cachedBytes);
    }

    /** Returns whether not all caches were counted since the last conclusive collection. */
    boolean isAwaitingCount() {
        return isAwaitingCount;
    }

    /** Returns the bytes in caches at the last count, minus the bytes freed since; 0 if they were never counted. */
    long cachedBytes() {
        return cachedBytes;
    }

    /** Returns the bytes that the last conclusive collection left, minus the bytes freed since. */
    long conclusiveBytes() {
        return conclusiveBytes;
    }
}
