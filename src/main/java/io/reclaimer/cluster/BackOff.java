package io.reclaimer.cluster;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * For how long a member that can do nothing now is not asked: twice as long each time. One thread's; times are in nanoseconds
 * from any start.
 */
final class BackOff {

    private static final long FIRST_NANOS = Duration.ofMillis(25).toNanos();
    private static final long LONGEST_NANOS = Duration.ofMillis(500).toNanos();

    private long nextNanos = FIRST_NANOS;
    private OptionalLong untilNanos = OptionalLong.empty();

    void begin(long now) {
        untilNanos = OptionalLong.of(now + nextNanos);
        nextNanos = Math.min(2 * nextNanos, LONGEST_NANOS);
    }

    void end() {
        untilNanos = OptionalLong.empty();
    }

    /** Empty where there is none. */
    OptionalLong untilNanos() {
        return untilNanos;
    }
}
