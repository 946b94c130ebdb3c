package io.reclaimer.testkit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the time for which this machine or process stood still, so that a test can subtract it from its own measurements: a
 * thread that sleeps for a few milliseconds at a time, and adds up how late it wakes. Thread-safe.
 */
public final class Pauses implements AutoCloseable {

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Thread thread = new Thread(this::run, "pauses");
    private volatile long nanos;
    private volatile boolean closed;

    private Pauses() {}

    public static Pauses watch() {
        Pauses pauses = new Pauses();
        pauses.thread.setDaemon(true);
        pauses.thread.start();
        return pauses;
    }

    /** The time of all pauses since the start. */
    public long millis() {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    @Override
    public void close() {
        closed = true;
    }

    private void run() {
        long last = System.nanoTime();
        long sum = 0;
        while (!closed) {
            LockSupport.parkNanos(INTERVAL_NANOS);
            long now = System.nanoTime();
            sum += Math.max(0, now - last - INTERVAL_NANOS);
            nanos = sum;
            last = now;
        }
    }
}
