package io.reclaimer.adapter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Policy;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Entries of a cache that have expired: Caffeine removes them some time later, when it is used. A scan has them removed first,
 * and they count as freed, up to what scans ask for within a second.
 *
 * <p>Thread-safe.
 */
final class CaffeineExpired {

    /**
     * How many are removed in one scan at most: some 0.1 s, with the lock held for 1,000 at a time. What is left after that is
     * removed by Caffeine's executor at the same time, and counts for nobody.
     */
    private static final long MOST_AT_ONCE = 1 << 18;

    /**
     * Entries that were removed.
     *
     * @param weight by the cache's weigher; the same number where it has none
     */
    record Removed(long objects, long weight) {
        static final Removed NONE = new Removed(0, 0);
    }

    private final Cache<?, ?> cache;
    private final boolean expires;
    private final Optional<? extends Policy.Eviction<?, ?>> weights;

    /** Runs a task when what was removed does not count any more. */
    private volatile Executor whenOver = Runnable::run;

    /** What was removed, and not counted yet. Written under the lock of {@code this}. */
    private volatile Removed uncounted = Removed.NONE;

    CaffeineExpired(Cache<?, ?> cache) {
        Policy<?, ?> policy = cache.policy();
        this.cache = cache;
        this.expires = policy.expireAfterAccess().isPresent()
                || policy.expireAfterWrite().isPresent()
                || policy.expireVariably().isPresent();
        this.weights = policy.eviction().filter(Policy.Eviction::isWeighted);
    }

    /** Until this is called, what one scan has removed and does not count is not counted at all. */
    void forgetRemoved(Executor newWhenOver) {
        whenOver = newWhenOver;
    }

    /** How many were removed that scans may still count. */
    long uncounted() {
        return uncounted.objects();
    }

    /** Walks over the table, which may have the cache remove what has expired. */
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
            whenOver.execute(() -> forget(left));
        }
        return answer;
    }

    /**
     * Removes expired entries.
     *
     * @param asked how many the scan is asked for
     * @param share of what is removed, the part of the cgroup that is asked: above 0, up to 1
     * @return the part that the scan counts as freed
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
        } while (last > 0 && removed < MOST_AT_ONCE);
        if (removed > 0) {
            add(removed, weights.isPresent() ? weight : removed);
        }
    }

    private synchronized void add(long objects, long weight) {
        Removed more = new Removed(uncounted.objects() + objects, uncounted.weight() + weight);
        uncounted = more;
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
            whenOver.execute(() -> forget(left));
        }
        return new Removed(objects, weight);
    }

    /** Where nothing was counted for a while. */
    private synchronized void forget(Removed left) {
        if (uncounted.equals(left)) {
            uncounted = Removed.NONE;
        }
    }

    private long weight() {
        return weights.map(weigher -> weigher.weightedSize().orElse(0)).orElse(0L);
    }
}
