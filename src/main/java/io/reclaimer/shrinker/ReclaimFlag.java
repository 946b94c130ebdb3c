package io.reclaimer.shrinker;

/** A property of a reclaim request that shrinkers and trace listeners are shown. */
public enum ReclaimFlag {
    /** Nobody waits for the memory: the round stops at priority 1 and never asks for everything. */
    BACKGROUND,
    /** Whoever asked can't wait: shrinkers that may block are not called, but left to a background round. */
    MAY_NOT_BLOCK,
    /** Only shrinkers that are {@link ShrinkerTrait#LOSSLESS} are called. */
    LOSSLESS_ONLY
}
