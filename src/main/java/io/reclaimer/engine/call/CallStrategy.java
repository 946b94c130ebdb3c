package io.reclaimer.engine.call;

/**
 * How a shrinker is called that does not reply within the call: on a thread where it may block, through a stage, or by
 * messages to an actor. Thread-safe; no method throws or blocks.
 */
public interface CallStrategy {

    /** Makes the call, and sees to it that the call ends. Called by a visitor. */
    void make(PendingCall call);

    /** Hears that nobody awaits the call any more. Called by the watchdog, right before the call ends. */
    default void givenUp(PendingCall call) {}

    /** Hears that the shrinker is being freed. Called once, by any thread. */
    default void freeing() {}

    /** Hears that the shrinker is freed: no call follows. Called once, by its guard. */
    default void freed() {}
}
