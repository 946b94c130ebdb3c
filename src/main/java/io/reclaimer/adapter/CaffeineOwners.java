package io.reclaimer.adapter;

import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import java.util.Optional;

/** Mapping from the entries of a cache to the cgroups that own them. Thread-safe. */
interface CaffeineOwners<K> {

    /** Returns whether some entries may belong to this cgroup. Must be quick. */
    boolean hasAny(CgroupPath cgroup);

    /** Returns the cgroup that owns a key; empty if the application does not name one. */
    Optional<CgroupPath> ownerOf(K key);

    /** Returns the approximate part of all entries that belongs to a cgroup: above 0, up to 1. */
    double share(CgroupPath cgroup);

    /**
     * Returns the approximate number of entries of a cgroup. Returns {@link Shrinker#EMPTY} if {@link #added} announces
     * the next entry.
     *
     * @param removed number of entries of all cgroups that are gone but not counted yet
     */
    long count(CgroupPath cgroup, long removed);

    /** Records that entries of a cgroup were reclaimed. */
    void reclaimed(CgroupPath cgroup, long objects);

    /** Moves the entries of an offline cgroup, as {@link Shrinker#reparent} does. */
    long reparent(CgroupPath offline, CgroupPath parent);

    /**
     * Sets the bits of the cgroups that have entries. An only owner's bit is set even if the cache is empty, because
     * later entries may come without an announcement.
     */
    void setBits(ShrinkerHandle handle);

    /** Announces a key that was put: sets the bit of its owner. */
    void added(K key, ShrinkerHandle handle);
}
