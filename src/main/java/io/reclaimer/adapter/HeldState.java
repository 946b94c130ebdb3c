package io.reclaimer.adapter;

/**
 * What an actor keeps for itself and can give up: see {@link HeldActor}. Used inside that one actor only, so it needs no
 * locks. {@link HeldValues} and {@link HeldList} are ready ones.
 */
public interface HeldState {

    /** How many objects there are, pinned ones included. Asked after every message of the actor, so it must be cheap. */
    long size();

    /**
     * Gives up objects, those that are missed least first.
     *
     * @param nrToScan how many to look at, at least 1; those that must stay now are looked at and kept
     */
    Freed free(long nrToScan);

    /** How many objects came back soon after they were given up, since this was asked last: refaults. */
    default long takeRefaults() {
        return 0;
    }

    /**
     * What was given up.
     *
     * @param objects at most as many as were looked at
     * @param bytes how many bytes they held; below 0 where not known
     */
    record Freed(long objects, long bytes) {}
}
