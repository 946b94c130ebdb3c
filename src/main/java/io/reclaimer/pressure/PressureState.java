package io.reclaimer.pressure;

/** The degree of shortage of a memory, by its {@link Watermarks}. */
public enum PressureState {
    /** Enough is free: no rounds. */
    NONE,
    /**
     * Less than the low watermark is free, or was free and the high watermark is not reached yet: background rounds.
     */
    LOW,
    /** Less than the min watermark is free: direct rounds. */
    MIN
}
