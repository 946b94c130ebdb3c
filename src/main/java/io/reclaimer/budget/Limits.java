package io.reclaimer.budget;

import java.util.OptionalLong;

/**
 * The limits of the bytes that a cgroup with its descendants may hold on one node. Immutable.
 *
 * @param high above it, background rounds reclaim in the subtree (the kernel's {@code memory.high})
 * @param max above it, direct rounds reclaim in the subtree (the kernel's {@code memory.max}); not below {@code high}
 */
public record Limits(OptionalLong high, OptionalLong max) {

    private static final Limits NONE = new Limits(OptionalLong.empty(), OptionalLong.empty());

    /** @throws IllegalArgumentException if a limit is below 0, or {@code high} is above {@code max} */
    public Limits {
        check("high", high);
        check("max", max);
        if (high.isPresent() && max.isPresent() && high.getAsLong() > max.getAsLong()) {
            throw new IllegalArgumentException("high is [" + high.getAsLong() + "] bytes and max is [" + max.getAsLong()
                    + "] but high has to be at most max");
        }
    }

    private static void check(String name, OptionalLong limit) {
        if (limit.isPresent() && limit.getAsLong() < 0) {
            throw new IllegalArgumentException(name + " is [" + limit.getAsLong() + "] bytes but has to be 0 or more");
        }
    }

    /** Returns no limits. */
    public static Limits none() {
        return NONE;
    }

    /** Returns a copy with another {@code high}, in bytes. */
    public Limits high(long bytes) {
        return new Limits(OptionalLong.of(bytes), max);
    }

    /** Returns a copy with another {@code max}, in bytes. */
    public Limits max(long bytes) {
        return new Limits(high, OptionalLong.of(bytes));
    }

    /** Returns whether there is no limit. */
    public boolean isNone() {
        return equals(NONE);
    }

    /** Whether so many bytes are above {@code high}. */
    boolean isAboveHigh(long held) {
        return high.isPresent() && held > high.getAsLong();
    }

    /** Whether so many bytes are above {@code max}. */
    boolean isAboveMax(long held) {
        return max.isPresent() && held > max.getAsLong();
    }

    @Override
    public String toString() {
        return "high=" + shown(high) + " max=" + shown(max);
    }

    private static String shown(OptionalLong limit) {
        return limit.isPresent() ? Long.toString(limit.getAsLong()) : "none";
    }
}
