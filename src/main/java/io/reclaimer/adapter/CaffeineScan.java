package io.reclaimer.adapter;

import io.reclaimer.adapter.CaffeineEntries.Found;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.ShrinkControl;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** One scan of a cache: what is still to be freed, and what was. The thread's alone. */
final class CaffeineScan<K, V> {

    /** How many entries are found at a time. As many are freed at most after the round is over. */
    static final int CHUNK = 128;

    /** How many entries of the table one scan looks at, at most, for those of one cgroup: about a millisecond. */
    static final int MOST_LOOKED_AT = 16 * 1024;

    private final CaffeineEntries<K, V> entries;
    private final ShrinkControl control;
    private final Consumer<Found<K, V>> onFreed;
    private final long bytesPerWeight;
    private final long mostBytes;
    private long left;
    private long tried;
    private long freed;
    private long freedWeight;

    /** @param bytesPerWeight 0 where weights say nothing of bytes */
    CaffeineScan(
            CaffeineEntries<K, V> entries, ShrinkControl control, long bytesPerWeight, Consumer<Found<K, V>> onFreed) {
        this.entries = entries;
        this.bytesPerWeight = bytesPerWeight;
        this.mostBytes = bytesPerWeight > 0 ? control.mostBytes() : Long.MAX_VALUE;
        this.control = control;
        this.onFreed = onFreed;
        this.left = control.nrToScan();
    }

    /** Some of what is asked for has been removed already. */
    void expired(CaffeineExpired.Removed removed) {
        left -= removed.objects();
        tried += removed.objects();
        freed += removed.objects();
        freedWeight += removed.weight();
    }

    /**
     * Frees the coldest entries of the cgroup.
     *
     * @param spared how many at the cold end are left until there are no others
     */
    void run(CaffeineOrder<K, V> order, long spared) {
        boolean more = true;
        while (more && goesOn()) {
            List<Found<K, V>> next = order.next(control.cgroup(), chunk(), spared);
            try {
                freeAll(next);
            } finally {
                order.tried(next.size());
            }
            more = !next.isEmpty();
        }
    }

    /** Frees the entries of the cgroup that the hand comes by, where the cache has no order or its end is out of reach. */
    void run(CaffeineHand<Map.Entry<K, V>> hand, Predicate<K> wanted) {
        // No more than a lap, and never more at a time than may be freed, so that the hand leaves none behind. One
        // more, as
        // the element that the hand stands before may be gone.
        long toLookAt = Math.min(MOST_LOOKED_AT, entries.size() + 1);
        while (toLookAt > 0 && goesOn()) {
            int chunk = (int) Math.min(chunk(), toLookAt);
            freeAll(entries.reclaimable(hand.next(chunk).stream().filter(entry -> wanted.test(entry.getKey())))
                    .toList());
            toLookAt -= chunk;
        }
    }

    /** Says how much was looked at, where the scan ended before all was. */
    void end() {
        if ((isEnough() || control.isCancelled()) && tried > 0) {
            control.nrScanned(tried);
        }
    }

    long freed() {
        return freed;
    }

    /** By the cache's weigher, or 1 each. */
    long freedWeight() {
        return freedWeight;
    }

    /** How many entries it tried to free. */
    long tried() {
        return tried;
    }

    /** In bytes, where the weigher says them; at most {@link Long#MAX_VALUE}. */
    long freedBytes() {
        return Saturating.multiply(freedWeight, bytesPerWeight);
    }

    /** How many entries to find next: no more than are likely to be freed. */
    private int chunk() {
        long most = Math.min(left, CHUNK);
        if (mostBytes == Long.MAX_VALUE) {
            return (int) most;
        }
        long average = freed == 0 ? Long.MAX_VALUE : Math.max(1, freedBytes() / freed);
        return (int) Math.max(1, Math.min(most, (mostBytes - freedBytes()) / average));
    }

    private boolean isEnough() {
        return freedBytes() >= mostBytes;
    }

    private boolean goesOn() {
        return left > 0 && !isEnough() && !control.isCancelled();
    }

    private void freeAll(List<Found<K, V>> found) {
        for (Found<K, V> entry : found) {
            if (isEnough()) {
                return;
            }
            free(entry);
        }
    }

    private void free(Found<K, V> entry) {
        left--;
        tried++;
        if (entries.remove(entry)) {
            freed++;
            freedWeight += entry.weight();
            onFreed.accept(entry);
        }
    }
}
