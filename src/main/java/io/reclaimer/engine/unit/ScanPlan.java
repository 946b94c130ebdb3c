package io.reclaimer.engine.unit;

import io.reclaimer.shrinker.Saturating;

/**
 * The arithmetic of one visit: how much to scan, in batches of which size, and how much to defer. Reused for the next
 * visit, so it allocates nothing. Confined to one thread at a time.
 *
 * <p>The formulas are those of the Linux kernel's {@code do_shrink_slab} ({@code mm/shrinker.c}, v6.7), with all counts
 * saturating. All counts are objects, 0 or more.
 */
public final class ScanPlan {

    private long deferred;
    private long freeable;
    private long delta;
    private long planned;
    private long totalScan;
    private long batch;
    private long scanned;
    private long freed;

    /**
     * Begins a visit.
     *
     * @param counted objects that could be freed, at least 1
     * @param owed objects that earlier visits deferred, taken out for this one
     */
    public void begin(long counted, long owed, int priority, int seeks, long batchSize) {
        freeable = counted;
        deferred = owed;
        batch = batchSize;
        delta = delta(counted, priority, seeks);
        planned = planned(counted, owed, delta, priority);
        totalScan = planned;
        scanned = 0;
        freed = 0;
    }

    /** The objects that one visit adds: a share of those that could be freed, by priority and cost. */
    public static long delta(long freeable, int priority, int seeks) {
        if (seeks == 0) {
            return freeable / 2;
        }
        if (freeable <= Integer.MAX_VALUE / 4) {
            // A division of ints takes a fraction of the time.
            int share = (int) (freeable >> priority);
            int quotient = 4 * share / seeks;
            return quotient;
        }
        // 4 * share / seeks without overflow: share = q * seeks + r, so the quotient is 4q + 4r / seeks, exactly.
        long share = freeable >> priority;
        return Saturating.add(Saturating.multiply(4, share / seeks), 4 * (share % seeks) / seeks);
    }

    /** The objects to scan in a visit. */
    public static long planned(long freeable, long owed, long delta, int priority) {
        return Math.min(Saturating.add(owed >> priority, delta), twice(freeable));
    }

    private static long twice(long objects) {
        return objects > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : 2 * objects;
    }

    /**
     * Whether to ask for another batch. The second half of the condition lets a small cache be emptied under high
     * pressure. There is no minimum scan for small caches: it made whole systems crawl (Linux 172b06c32b94, reverted in
     * 5.0).
     */
    public boolean wantsScan() {
        return wantsScan(totalScan, batch, freeable);
    }

    /** The same for a plan of which {@code unscanned} objects are left. */
    public static boolean wantsScan(long unscanned, long batch, long freeable) {
        return unscanned >= batch || unscanned >= freeable;
    }

    /**
     * How many objects the visit frees if each scan call frees what it is asked for. Called before the first scan call.
     */
    long maxFreed() {
        long last = totalScan % batch;
        return Math.min(last >= freeable ? totalScan : totalScan - last, freeable);
    }

    /** How many objects the next scan call is asked for. */
    public long nrToScan() {
        return Math.min(batch, totalScan);
    }

    /** Records one scan call. */
    public void recordScan(long nrScanned, long nrFreed) {
        freed = Saturating.add(freed, nrFreed);
        scanned = Saturating.add(scanned, nrScanned);
        totalScan = Math.max(0, totalScan - nrScanned);
    }

    /** The work that this visit defers to the next one. */
    public long remainder() {
        return remainder(freeable, deferred, delta, scanned);
    }

    /** The same for a plan of these counts. */
    public static long remainder(long freeable, long owed, long delta, long scanned) {
        long notScanned = Saturating.add(owed, delta) - scanned;
        return Math.min(Math.max(notScanned, 0), twice(freeable));
    }

    /** The objects that earlier visits deferred. */
    public long deferred() {
        return deferred;
    }

    public long freeable() {
        return freeable;
    }

    public long delta() {
        return delta;
    }

    /** The objects to scan, as planned at the beginning of the visit. */
    public long planned() {
        return planned;
    }

    /** The planned objects that are not scanned yet. */
    public long unscanned() {
        return totalScan;
    }

    public long scanned() {
        return scanned;
    }

    public long freed() {
        return freed;
    }
}
