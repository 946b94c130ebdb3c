package io.reclaimer.engine.call;

/**
 * The way to call a shrinker that does not reply within the call: on a thread where it may block, through a stage, or
 * by messages to an actor. Thread-safe; no method throws or blocks.
 */
public interface CallStrategy {

    /** Makes the call, and sees to it that the call ends. Called by a visitor. */
    void make(PendingCall call);

    /** Called when nobody awaits the call any more: by the watchdog, right before the call ends. */
    default void givenUp(PendingCall call) {}

    /** Called when the shrinker is being freed: once, by any thread. */
    default void freeing() {}

    /** Called when the shrinker is freed, so that no call follows: once, by its guard. */
    default void freed() {}
}
