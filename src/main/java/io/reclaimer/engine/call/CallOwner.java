package io.reclaimer.engine.call;

/** The visit or the reparenting that a call is made for. */
public interface CallOwner {

    /** Whether it has held up others for longer than it may. Called by the watchdog. */
    default boolean isHeldUpForLong(long nowNanos) {
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
