package io.reclaimer.adapter;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps a log quiet. Thread-safe. */
final class OnceAMinute {

    private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong next = new AtomicLong(System.nanoTime());

    /** Whether it is the first call, or the first one a minute or more after one that was answered so. */
    boolean isDue() {
        long now = System.nanoTime();
        long due = next.get();
        return now - due >= 0 && next.compareAndSet(due, now + SILENCE_NANOS);
    }
}
