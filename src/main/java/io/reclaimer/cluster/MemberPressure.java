package io.reclaimer.cluster;

import io.reclaimer.pressure.PressureState;
import java.util.Arrays;
import java.util.Optional;

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

    /** Of that name; empty for one that this version does not know. */
    static Optional<MemberPressure> named(String name) {
        return Arrays.stream(values())
                .filter(pressure -> pressure.name().equals(name))
                .findFirst();
    }

    /**
     * Of that name. One that this version does not know is taken for the shortest, so that nobody counts on such a member
     * having enough.
     */
    static MemberPressure orShortest(String name) {
        return named(name).orElse(MIN);
    }

    static MemberPressure of(PressureState state) {
        return switch (state) {
            case NONE -> NONE;
            case LOW -> LOW;
            case MIN -> MIN;
        };
    }
}
