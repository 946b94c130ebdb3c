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
 * Many cgroups that share a cache: a function tells whose a key is. The entries of one that is offline belong to its
 * nearest ancestor that is not.
 *
 * <p>How many each has is found by laps over the table, some keys with each count, and one lap a second at most. A cgroup is
 * said to have the share that it had in the last full lap, or before there was one in the keys seen so far. A small table is
 * counted through each time. Keys meet a cgroup without a bit: it is set.
 *
 * <p>Any thread. The function is called without a lock.
 */
final class CaffeineCensus<K> implements CaffeineOwners<K> {

    /** How many keys are looked at with each count: some ten microseconds. */
    static final int LOOK = 1024;

    /** How many keys are looked at with the counts of all cgroups together, where a small cache is gone over in each. */
    private static final long SMALL = 1 << 16;

    /** How long a full lap is good for, before another is begun: so that laps cost a few percent of a thread at most. */
    private static final long LAP_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What one lap over the table has found. Late finds of those who were slow are added to it even when it is over. */
    private record Lap(Map<CgroupPath, LongAdder> byCgroup, LongAdder keys) {

        Lap() {
            this(new ConcurrentHashMap<>(), new LongAdder());
        }

        /** Answers whether it is the first of this cgroup. */
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

    /** Keys to be looked at, and the lap they are part of. */
    private record Keys<K>(List<K> keys, Lap lap) {}

    private final Cache<K, ?> cache;
    private final CaffeineOwnerFunction<K> cgroups;

    private volatile @Nullable ShrinkerHandle handle;
    private volatile boolean announced;
    private volatile @Nullable Lap last;

    /** Guarded by {@code this}. */
    private Iterator<K> at = Collections.emptyIterator();

    /** Guarded by {@code this}: when the last lap ended. */
    private long lapEnded = System.nanoTime() - LAP_NANOS;

    /** Written under the lock of {@code this}. */
    private volatile Lap running = new Lap();

    CaffeineCensus(Cache<K, ?> cache, Function<? super K, Cgroup> cgroups) {
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
     * {@link Shrinker#EMPTY} only where the whole table was gone over in this very call, and where those who put entries
     * say so: what they put before they said so would have been found, and what they say later sets the bit.
     */
    @Override
    public long count(CgroupPath cgroup, long removed) {
        long size = cache.estimatedSize();
        if (isSmall(size)) {
            Lap whole = new Lap();
            List<K> keys = upTo(LOOK + 1, cache.asMap().keySet().iterator());
            look(new Keys<>(keys, whole));
            if (keys.size() <= LOOK) {
                last = whole;
                // Those that have expired are in the cache, but their keys are not seen.
                long unseen = Math.max(0, size - keys.size()) + removed;
                long objects = whole.of(cgroup) + (long) Math.ceil(unseen * share(cgroup));
                return objects == 0 && announced ? Shrinker.EMPTY : objects;
            }
        } else {
            look(next());
        }
        Lap lap = lapOf(cgroup);
        long of = lap.keys.sum();
        long all = size + removed;
        return of <= 0 ? 0 : Math.min(all, (long) Math.ceil((double) lap.of(cgroup) / of * all));
    }

    /** Whether going over all of them for each cgroup in turn is no more work than a lap over a large cache. */
    private boolean isSmall(long size) {
        Lap full = last;
        return size <= LOOK && (full == null || size * full.byCgroup.size() <= SMALL);
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

    /** At least one is said to have moved, as it is not known better. */
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
            look(new Keys<>(upTo(LOOK, keys), lap));
        }
        last = lap;
    }

    @Override
    public void added(K key, ShrinkerHandle to) {
        // A volatile write with each put would be half of what this costs.
        if (!announced) {
            announced = true;
        }
        // Where it goes offline at this very moment, the bit of the one above is set when its entries move.
        cgroups.ownerOf(key).ifPresent(owner -> to.setBit(owner, 0));
    }

    private void look(Keys<K> found) {
        Map<Cgroup, Integer> owners = new HashMap<>();
        found.keys().forEach(key -> cgroups.ownerOf(key).ifPresent(owner -> owners.merge(owner, 1, Integer::sum)));
        ShrinkerHandle to = handle;
        owners.forEach((owner, objects) -> {
            if (found.lap().add(owner.path(), objects) && to != null) {
                to.setBit(owner, 0);
            }
        });
    }

    /** None while the last full lap is good. */
    private synchronized Keys<K> next() {
        if (!at.hasNext()) {
            if (last != null && System.nanoTime() - lapEnded < LAP_NANOS) {
                return new Keys<>(List.of(), running);
            }
            at = cache.asMap().keySet().iterator();
            running = new Lap();
        }
        Lap lap = running;
        List<K> keys = upTo(LOOK, at);
        if (!at.hasNext()) {
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
