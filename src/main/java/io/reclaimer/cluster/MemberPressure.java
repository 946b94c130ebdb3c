package io.reclaimer.cluster;

import io.reclaimer.pressure.PressureState;

/** How short of heap a member is, as it says itself. */
public enum MemberPressure {
    /** Nobody watches: {@link io.reclaimer.pressure.Pressure} was not started on it. */
    UNWATCHED,
    /** Enough is free. */
    NONE,
    /** Less than its low watermark is free. */
    LOW,
    /** Less than its min watermark is free. */
    MIN;

    static MemberPressure of(PressureState state) {
        return switch (state) {
            case NONE -> NONE;
            case LOW -> LOW;
            case MIN -> MIN;
        };
    }
}
