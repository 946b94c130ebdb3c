package io.reclaimer.pressure;

/** How short a memory is, by its {@link Watermarks}. */
public enum PressureState {
    /** Enough is free: no rounds. */
    NONE,
    /** Less than the low watermark is free, or was and the high one is not reached yet: background rounds. */
    LOW,
    /** Less than the min watermark is free: direct rounds. */
    MIN
}
