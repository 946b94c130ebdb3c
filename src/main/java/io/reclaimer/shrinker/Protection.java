package io.reclaimer.shrinker;

/**
 * The protection of a cgroup with its descendants on one node against rounds that are requested for a cgroup above it.
 * A round that is requested for the cgroup itself, or for one below it, is not held off.
 */
public enum Protection {

    /** It is not protected. */
    NONE,

    /** It is reclaimed only in a round with a target that can't be met by others (the kernel's {@code memory.low}). */
    LOW,

    /** It is never reclaimed (the kernel's {@code memory.min}). */
    MIN
}
