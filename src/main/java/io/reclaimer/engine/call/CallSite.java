package io.reclaimer.engine.call;

import io.reclaimer.shrinker.CgroupPath;

/**
 * The cgroup and node that a call is made for, and how its visitor is woken. Thread-safe. Its string form names both,
 * for people.
 */
public interface CallSite {

    CgroupPath path();

    int node();

    /** The calls under way here. */
    CallQueues queues();

    /** Wakes the visitor: a call has ended, and is in {@link #queues}. */
    void callHasEnded();

    /** Wakes the visitor: a visit may hold up others for long. */
    void visitMayBeLate();

    /**
     * Called when a reparent has moved objects after it was given up. Sets the bit again, because a visit of an
     * ancestor may have found none of the objects in the meantime, and cleared the bit.
     */
    void objectsMovedLate(ShrinkerEntry entry);
}
