package io.reclaimer.engine.call;

/** The visit or the reparenting that a call is made for. */
public interface CallOwner {

    /** Whether it has held up others for longer than it may. Called by the watchdog. */
    default boolean isHeldUpForLong(long nowNanos) {
        return false;
    }

    /**
     * Whether the call is a reparent that comes too late: a new cgroup of the same path is online, and the objects
     * there are its own. Asked right before the shrinker is called.
     */
    default boolean isPathOnlineAgain() {
        return false;
    }

    /**
     * Called when an awaited call has ended: once per call, by any thread. By default the call is put into the queues
     * of its site, where the visitor takes it.
     */
    default void callHasEnded(PendingCall call) {
        call.site().queues().putEnded(call);
    }
}
