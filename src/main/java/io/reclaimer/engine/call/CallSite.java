package io.reclaimer.engine.call;

import io.reclaimer.shrinker.CgroupPath;

/**
 * The cgroup and node that a call is made for, and how its visitor is woken. Thread-safe. Its text names both, for
 * people.
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
     * Hears that a reparent moved objects after it was given up. A visit may have found none of them above since then,
     * and have cleared the bit, so the bit is set again.
     */
    void objectsMovedLate(ShrinkerEntry entry);
}
