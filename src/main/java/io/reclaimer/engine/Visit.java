package io.reclaimer.engine;

import io.reclaimer.shrinker.Saturating;

/**
 * The arithmetic of one visit: how much to scan, in which portions, and what stays owed. Calls nobody and allocates
 * nothing; used again for the next visit. One thread.
 *
 * <p>The formulas are those of the Linux kernel's {@code do_shrink_slab} ({@code mm/shrinker.c}, v6.7), with all counts
 * saturating. All counts are objects, 0 or more.
 */
final class Visit {

    private long deferred;
    private long freeable;
    private long delta;
    private long planned;
    private long totalScan;
    private long batch;
    private long scanned;
    private long freed;

    /**
     * Starts a visit.
     *
     * @param counted what could be freed, at least 1
     * @param owed what earlier visits owed, taken out for this one
     */
    void begin(long counted, long owed, int priority, int seeks, long batchSize) {
        freeable = counted;
        deferred = owed;
        batch = batchSize;
        delta = delta(counted, priority, seeks);
        planned = Math.min(Saturating.add(owed >> priority, delta), Saturating.multiply(2, counted));
        totalScan = planned;
        scanned = 0;
        freed = 0;
    }

    /** What one visit adds to the work that is owed: a share of what could be freed, by priority and cost. */
    static long delta(long freeable, int priority, int seeks) {
        if (seeks == 0) {
            return freeable / 2;
        }
        // 4 * share / seeks without overflow: share = q * seeks + r, so the quotient is 4q + 4r / seeks, exactly.
        long share = freeable >> priority;
        return Saturating.add(Saturating.multiply(4, share / seeks), 4 * (share % seeks) / seeks);
    }

    /**
     * Whether to ask for another portion. The second half lets a small cache be emptied under real pressure; nothing
     * else does: a least scan for small caches made whole systems crawl (Linux 172b06c32b94, reverted in 5.0).
     */
    boolean wantsScan() {
        return totalScan >= batch || totalScan >= freeable;
    }

    /** How many objects the whole visit frees where each scan call frees what it is asked for; before the first one. */
    long mostFreed() {
        long last = totalScan % batch;
        return Math.min(last >= freeable ? totalScan : totalScan - last, freeable);
    }

    /** How many objects the next scan call is asked for. */
    long nrToScan() {
        return Math.min(batch, totalScan);
    }

    /** Books one scan call: what was looked at, and what was freed. */
    void book(long nrScanned, long nrFreed) {
        freed = Saturating.add(freed, nrFreed);
        scanned = Saturating.add(scanned, nrScanned);
        totalScan = Math.max(0, totalScan - nrScanned);
    }

    /** What this visit leaves to the next one. */
    long owed() {
        long left = Saturating.add(deferred, delta) - scanned;
        return Math.min(Math.max(left, 0), Saturating.multiply(2, freeable));
    }

    long deferred() {
        return deferred;
    }

    long freeable() {
        return freeable;
    }

    long delta() {
        return delta;
    }

    /** What was to be scanned at the start. */
    long planned() {
        return planned;
    }

    /** What of it is left. */
    long unscanned() {
        return totalScan;
    }

    long scanned() {
        return scanned;
    }

    long freed() {
        return freed;
    }
}
