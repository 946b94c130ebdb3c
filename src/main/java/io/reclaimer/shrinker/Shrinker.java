package io.reclaimer.shrinker;

/**
 * A cache that counts the objects it could free, and frees some of them when asked.
 *
 * <p>It is called on threads of the reclaimer, for different (cgroup, node) pairs at the same time. So an
 * implementation is thread-safe and quick: a call that waits holds up the pass it belongs to. A shrinker that may wait
 * is declared as {@link ShrinkerSpec#blocking}, or is an {@link AsyncShrinker}. A call may use the reclaimer (register,
 * free, request a round), but must not wait for the result. An exception that a call throws counts as a fault of the
 * shrinker.
 *
 * <p>Terms and arithmetic are those of the Linux kernel's shrinkers ({@code mm/shrinker.c}).
 */
public interface Shrinker {

    /** The result of {@link #count} if there are no objects at all for this cgroup and node. Its bit may be cleared. */
    long EMPTY = Long.MIN_VALUE;

    /** The result of {@link #scan} if no progress is possible now (a lock is held, the objects are dirty). */
    long STOP = Long.MIN_VALUE + 1;

    /** The lowest pressure: few objects are asked for. A round starts here by default. */
    int LOWEST_PRIORITY = 12;

    /** The highest pressure: all objects are asked for. */
    int HIGHEST_PRIORITY = 0;

    /**
     * Counts the objects that could be freed for the cgroup and node of {@code control}.
     *
     * <p>Called at the beginning of each visit, so it must be cheap. An estimate is enough.
     *
     * @return the number of objects; 0 if none can be freed now, so that the shrinker is asked again; or {@link
     *     #EMPTY}. Any other negative number is a fault.
     */
    long count(ShrinkControl control);

    /**
     * Tries to free {@link ShrinkControl#nrToScan} objects of the cgroup and node of {@code control}. A scan that has
     * looked at another number of objects sets {@link ShrinkControl#nrScanned(long)}.
     *
     * @return the number of objects freed, 0 or more; or {@link #STOP}, which ends the visit and makes this call count
     *     for nothing. A fault is: any other negative number; more objects than were asked for and than are left of the
     *     count; 0 if no object was scanned.
     */
    long scan(ShrinkControl control);

    /**
     * Moves all objects of a cgroup that goes offline to its parent. Called once per node for each cgroup-aware
     * shrinker, and only for node 0 if it is not NUMA aware. No visit of the same (cgroup, node) pair runs at the same
     * time. Objects that arrive for {@code offline} from this call on belong to its nearest online ancestor.
     *
     * <p>Not called where a new cgroup of the same path is online already: the objects there belong to the new one. The
     * new one may come online while this call is under way, if the shrinker replies later.
     *
     * @return the number of objects moved; if it is above 0, the reclaimer sets the bit of the parent
     */
    default long reparent(CgroupPath offline, CgroupPath parent, int node) {
        return 0;
    }
}
