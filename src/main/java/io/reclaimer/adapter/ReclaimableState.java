package io.reclaimer.adapter;

/**
 * The reclaimable state of one actor, see {@link ReclaimableActor}. Confined to that actor, so it needs no locks.
 * {@link ReclaimableMap} and {@link ReclaimableList} are implementations.
 */
public interface ReclaimableState {

    /** Returns the number of objects, pinned ones included. Must be cheap: called after every message of the actor. */
    long size();

    /**
     * Frees objects, those of least use first.
     *
     * @param nrToScan how many objects to examine, at least 1; those that must stay now are examined and kept
     */
    Freed free(long nrToScan);

    /** Returns and resets the number of refaults, the objects that came back soon after they were freed. */
    default long takeRefaults() {
        return 0;
    }

    /**
     * The result of {@link ReclaimableState#free}.
     *
     * @param objects freed objects, at most as many as were examined
     * @param bytes freed bytes; negative if unknown
     */
    record Freed(long objects, long bytes) {}
}
