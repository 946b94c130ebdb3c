package io.reclaimer.adapter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Policy;
import io.reclaimer.Cgroup;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Frees the coldest entries of one Caffeine cache, by the cache's own order, where it has one: where it was built with a
 * maximum, be it one that is never reached. A cache without one loses entries in the order of its table.
 *
 * <p>The cache belongs to one cgroup. When that goes offline the cache stays as it is and belongs to the parent from
 * then on. Thread-safe; the cache may be used by anyone meanwhile.
 *
 * <p>An empty cache is never said to be {@link #EMPTY}: that would clear the cgroup's bit, and a cache does not tell
 * when its first entry comes in, so that nobody would set it again. The price is one count a pass.
 */
public final class CaffeineShrinker<K, V> implements Shrinker {

    /**
     * How many entries are taken from the cache's order at a time. The order is read under the cache's eviction lock,
     * which writers wait for: some ten microseconds for so many.
     */
    static final int CHUNK = 128;

    private final Cache<K, V> cache;
    /** Looked up once: a cache has its policy for life, and asking it for its maximum takes the eviction lock. */
    private final Optional<Policy.Eviction<K, V>> eviction;

    private volatile CgroupPath cgroup;

    /** Where a cache without an order goes on; guarded by {@code this}. */
    private Iterator<K> hand = Collections.emptyIterator();

    private CaffeineShrinker(Cache<K, V> cache, CgroupPath cgroup) {
        this.cache = cache;
        this.eviction = cache.policy().eviction();
        this.cgroup = cgroup;
    }

    /** For a cache of one cgroup, to be registered with a spec that is {@link ShrinkerSpec#byCgroup}. */
    public static <K, V> CaffeineShrinker<K, V> of(Cache<K, V> cache, CgroupPath cgroup) {
        return new CaffeineShrinker<>(cache, cgroup);
    }

    /** For a cache that belongs to no cgroup, to be registered with a spec that is not by cgroup. */
    public static <K, V> CaffeineShrinker<K, V> of(Cache<K, V> cache) {
        return of(cache, CgroupPath.root());
    }

    /**
     * Registers a cache of one cgroup, and sets its bit.
     *
     * @param spec is made one by cgroup
     * @return the shrinker, registered; fails as {@link Reclaimer#register} does
     */
    public static CompletionStage<ShrinkerHandle> register(
            Reclaimer reclaimer, ShrinkerSpec spec, Cache<?, ?> cache, Cgroup cgroup) {
        return reclaimer.register(spec.byCgroup(), of(cache, cgroup.path())).thenApply(handle -> {
            handle.setBit(cgroup, 0);
            return handle;
        });
    }

    @Override
    public long count(ShrinkControl control) {
        return control.cgroup().equals(cgroup) ? cache.estimatedSize() : EMPTY;
    }

    @Override
    public long scan(ShrinkControl control) {
        if (!control.cgroup().equals(cgroup)) {
            return 0;
        }
        long freed = 0;
        long left = control.nrToScan();
        while (left > 0) {
            int chunk = (int) Math.min(left, CHUNK);
            int found = 0;
            for (K key : next(chunk)) {
                found++;
                // Not invalidateAll: it does not tell which of them the application had removed meanwhile.
                freed += cache.asMap().remove(key) == null ? 0 : 1;
            }
            if (found < chunk) {
                break;
            }
            left -= found;
        }
        return freed;
    }

    /**
     * The entries stay in the cache, and the parent has them from now on. At least one is said to have moved, so that
     * the parent's bit is set for what comes into an empty cache later.
     */
    @Override
    public long reparent(CgroupPath offline, CgroupPath parent, int node) {
        if (!offline.equals(cgroup)) {
            return 0;
        }
        cgroup = parent;
        return Math.max(1, cache.estimatedSize());
    }

    private Iterable<K> next(int limit) {
        return eviction.<Iterable<K>>map(policy -> policy.coldest(limit).keySet())
                .orElseGet(() -> nextOfTable(limit));
    }

    private synchronized Iterable<K> nextOfTable(int limit) {
        List<K> keys = new ArrayList<>(limit);
        boolean restarted = false;
        while (keys.size() < limit) {
            if (hand.hasNext()) {
                keys.add(hand.next());
            } else if (restarted) {
                break;
            } else {
                hand = cache.asMap().keySet().iterator();
                restarted = true;
            }
        }
        return keys;
    }
}
