package io.reclaimer.adapter;

import io.reclaimer.Cgroup;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import java.util.Optional;
import java.util.function.LongSupplier;

/** One cgroup that has all entries of a cache; when it goes offline, the one above has them. */
final class CaffeineOwner<K> implements CaffeineOwners<K> {

    private final LongSupplier cacheSize;
    private final Optional<Cgroup> cgroup;

    /** Where there is no {@link #cgroup}, which knows by itself where it has moved. */
    private volatile CgroupPath path;

    private volatile boolean announced;

    private CaffeineOwner(LongSupplier cacheSize, Optional<Cgroup> cgroup, CgroupPath path) {
        this.cacheSize = cacheSize;
        this.cgroup = cgroup;
        this.path = path;
    }

    static <K> CaffeineOwner<K> of(LongSupplier cacheSize, Cgroup cgroup) {
        return new CaffeineOwner<>(cacheSize, Optional.of(cgroup), cgroup.path());
    }

    static <K> CaffeineOwner<K> of(LongSupplier cacheSize, CgroupPath path) {
        return new CaffeineOwner<>(cacheSize, Optional.empty(), path);
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
        // At least one, so that the parent's bit is set for what comes into an empty cache later.
        return Math.max(1, cacheSize.getAsLong());
    }

    @Override
    public void setBits(ShrinkerHandle handle) {
        // Where it goes offline at this very moment, the shrinker, which is registered, is told.
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
