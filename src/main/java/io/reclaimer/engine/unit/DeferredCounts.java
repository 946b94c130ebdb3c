package io.reclaimer.engine.unit;

import io.reclaimer.shrinker.Saturating;
import java.util.concurrent.atomic.AtomicLongArray;

/** The deferred counts of one global shrinker, by node. Thread-safe. Counts are objects and saturate. */
public final class DeferredCounts {

    private final AtomicLongArray counts;

    public DeferredCounts(int nodes) {
        this.counts = new AtomicLongArray(nodes);
    }

    /** Takes out the count of a node, leaving 0. */
    public long take(int node) {
        // Reading first: most visits find nothing deferred, and then nothing need be written.
        return counts.get(node) == 0 ? 0 : counts.getAndSet(node, 0);
    }

    /** Adds to the count of a node, and returns the sum. */
    public long add(int node, long objects) {
        return objects == 0 ? counts.get(node) : counts.accumulateAndGet(node, objects, Saturating::add);
    }

    public long[] all() {
        long[] all = new long[counts.length()];
        for (int node = 0; node < all.length; node++) {
            all[node] = counts.get(node);
        }
        return all;
    }
}
