package io.reclaimer.adapter;

import com.github.benmanes.caffeine.cache.Cache;
import io.reclaimer.Cgroup;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Owners of the entries of a cache that many cgroups share: a function maps each key to its cgroup. The entries of an
 * offline cgroup belong to its nearest online ancestor.
 *
 * <p>The number of entries per cgroup is an estimate. It is found by laps over the table: each count looks at some
 * keys, and a new lap begins at most once per second. The share of a cgroup is its share in the last full lap. If that
 * lap found no entry of the cgroup, or if there was none yet, it is the share among the keys of the lap under way. Each
 * count of a small cache looks at all its keys. The first key of a cgroup in a lap sets the cgroup's bit.
 *
 * <p>Thread-safe. The function is called without a lock.
 */
final class CaffeineSharedOwners<K> implements CaffeineOwners<K> {

    /** Number of keys that one count looks at. Takes about ten microseconds. */
    static final int KEYS_PER_COUNT = 1024;

    /** Upper limit of entries times cgroups for which each count of a small cache looks at all keys. */
    private static final long MAX_SMALL = 1 << 16;

    /** Minimum time between two laps. Limits the cost of laps to a few percent of one thread. */
    private static final long LAP_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * The result of one lap over the table: the number of keys by cgroup. A slow thread may add its keys after the lap
     * has ended.
     */
    private record Lap(Map<CgroupPath, LongAdder> byCgroup, LongAdder keys) {

        Lap() {
            this(new ConcurrentHashMap<>(), new LongAdder());
        }

        /** Adds objects of a cgroup. Returns whether they are the first ones of this cgroup. */
        boolean add(CgroupPath cgroup, long objects) {
            LongAdder first = new LongAdder();
            LongAdder there = byCgroup.putIfAbsent(cgroup, first);
            (there == null ? first : there).add(objects);
            keys.add(objects);
            return there == null;
        }

        long of(CgroupPath cgroup) {
            LongAdder found = byCgroup.get(cgroup);
            return found == null ? 0 : Math.max(0, found.sum());
        }
    }

    /** Keys whose owners are still to be looked up, and the lap that counts them. */
    private record Keys<K>(List<K> keys, Lap lap) {}

    private final Cache<K, ?> cache;
    private final CaffeineOwnerFunction<K> cgroups;

    private volatile @Nullable ShrinkerHandle handle;
    private volatile boolean announced;

    /** The last full lap. */
    private volatile @Nullable Lap last;

    /** Position of the lap under way. Guarded by {@code this}. */
    private Iterator<K> position = Collections.emptyIterator();

    /** Time at which the last lap ended. Guarded by {@code this}. */
    private long lapEnded = System.nanoTime() - LAP_NANOS;

    /** The lap under way. Written under the lock of {@code this}, read without. */
    private volatile Lap running = new Lap();

    CaffeineSharedOwners(Cache<K, ?> cache, Function<? super K, Cgroup> cgroups) {
        this.cache = cache;
        this.cgroups = new CaffeineOwnerFunction<>(cgroups);
    }

    @Override
    public boolean hasAny(CgroupPath cgroup) {
        return true;
    }

    @Override
    public Optional<CgroupPath> ownerOf(K key) {
        return cgroups.ownerOf(key).map(Cgroup::path);
    }

    @Override
    public double share(CgroupPath cgroup) {
        Lap lap = lapOf(cgroup);
        long all = lap.keys.sum();
        long objects = lap.of(cgroup);
        return all <= 0 || objects <= 0 ? 1 : Math.min(1, (double) objects / all);
    }

