package io.reclaimer.budget;

import java.util.OptionalLong;

/**
 * The limits of the bytes that a cgroup with its descendants holds on one node. Names and meaning follow cgroup v2.
 * Immutable.
 *
 * @param min up to it, rounds requested for a cgroup above take nothing
 * @param low up to it, they take something only if others can't meet their target
 * @param high above it, background rounds reclaim in the subtree
 * @param max above it, direct rounds reclaim in the subtree; not below {@code high} and {@code min}
 */
public record Limits(OptionalLong min, OptionalLong low, OptionalLong high, OptionalLong max) {

    private static final Limits NONE =
            new Limits(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

    /** @throws IllegalArgumentException if a limit is below 0, or {@code high} or {@code min} is above {@code max} */
    public Limits {
        check("min", min, max);
        check("low", low, OptionalLong.empty());
        check("high", high, max);
        check("max", max, OptionalLong.empty());
    }

    private static void check(String name, OptionalLong limit, OptionalLong most) {
        if (limit.isPresent() && limit.getAsLong() < 0) {
            throw new IllegalArgumentException(name + " is [" + limit.getAsLong() + "] bytes but has to be 0 or more");
        }
        if (limit.isPresent() && most.isPresent() && limit.getAsLong() > most.getAsLong()) {
            throw new IllegalArgumentException(name + " is [" + limit.getAsLong() + "] bytes and max is ["
                    + most.getAsLong() + "] but " + name + " has to be at most max");
        }
    }

    /** Returns no limits. */
    public static Limits none() {
        return NONE;
    }

    /** Returns a copy with another {@code min}, in bytes. */
    public Limits min(long bytes) {
        return new Limits(OptionalLong.of(bytes), low, high, max);
    }

    /** Returns a copy with another {@code low}, in bytes. */
    public Limits low(long bytes) {
        return new Limits(min, OptionalLong.of(bytes), high, max);
    }

    /** Returns a copy with another {@code high}, in bytes. */
    public Limits high(long bytes) {
        return new Limits(min, low, OptionalLong.of(bytes), max);
    }

    /** Returns a copy with another {@code max}, in bytes. */
    public Limits max(long bytes) {
        return new Limits(min, low, high, OptionalLong.of(bytes));
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
        return "min=" + shown(min) + " low=" + shown(low) + " high=" + shown(high) + " max=" + shown(max);
    }

    private static String shown(OptionalLong limit) {
        return limit.isPresent() ? Long.toString(limit.getAsLong()) : "none";
    }
}
