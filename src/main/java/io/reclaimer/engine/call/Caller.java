package io.reclaimer.engine.call;

/** The visitor that makes calls on a visiting thread, as the watchdog sees it. Thread-safe. */
public interface Caller {

    /** The cgroup and node that it visits, for people. */
    String place();

    /**
     * Called when its visit of a shrinker is stuck in a call. No other visit of the shrinker begins in this place until
     * the returned action is run.
     */
    Runnable visitIsStuck(ShrinkerEntry entry);

    /** Called when the call of that number keeps the thread for longer than others are to wait. */
    void threadIsStuck(VisitingThread thread, long callNumber);
}
