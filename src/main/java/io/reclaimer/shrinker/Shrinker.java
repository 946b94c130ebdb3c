package io.reclaimer.shrinker;

/**
 * A cache that can say how many objects it could free, and can be asked to try.
 *
 * <p>Called on the reclaimer's own threads, for different (cgroup, node) pairs possibly at the same time; an
 * implementation is thread-safe, and quick: whoever waits inside a call holds up the pass it belongs to. One that may
 * wait says so ({@link ShrinkerSpec#blocking}), or is an {@link AsyncShrinker}. Calls may use the reclaimer (register,
 * free, request a round), as long as they do not wait for the answer.
 *
 * <p>Terms and arithmetic are those of the Linux kernel's shrinkers ({@code mm/shrinker.c}).
 */
public interface Shrinker {

    /** Answer of {@link #count}: there is nothing at all for this cgroup and node; its bit may be cleared. */
    long EMPTY = Long.MIN_VALUE;

    /** Answer of {@link #scan}: no progress is possible now (a lock is held, the objects are dirty). */
    long STOP = Long.MIN_VALUE + 1;

    /** The lowest pressure: hardly any objects are asked for. A round starts here unless told otherwise. */
    int LOWEST_PRIORITY = 12;

    /** The highest pressure: everything is asked for. */
    int HIGHEST_PRIORITY = 0;

    /**
     * How many objects could be freed for the cgroup and node of {@code control}.
     *
     * <p>Called before every visit, so it must be cheap; an estimate will do.
     *
     * @return a number of objects, 0 for "nothing to say now, ask again", or {@link #EMPTY}. Any other negative number
     *     is a fault.
     */
    long count(ShrinkControl control);

    /**
     * Tries to free {@link ShrinkControl#nrToScan} objects of the cgroup and node of {@code control}.
     *
     * <p>What was looked at is {@link ShrinkControl#nrScanned}; it is preset to what was asked, and may be changed.
     *
     * @return the number of objects freed, 0 included, or {@link #STOP}, which ends the visit and makes this call count
     *     for nothing. Any other negative number, more than there could be, or nothing freed with nothing scanned is a
     *     fault.
     */
    long scan(ShrinkControl control);

    /**
     * Moves all objects of a cgroup that goes offline to its parent. Called once a node for each cgroup-aware shrinker
     * (only for node 0 where it is not NUMA aware); a visit of the same pair never runs at the same time. From this
     * call on, objects that still come in for {@code offline} belong to its nearest ancestor that is online.
     *
     * @return how many objects moved; where it is above 0 the reclaimer sets the parent's bit
     */
    default long reparent(CgroupPath offline, CgroupPath parent, int node) {
        return 0;
    }
}
