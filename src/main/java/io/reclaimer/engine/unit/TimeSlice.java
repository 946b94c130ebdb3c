package io.reclaimer.engine.unit;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time slice of one message: limits how long it keeps its thread, so that a long visit yields to others. Confined
 * to one thread.
 *
 * <p>Reading the clock costs as much as a quick scan call, so it is read after every 64th call while calls are quick,
 * and after each one while they are slow.
 */
public final class TimeSlice {

    private static final long LENGTH_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int LONGEST_STRIDE = 64;

    private final LongSupplier nanoTime;

    /** Calls between two readings of the clock. */
    private int stride = 1;

    private int callsToReading;
    private boolean started;
    private long start;

    public TimeSlice(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Begins a new time slice; its time runs from the first reading. */
    public void begin() {
        started = false;
        callsToReading = stride;
    }

    /** Counts a call to a shrinker. True if the time slice is over. */
    public boolean isOverAfterCall() {
        if (--callsToReading > 0) {
            return false;
        }
        long now = nanoTime.getAsLong();
        if (!started) {
            started = true;
            start = now;
        } else if (now - start > LENGTH_NANOS) {
            stride = 1;
            return true;
        } else {
            stride = Math.min(stride * 2, LONGEST_STRIDE);
        }
        callsToReading = stride;
        return false;
    }
}
