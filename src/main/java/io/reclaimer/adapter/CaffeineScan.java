package io.reclaimer.adapter;

import io.reclaimer.adapter.CaffeineEntries.Found;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.ShrinkControl;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One scan of a cache: the number of objects still to free, and the number freed. Confined to the thread of the scan.
 */
final class CaffeineScan<K, V> {

    /** Number of entries that are found at a time. After the end of a round a scan frees at most so many. */
    static final int CHUNK = 128;

    /**
     * Maximum number of table entries that one scan looks at to find those of one cgroup. Takes about a millisecond.
     */
    static final int MAX_EXAMINED = 16 * 1024;

    private final CaffeineEntries<K, V> entries;
    private final ShrinkControl control;
    private final Consumer<Found<K, V>> onFreed;
    private final long bytesPerWeight;
    private final long maxBytes;
    private long remaining;
    private long tried;
    private long freed;
    private long freedWeight;

    /** @param bytesPerWeight 0 if weights do not tell bytes */
    CaffeineScan(
            CaffeineEntries<K, V> entries, ShrinkControl control, long bytesPerWeight, Consumer<Found<K, V>> onFreed) {
        this.entries = entries;
        this.bytesPerWeight = bytesPerWeight;
        this.maxBytes = bytesPerWeight > 0 ? control.maxBytes() : Long.MAX_VALUE;
        this.control = control;
        this.onFreed = onFreed;
        remaining = control.nrToScan();
    }

    /** Counts expired entries that were removed for this scan. */
    void expired(CaffeineExpired.Removed removed) {
        remaining -= removed.objects();
        tried += removed.objects();
        freed += removed.objects();
        freedWeight += removed.weight();
    }

    /**
     * Frees the coldest entries of the cgroup.
     *
     * @param spared number of entries at the cold end that are freed last, after all others
     */
    void run(CaffeineOrder<K, V> order, long spared) {
        boolean more = true;
        while (more && canContinue()) {
            List<Found<K, V>> next = order.next(control.cgroup(), chunk(), spared);
            try {
                freeAll(next);
            } finally {
                order.recordAttempts(next.size());
            }
            more = !next.isEmpty();
        }
    }

    /**
     * Frees the entries of the cgroup that the cursor reaches. Used for a cache without an order, and for entries that
     * no reading of the order reaches.
     */
    void run(CaffeineCursor<Map.Entry<K, V>> cursor, Predicate<K> wanted) {
        // One lap at most. Never more entries at a time than may be freed, so that the cursor skips none. One more than
        // the size, because the next element of the cursor may be gone.
        long toExamine = Math.min(MAX_EXAMINED, entries.size() + 1);
        while (toExamine > 0 && canContinue()) {
            int chunk = (int) Math.min(chunk(), toExamine);
            freeAll(entries.reclaimable(cursor.next(chunk).stream().filter(entry -> wanted.test(entry.getKey())))
                    .toList());
            toExamine -= chunk;
        }
    }

    /** Reports the number of entries looked at if the scan was stopped early. */
    void end() {
        if ((hasFreedEnough() || control.isCancelled()) && tried > 0) {
            control.nrScanned(tried);
        }
    }

    long freed() {
        return freed;
    }

    /** Returns the freed weight by the cache's weigher; 1 per entry without a weigher. */
    long freedWeight() {
        return freedWeight;
    }

    /** Returns the number of entries that the scan tried to free. */
    long tried() {
        return tried;
    }

    /** Returns the freed bytes, if weights tell them: at most {@link Long#MAX_VALUE}. */
    long freedBytes() {
        return Saturating.multiply(freedWeight, bytesPerWeight);
    }

    /** Returns the number of entries to find next: no more than are likely to be freed. */
    private int chunk() {
        long most = Math.min(remaining, CHUNK);
        if (maxBytes == Long.MAX_VALUE) {
            return (int) most;
        }
        long average = freed == 0 ? Long.MAX_VALUE : Math.max(1, freedBytes() / freed);
        return (int) Math.max(1, Math.min(most, (maxBytes - freedBytes()) / average));
    }

    private boolean hasFreedEnough() {
        return freedBytes() >= maxBytes;
    }

    private boolean canContinue() {
        return remaining > 0 && !hasFreedEnough() && !control.isCancelled();
    }

    private void freeAll(List<Found<K, V>> found) {
        for (Found<K, V> entry : found) {
            if (hasFreedEnough()) {
                return;
            }
            free(entry);
        }
    }

    private void free(Found<K, V> entry) {
        remaining--;
        tried++;
        if (entries.remove(entry)) {
            freed++;
            freedWeight += entry.weight();
            onFreed.accept(entry);
        }
    }
}
