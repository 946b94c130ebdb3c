package io.reclaimer.adapter;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Rate limit of a log message: once per minute. Thread-safe. */
final class LogRateLimit {

    private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong next = new AtomicLong(System.nanoTime());

    /**
     * Returns whether a message is due: true on the first call, then at most once per minute. A call that returns true
     * starts the next minute.
     */
    boolean isDue() {
        long now = System.nanoTime();
        long due = next.get();
        return now - due >= 0 && next.compareAndSet(due, now + SILENCE_NANOS);
    }
}
