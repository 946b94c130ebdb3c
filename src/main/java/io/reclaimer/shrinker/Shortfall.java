package io.reclaimer.shrinker;

/**
 * The cause for which a visit was not made or ended early. For this cause a round may have freed less than possible.
 */
public enum Shortfall {
    /** The visit did not end in time, so the round went on without it. */
    LATE,
    /** A call to the shrinker has not come back by its deadline. The shrinker is not visited until it does. */
    STUCK,
    /** The shrinker is in quarantine. */
    QUARANTINED,
    /** The visit ended with a fault. */
    FAULT,
    /** The shrinker answered {@link Shrinker#STOP}: no progress was possible. */
    STOPPED,
    /** The shrinker may block, and the caller can't wait. A background round visits it, unless the target is met. */
    MAY_NOT_BLOCK,
    /** The cgroup, or one above it, is protected: see {@link Protection}. One for each pass and protected subtree. */
    PROTECTED,
    /** Objects are not accounted to cgroups, and the shrinker is not {@link ShrinkerTrait#NON_SLAB}. */
    NOT_ACCOUNTED
}
