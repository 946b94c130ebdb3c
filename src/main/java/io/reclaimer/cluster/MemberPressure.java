package io.reclaimer.cluster;

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

    /** The constant of that name, or {@link #MIN} where this version does not know it: an unknown member is not relied on. */
    static MemberPressure namedOrMin(String name) {
        return Validation.named(MemberPressure.class, name).orElse(MIN);
    }
}
