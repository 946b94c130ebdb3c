package io.reclaimer.cluster;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * The exponential back-off of a participant that can do nothing now. Confined to its participant. Times are in nanoseconds
 * from an arbitrary start.
 */
final class BackOff {

    private static final long FIRST_NANOS = Duration.ofMillis(25).toNanos();
    private static final long MAX_NANOS = Duration.ofMillis(500).toNanos();

    private long nextNanos = FIRST_NANOS;
    private OptionalLong untilNanos = OptionalLong.empty();

    void begin(long now) {
        untilNanos = OptionalLong.of(now + nextNanos);
        nextNanos = Math.min(2 * nextNanos, MAX_NANOS);
    }

    void end() {
        untilNanos = OptionalLong.empty();
    }

    /** When the back-off ends; empty where there is none. */
    OptionalLong untilNanos() {
        return untilNanos;
    }
}
