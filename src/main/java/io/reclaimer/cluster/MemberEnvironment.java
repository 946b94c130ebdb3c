package io.reclaimer.cluster;

import io.reclaimer.ReclaimRequest;

/**
 * The reclaimer and the heap of a member, as its {@link MemberParts} use them. Public for the scenarios of this
 * project; no part of the API.
 */
public interface MemberEnvironment {

    /** The state of the heap of a member. */
    record Heap(MemberPressure pressure, long liveBytes, long limitBytes) {

        /** The state where the heap is not watched. */
        public static final Heap UNWATCHED = new Heap(MemberPressure.UNWATCHED, 0, 0);
    }

    /**
     * The member that coordinates a round, as a participant sees it.
     *
     * @param uid the uid of its actor system; a restart under the same name changes it
     * @param isSelf whether it is the participant itself
     */
    record Requester(long uid, boolean isSelf) {}

    /** Counts. {@link MemberParts#counted} is to be called with the result. */
    void count(long round, ReclaimRequest request);

    /** Starts a round of the reclaimer. {@link MemberParts#reclaimed} is to be called with the result. */
    void reclaim(long round, int part, ReclaimRequest request);

    /** The state of the heap now. */
    Heap heap();

    /** A random number other than 0. */
    long nonce();
}
