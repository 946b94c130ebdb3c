package io.reclaimer.engine.call;

import org.jspecify.annotations.Nullable;

/** The {@link CallWatchdog}'s record of one visiting thread. Confined to the watchdog. */
final class ThreadObservation {

    /** The number of the call that it was in when it was last observed, or the even number between two calls. */
    long number;

    /** When that number was first observed, and how often it was. */
    long sinceNanos;

    int times;

    /** Whether that call has been judged to be slow. */
    boolean slow;

    /** The visit that the slow call belongs to; null if there is none. */
    @Nullable
    StuckVisit visit;

    /** The shrinker that counts the call as stuck; null if none does. */
    @Nullable
    ShrinkerEntry stuckShrinker;

    /** The trace listener that is skipped because the call has not come back; null if there is none. */
    Tracer.@Nullable Subscription stuckListener;
}
