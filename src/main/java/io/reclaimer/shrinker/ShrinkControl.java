package io.reclaimer.shrinker;

import java.util.Set;

/**
 * The parameters and results of one call to a {@link Shrinker}. Valid during the call, and confined to the thread of
 * the call except for {@link #isCancelled}, because the reclaimer reuses it. Each call of an {@link AsyncShrinker} has
 * one of its own, which is thread-safe.
 */
public interface ShrinkControl {

    /** Returns the cgroup whose objects are meant; the root for a shrinker that is not cgroup aware. */
    CgroupPath cgroup();

    /** Returns the node whose objects are meant, from 0; 0 for a shrinker that is not NUMA aware. */
    int node();

    /** Returns how many objects to scan: at least 1 in a scan, 0 in a count. */
    long nrToScan();

    /** Returns how many objects this scan has scanned. It is preset to {@link #nrToScan}. */
    long nrScanned();

    /**
     * Sets how many objects this scan has scanned, if it is not {@link #nrToScan}.
     *
     * @param objects at least 1 if nothing was freed; more than {@link #nrToScan} and than the counted objects is a
     *     fault
     */
    void nrScanned(long objects);

    /**
     * Sets how many bytes this scan has freed, if the shrinker can say it more exactly than by {@link
     * ShrinkerSpec#objectBytes}. Rounds learn the size of its objects from it.
     *
     * @param bytes 0 or more; a negative number stands for unknown
     */
    void freedBytes(long bytes);

    /**
     * Sets how many bytes the objects of the cgroup and node hold at this count, those among them that can't be freed
     * now. Without it, that is the number of counted objects times their size. Set by a {@link Shrinker#count} that
     * knows it without a walk over its objects, so that a count stays cheap. Ignored in a scan.
     *
     * @param bytes 0 or more; a negative number stands for unknown
     */
    default void heldBytes(long bytes) {}

    /**
     * Returns how many bytes a scan is to free at most: the missing part of the round's target, at least 1; {@link
     * Long#MAX_VALUE} if the target is not in bytes. A scan that can tell the size of its objects stops when it has
     * freed as much, and sets {@link #nrScanned(long)}.
     */
    default long maxBytes() {
        return Long.MAX_VALUE;
    }

    /** Returns the flags of the request. Immutable. */
    Set<ReclaimFlag> flags();

    /**
     * Returns whether the round is over: its target is met, its deadline has passed, or it is cancelled. A long scan
     * should check this now and then, and return early with what it has freed. Any thread may call it.
     */
    boolean isCancelled();
}
