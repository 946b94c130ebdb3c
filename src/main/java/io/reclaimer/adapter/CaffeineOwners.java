package io.reclaimer.adapter;

import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import java.util.Optional;

/** Which cgroup has which entries of a cache. Any thread. */
interface CaffeineOwners<K> {

    /** Whether some entries may belong to this cgroup. Quick. */
    boolean hasAny(CgroupPath cgroup);

    /** The cgroup that a key belongs to; empty where the application does not say. */
    Optional<CgroupPath> ownerOf(K key);

    /** About which part of all entries belongs to a cgroup: above 0, up to 1. */
    double share(CgroupPath cgroup);

    /**
     * How many entries a cgroup has, about; {@link Shrinker#EMPTY} where {@link #added} tells of the next one.
     *
     * @param removed how many entries of all cgroups are gone, but not counted yet
     */
    long count(CgroupPath cgroup, long removed);

    /** Entries of a cgroup were reclaimed. */
    void reclaimed(CgroupPath cgroup, long objects);

    /** As {@link Shrinker#reparent}. */
    long reparent(CgroupPath offline, CgroupPath parent);

    /** Sets the bit of whoever has entries now, or may have some later without a word. */
    void setBits(ShrinkerHandle handle);

    /** Sets the bit of a key that was put. */
    void added(K key, ShrinkerHandle handle);
}
