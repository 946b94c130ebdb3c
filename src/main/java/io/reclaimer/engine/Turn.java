package io.reclaimer.engine;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long one message may keep its thread, so that a long visit gives others their turn. One actor's.
 *
 * <p>Looking at the clock costs as much as a quick scan call, so it is looked at after every 64th call where calls are
 * quick, and after each where they are slow.
 */
final class Turn {

    private static final long LENGTH_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int LONGEST_STRIDE = 64;

    private final LongSupplier nanoTime;

    /** Calls between two looks at the clock. */
    private int stride = 1;

    private int callsToLook;
    private boolean started;
    private long start;

    Turn(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** A new turn; its clock starts at the first look. */
    void begin() {
        started = false;
        callsToLook = stride;
    }

    /** Asked after each call to a shrinker. */
    boolean isOver() {
        if (--callsToLook > 0) {
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
        callsToLook = stride;
        return false;
    }
}
