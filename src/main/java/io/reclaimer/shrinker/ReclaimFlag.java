package io.reclaimer.shrinker;

/** A property of a reclaim request. Shrinkers and trace listeners are shown the flags of a request. */
public enum ReclaimFlag {
    /** Nobody waits for the memory. The round stops at priority 1, so it never asks for everything. */
    BACKGROUND,
    /** The caller can't wait. Shrinkers that may block are not called, but left to a background round. */
    MAY_NOT_BLOCK,
    /** Only shrinkers that are {@link ShrinkerTrait#LOSSLESS} are called. */
    LOSSLESS_ONLY
}