    /**
     * Returns {@link Shrinker#EMPTY} only if this very call has looked at all keys and the application announces its
     * entries. The call finds each entry that was put before its announcement, and a later announcement sets the bit.
     */
    @Override
    public long count(CgroupPath cgroup, long removed) {
        long size = cache.estimatedSize();
        if (isSmall(size)) {
            Lap whole = new Lap();
            List<K> keys = upTo(KEYS_PER_COUNT + 1, cache.asMap().keySet().iterator());
            addOwners(new Keys<>(keys, whole));
            if (keys.size() <= KEYS_PER_COUNT) {
                last = whole;
                // Expired entries are still in the cache, but its iterators skip them.
                long unseen = Math.max(0, size - keys.size()) + removed;
                long objects = whole.of(cgroup) + (long) Math.ceil(unseen * share(cgroup));
                return objects == 0 && announced ? Shrinker.EMPTY : objects;
            }
        } else {
            addOwners(next());
        }
        Lap lap = lapOf(cgroup);
        long of = lap.keys.sum();
        long all = size + removed;
        return of <= 0 ? 0 : Math.min(all, (long) Math.ceil((double) lap.of(cgroup) / of * all));
    }

    /** Returns whether it costs no more to look at all keys in each count than to make a lap over a large cache. */
    private boolean isSmall(long size) {
        Lap full = last;
        return size <= KEYS_PER_COUNT && (full == null || size * full.byCgroup.size() <= MAX_SMALL);
    }

    private Lap lapOf(CgroupPath cgroup) {
        Lap full = last;
        return full == null || full.of(cgroup) == 0 ? running : full;
    }

    @Override
    public void reclaimed(CgroupPath cgroup, long objects) {
        Lap full = last;
        if (full != null) {
            full.add(cgroup, -Math.min(objects, full.of(cgroup)));
        }
    }

    /** Reports at least one moved entry: the cgroup may have entries that no lap has found. */
    @Override
    public long reparent(CgroupPath offline, CgroupPath parent) {
        Lap full = last;
        long moved = full == null ? 0 : full.of(offline);
        if (full != null && moved > 0) {
            full.add(offline, -moved);
            full.add(parent, moved);
        }
        return Math.max(1, moved);
    }

    @Override
    public void setBits(ShrinkerHandle newHandle) {
        handle = newHandle;
        Iterator<K> keys = cache.asMap().keySet().iterator();
        Lap lap = new Lap();
        while (keys.hasNext()) {
            addOwners(new Keys<>(upTo(KEYS_PER_COUNT, keys), lap));
        }
        last = lap;
    }

    @Override
    public void added(K key, ShrinkerHandle to) {
        // A volatile write for each put would be half of the cost of this method.
        if (!announced) {
            announced = true;
        }
        // If the owner goes offline right now, the move of its entries sets the bit of the parent.
        cgroups.ownerOf(key).ifPresent(owner -> to.setBit(owner, 0));
    }

    private void addOwners(Keys<K> found) {
        Map<Cgroup, Integer> owners = new HashMap<>();
        found.keys().forEach(key -> cgroups.ownerOf(key).ifPresent(owner -> owners.merge(owner, 1, Integer::sum)));
        ShrinkerHandle to = handle;
        owners.forEach((owner, objects) -> {
            if (found.lap().add(owner.path(), objects) && to != null) {
                to.setBit(owner, 0);
            }
        });
    }

    /** Returns the next keys of the lap, or no keys if the last full lap ended less than {@link #LAP_NANOS} ago. */
    private synchronized Keys<K> next() {
        if (!position.hasNext()) {
            if (last != null && System.nanoTime() - lapEnded < LAP_NANOS) {
                return new Keys<>(List.of(), running);
            }
            position = cache.asMap().keySet().iterator();
            running = new Lap();
        }
        Lap lap = running;
        List<K> keys = upTo(KEYS_PER_COUNT, position);
        if (!position.hasNext()) {
            last = lap;
            lapEnded = System.nanoTime();
        }
        return new Keys<>(keys, lap);
    }

    private static <K> List<K> upTo(int limit, Iterator<K> from) {
        List<K> keys = new ArrayList<>();
        while (keys.size() < limit && from.hasNext()) {
            keys.add(from.next());
        }
        return keys;
    }
}
