package io.reclaimer.adapter;

import io.reclaimer.Cgroup;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The only owner of a cache: a cgroup, or its nearest online ancestor, has all entries. The root has those of a cache
 * without a cgroup. Thread-safe.
 */
final class CaffeineSingleOwner<K> implements CaffeineOwners<K> {

    private final LongSupplier cacheSize;
    private final Optional<Cgroup> cgroup;
    private volatile boolean announced;

    CaffeineSingleOwner(LongSupplier cacheSize) {
        this.cacheSize = cacheSize;
        this.cgroup = Optional.empty();
    }

    CaffeineSingleOwner(LongSupplier cacheSize, Cgroup cgroup) {
        this.cacheSize = cacheSize;
        this.cgroup = Optional.of(cgroup);
    }

    @Override
    public boolean hasAny(CgroupPath asked) {
        return asked.equals(owner());
    }

    @Override
    public Optional<CgroupPath> ownerOf(K key) {
        return Optional.of(owner());
    }

    @Override
    public double share(CgroupPath asked) {
        return 1;
    }

    @Override
    public long count(CgroupPath asked, long removed) {
        if (!hasAny(asked)) {
            return Shrinker.EMPTY;
        }
        long entries = cacheSize.getAsLong() + removed;
        return entries == 0 && announced ? Shrinker.EMPTY : entries;
    }

    @Override
    public void reclaimed(CgroupPath asked, long objects) {}

    @Override
    public long reparent(CgroupPath offline, CgroupPath parent) {
        boolean moved = cgroup.isPresent() && cgroup.get().path().isWithin(offline) && hasAny(parent);
        // At least 1, so that the parent's bit is set for later entries of an empty cache.
        return moved ? Math.max(1, cacheSize.getAsLong()) : 0;
    }

    @Override
    public void setBits(ShrinkerHandle handle) {
        // If the cgroup goes offline right now, the registered shrinker is called to move the entries.
        cgroup.ifPresent(owner -> handle.setBit(owner.nearestOnline(), 0));
    }

    @Override
    public void added(K key, ShrinkerHandle handle) {
        announced = true;
        setBits(handle);
    }

    private CgroupPath owner() {
        return cgroup.map(owner -> owner.nearestOnline().path()).orElse(CgroupPath.root());
    }
}
