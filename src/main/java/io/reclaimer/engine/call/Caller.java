package io.reclaimer.engine.call;

/** The visitor that makes calls on a visiting thread, as the watchdog sees it. Thread-safe. */
public interface Caller {

    /** The cgroup and node that it visits, for people. */
    String place();

    /**
     * Hears that its visit of a shrinker is stuck in a call. Until the result is run nobody else visits the shrinker in
     * this place.
     */
    Runnable visitIsStuck(ShrinkerEntry entry);

    /** Hears that the call of that number keeps the thread for longer than others are to wait. */
    void threadIsStuck(VisitingThread thread, long callNumber);
}
