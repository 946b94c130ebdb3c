package io.reclaimer.adapter;

import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;

/** Which cgroup has which entries of a cache. Any thread. */
interface CaffeineOwners<K> {

    /** Whether some entries may belong to this cgroup. Quick. */
    boolean hasAny(CgroupPath cgroup);

    /** Whether all entries belong to this cgroup. */
    boolean hasAll(CgroupPath cgroup);

    /** Whether a key belongs to this cgroup. */
    boolean has(CgroupPath cgroup, K key);

    /** How many entries a cgroup has, about; {@link Shrinker#EMPTY} where {@link #added} tells of the next one. */
    long count(CgroupPath cgroup);

    /** Entries of a cgroup were reclaimed. */
    void reclaimed(CgroupPath cgroup, long objects);

    /** As {@link Shrinker#reparent}. */
    long reparent(CgroupPath offline, CgroupPath parent);

    /** Sets the bit of whoever has entries now, or may have some later without a word. */
    void setBits(ShrinkerHandle handle);

    /** Sets the bit of a key that was put. */
    void added(K key, ShrinkerHandle handle);
}
