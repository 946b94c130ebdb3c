package io.reclaimer.shrinker;

/** A property of a reclaim request that shrinkers and trace listeners are shown. */
public enum ReclaimFlag {
    /** Nobody waits for the memory: the round stops at priority 1 and never asks for everything. */
    BACKGROUND
}
