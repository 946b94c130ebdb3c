package io.reclaimer.shrinker;

import java.util.Set;

/**
 * What a {@link Shrinker} is asked for. Valid during the call it is given to, and used by that call's thread only: the
 * reclaimer reuses it. (An {@link AsyncShrinker} has one for each call.)
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

    /**
     * Says how many bytes this scan has freed, where the shrinker knows better than {@link ShrinkerSpec#objectBytes} for
     * each object. Rounds learn from it how large its objects are.
     *
     * @param bytes 0 or more; anything else is taken as not said
     */
    void freedBytes(long bytes);

    /**
     * How many bytes a scan is to free at most: what is missing of the round's target, at least 1; {@link Long#MAX_VALUE} where
     * that is in objects. A scan that knows how large its objects are stops where it has freed as much, and says by
     * {@link #nrScanned(long)} how many it looked at.
     */
    default long mostBytes() {
        return Long.MAX_VALUE;
    }

    /** Properties of the request that asks. Immutable. */
    Set<ReclaimFlag> flags();

    /**
     * Whether the round is over (its target met, its deadline passed, cancelled): a scan that takes long does well to
     * look now and then, and to answer what it freed until then. Any thread.
     */
    boolean isCancelled();
}
