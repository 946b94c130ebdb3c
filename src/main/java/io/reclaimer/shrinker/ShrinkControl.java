package io.reclaimer.shrinker;

import java.util.Set;

/**
 * What a {@link Shrinker} is asked for. Valid during the call it is given to, and used by that call's thread only: the
 * reclaimer reuses it.
 */
public interface ShrinkControl {

    /** The cgroup whose objects are meant; the root for a shrinker that is not cgroup aware. */
    CgroupPath cgroup();

    /** The node whose objects are meant, from 0; 0 for a shrinker that is not NUMA aware. */
    int node();

    /** How many objects a scan is asked for: at least 1 in a scan, 0 in a count. */
    long nrToScan();

    /** How many objects this scan has looked at: preset to {@link #nrToScan}. */
    long nrScanned();

    /**
     * Says how many objects this scan has looked at, where that is not what it was asked for.
     *
     * @param objects at least 1 where nothing was freed
     */
    void nrScanned(long objects);

    /** Properties of the request that asks. Immutable. */
    Set<ReclaimFlag> flags();
}
