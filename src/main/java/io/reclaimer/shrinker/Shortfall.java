package io.reclaimer.shrinker;

/** Why a round may have freed less than there was: the cause for which a visit was not made, or ended early. */
public enum Shortfall {
    /** The visit was not over in time, so the round went on without it. */
    LATE,
    /** A call to the shrinker has not come back by its deadline; the shrinker is left alone until it does. */
    STUCK,
    /** The shrinker is in quarantine. */
    QUARANTINED,
    /** The visit ended with a fault. */
    FAULT,
    /** The shrinker answered {@link Shrinker#STOP}: no progress is possible now. */
    STOPPED,
    /** The shrinker may block, and whoever asked can't wait; a background round asks it. */
    MAY_NOT_BLOCK,
    /** Objects are not accounted to cgroups, and the shrinker is not non-slab. */
    NOT_ACCOUNTED
}
