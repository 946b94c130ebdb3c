package io.reclaimer.testkit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Adds up for how long this machine or process stood still, so that what a test measures can be told from that: a thread
 * that wants to run every few milliseconds, and notes how much later it does.
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

    /** For how long, since the start. */
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
