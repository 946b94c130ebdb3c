package io.reclaimer.engine;

import org.jspecify.annotations.Nullable;

/** What the {@link CallWatch} has seen of one thread; confined to the watch. */
final class CallSeen {

    /** The call that it was in at the last look, or the even number between two. */
    long number;

    /** When that was seen first, and how often it was. */
    long sinceNanos;

    int times;

    /** Whether that call has been judged to be slow. */
    boolean slow;

    /** The visit that it is in, once it is slow; null where it is in none. */
    @Nullable
    StuckVisit visit;

    /** The shrinker for which a stuck call is counted; null where none is. */
    @Nullable
    ShrinkerEntry stuck;

    /** The trace listener that is left out because it has not come back. */
    Tracer.@Nullable Listening stuckListener;
}
