package io.reclaimer.adapter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Policy;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Expired entries of a cache. Caffeine removes them some time after they expire, when the cache is used. A scan makes
 * Caffeine remove them first. They count as freed, up to the number that scans ask for within one second.
 *
 * <p>Thread-safe.
 */
final class CaffeineExpired {

    /**
     * Limit for the entries that one scan removes. So many take about 0.1 s, with the eviction lock held for 1,000 at a
     * time. Caffeine's executor removes the remaining entries; those are not counted.
     */
    private static final long MAX_AT_ONCE = 1 << 18;

    /**
     * Entries that were removed.
     *
     * @param weight by the cache's weigher; the number of objects without a weigher
     */
    record Removed(long objects, long weight) {
        static final Removed NONE = new Removed(0, 0);
    }

    private final Cache<?, ?> cache;
    private final boolean expires;
    private final Optional<? extends Policy.Eviction<?, ?>> weights;

    /** Runs a task when removed entries may no longer be counted. */
    private volatile Executor expiry = Runnable::run;

    /** Entries that were removed and are not counted yet. Written under the lock of {@code this}, read without. */
    private volatile Removed uncounted = Removed.NONE;

    CaffeineExpired(Cache<?, ?> cache) {
        Policy<?, ?> policy = cache.policy();
        this.cache = cache;
        this.expires = policy.expireAfterAccess().isPresent()
                || policy.expireAfterWrite().isPresent()
                || policy.expireVariably().isPresent();
        this.weights = policy.eviction().filter(Policy.Eviction::isWeighted);
    }

    /**
     * Sets the executor that runs a task when removed entries may no longer be counted. Before this call, a scan counts
     * only the entries that it has removed itself.
     */
    void expireRemoved(Executor newExpiry) {
        expiry = newExpiry;
    }

    /** Returns the number of removed entries that scans may still count. */
    long uncounted() {
        return uncounted.objects();
    }

    /**
     * Runs a walk over the table, during which the cache may remove expired entries, and records the entries that are
     * gone afterwards. Returns the result of the walk.
     */
    long during(LongSupplier walk) {
        if (!expires) {
            return walk.getAsLong();
        }
        long size = cache.estimatedSize();
        long weight = weight();
        long answer = walk.getAsLong();
        long removed = size - cache.estimatedSize();
        if (removed > 0) {
            add(removed, weights.isPresent() ? Math.max(0, weight - weight()) : removed);
            Removed left = uncounted;
            expiry.execute(() -> forget(left));
        }
        return answer;
    }

    /**
     * Removes expired entries.
     *
     * @param asked number of objects that the scan is asked for
     * @param share the part of the removed entries that belongs to the scanned cgroup: above 0, up to 1
     * @return the entries that the scan counts as freed
     */
    Removed remove(long asked, double share) {
        if (!expires) {
            return Removed.NONE;
        }
        if (uncounted.objects() < asked) {
            cleanUp();
        }
        return count(asked, share);
    }

    private void cleanUp() {
        long size = cache.estimatedSize();
        long removed = 0;
        long weight = 0;
        long last;
        do {
            long weightBefore = weight();
            cache.cleanUp();
            long after = cache.estimatedSize();
            last = size - after;
            size = after;
            removed += Math.max(0, last);
            weight += Math.max(0, weightBefore - weight());
        } while (last > 0 && removed < MAX_AT_ONCE);
        if (removed > 0) {
            add(removed, weights.isPresent() ? weight : removed);
        }
    }

    private synchronized void add(long objects, long weight) {
        uncounted = new Removed(uncounted.objects() + objects, uncounted.weight() + weight);
    }

    private synchronized Removed count(long asked, double share) {
        Removed all = uncounted;
        if (all.objects() == 0) {
            return Removed.NONE;
        }
        long objects = Math.min(asked, (long) Math.ceil(all.objects() * share));
        long weight = (long) ((double) all.weight() * objects / all.objects());
        Removed left = new Removed(all.objects() - objects, all.weight() - weight);
        uncounted = left;
        if (left.objects() > 0) {
            expiry.execute(() -> forget(left));
        }
        return new Removed(objects, weight);
    }

    /** Discards the uncounted entries if none were counted or added in the meantime. */
    private synchronized void forget(Removed left) {
        if (uncounted.equals(left)) {
            uncounted = Removed.NONE;
        }
    }

    private long weight() {
        return weights.map(weigher -> weigher.weightedSize().orElse(0)).orElse(0L);
    }
}
