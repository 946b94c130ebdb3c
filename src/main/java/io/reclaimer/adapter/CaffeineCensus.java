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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Many cgroups that share a cache: a function tells whose a key is. The entries of one that is offline belong to its
 * nearest ancestor that is not.
 *
 * <p>How many each has is found by going over the table, some keys with each count. A table of no more keys than that is
 * counted through each time. Of a larger one a cgroup is said to have the share that it had in the last full lap, or
 * before there was one in the keys seen so far. Keys meet a cgroup without a bit: it is set.
 *
 * <p>Any thread. The function is called without a lock.
 */
final class CaffeineCensus<K> implements CaffeineOwners<K> {

    /** How many keys are looked at with each count: some ten microseconds. */
    static final int LOOK = 1024;

    /** What one lap over the table has found. Late finds of those who were slow are added to it even when it is over. */
    private record Lap(Map<CgroupPath, LongAdder> byCgroup, LongAdder keys) {

        Lap() {
            this(new ConcurrentHashMap<>(), new LongAdder());
        }

        void add(CgroupPath cgroup, long objects) {
            byCgroup.computeIfAbsent(cgroup, path -> new LongAdder()).add(objects);
            keys.add(objects);
        }

        long of(CgroupPath cgroup) {
            LongAdder found = byCgroup.get(cgroup);
            return found == null ? 0 : Math.max(0, found.sum());
        }
    }

    /** Keys to be looked at, and the lap they are part of. */
    private record Keys<K>(List<K> keys, Lap lap) {}

    private final Cache<K, ?> cache;
    private final Function<? super K, Cgroup> cgroups;

    private volatile @Nullable ShrinkerHandle handle;
    private volatile boolean announced;
    private volatile @Nullable Lap last;

    /** Guarded by {@code this}. */
    private Iterator<K> at = Collections.emptyIterator();

    /** Written under the lock of {@code this}. */
    private volatile Lap running = new Lap();

    CaffeineCensus(Cache<K, ?> cache, Function<? super K, Cgroup> cgroups) {
        this.cache = cache;
        this.cgroups = cgroups;
    }

    @Override
    public boolean hasAny(CgroupPath cgroup) {
        return true;
    }

    @Override
    public boolean hasAll(CgroupPath cgroup) {
        return false;
    }

    @Override
    public boolean has(CgroupPath cgroup, K key) {
        return ownerOf(key).path().equals(cgroup);
    }

    /**
     * {@link Shrinker#EMPTY} only where the whole table was gone over in this very call, and where those who put entries
     * say so: what they put before they said so would have been found, and what they say later sets the bit.
     */
    @Override
    public long count(CgroupPath cgroup) {
        long size = cache.estimatedSize();
        if (size <= LOOK) {
            Lap whole = new Lap();
            List<K> keys = upTo(LOOK + 1, cache.asMap().keySet().iterator());
            look(new Keys<>(keys, whole));
            if (keys.size() <= LOOK) {
                last = whole;
                long objects = whole.of(cgroup);
                return objects == 0 && announced ? Shrinker.EMPTY : objects;
            }
        } else {
            look(next());
        }
        Lap full = last;
        Lap lap = full == null || full.of(cgroup) == 0 ? running : full;
        long of = lap.keys.sum();
        return of <= 0 ? 0 : Math.min(size, (long) Math.ceil((double) lap.of(cgroup) / of * size));
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
        to.setBit(ownerOf(key), 0);
    }

    private Cgroup ownerOf(K key) {
        return cgroups.apply(key).nearestOnline();
    }

    private void look(Keys<K> found) {
        Map<Cgroup, Integer> owners = new HashMap<>();
        found.keys().forEach(key -> owners.merge(ownerOf(key), 1, Integer::sum));
        ShrinkerHandle to = handle;
        owners.forEach((owner, objects) -> {
            found.lap().add(owner.path(), objects);
            if (to != null) {
                to.setBit(owner, 0);
            }
        });
    }

    private synchronized Keys<K> next() {
        if (!at.hasNext()) {
            at = cache.asMap().keySet().iterator();
            running = new Lap();
        }
        Lap lap = running;
        List<K> keys = upTo(LOOK, at);
        if (!at.hasNext()) {
            last = lap;
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
