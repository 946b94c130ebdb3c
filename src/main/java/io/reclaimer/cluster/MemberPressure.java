package io.reclaimer.cluster;

import java.util.Arrays;
import java.util.Optional;

/** The memory pressure that a member reports of itself. */
public enum MemberPressure {
    /** Unknown: {@link io.reclaimer.pressure.Pressure} was not started on the member. */
    UNWATCHED,
    /** Enough heap is free. */
    NONE,
    /** Less heap is free than the low watermark. */
    LOW,
    /** Less heap is free than the min watermark. */
    MIN;

    /** The constant of that name; empty where this version does not know it. */
    static Optional<MemberPressure> named(String name) {
        return Arrays.stream(values())
                .filter(pressure -> pressure.name().equals(name))
                .findFirst();
    }

    /** The constant of that name, or {@link #MIN} where this version does not know it: an unknown member is not relied on. */
    static MemberPressure namedOrMin(String name) {
        return named(name).orElse(MIN);
    }
}
