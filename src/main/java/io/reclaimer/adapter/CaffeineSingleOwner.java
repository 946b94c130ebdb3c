package io.reclaimer.adapter;

import io.reclaimer.Cgroup;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The only owner of a cache: one cgroup has all entries. When it goes offline, they belong to its nearest online
 * ancestor. Thread-safe.
 */
final class CaffeineSingleOwner<K> implements CaffeineOwners<K> {

    private final LongSupplier cacheSize;
    private final Optional<Cgroup> cgroup;

    /** The owner if there is no {@link #cgroup}. A cgroup finds its nearest online ancestor by itself. */
    private volatile CgroupPath path;

    private volatile boolean announced;

    private CaffeineSingleOwner(LongSupplier cacheSize, Optional<Cgroup> cgroup, CgroupPath path) {
        this.cacheSize = cacheSize;
        this.cgroup = cgroup;
        this.path = path;
    }

    static <K> CaffeineSingleOwner<K> of(LongSupplier cacheSize, Cgroup cgroup) {
        return new CaffeineSingleOwner<>(cacheSize, Optional.of(cgroup), cgroup.path());
    }

    static <K> CaffeineSingleOwner<K> of(LongSupplier cacheSize, CgroupPath path) {
        return new CaffeineSingleOwner<>(cacheSize, Optional.empty(), path);
    }

    @Override
    public boolean hasAny(CgroupPath asked) {
        return asked.equals(now());
    }

    @Override
    public Optional<CgroupPath> ownerOf(K key) {
        return Optional.of(now());
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
        boolean moved = cgroup.map(owner -> owner.path().isWithin(offline) && now().equals(parent))
                .orElseGet(() -> offline.equals(path));
        if (!moved) {
            return 0;
        }
        path = parent;
        // At least 1, so that the parent's bit is set for later entries of an empty cache.
        return Math.max(1, cacheSize.getAsLong());
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

    private CgroupPath now() {
        return cgroup.map(owner -> owner.nearestOnline().path()).orElse(path);
    }
}
