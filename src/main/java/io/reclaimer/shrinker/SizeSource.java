package io.reclaimer.shrinker;

/** How a number of bytes is known, the surest first. */
public enum SizeSource {

    /** The shrinker said the bytes ({@link ShrinkControl#heldBytes}). */
    WEIGHED,

    /** Objects times their average size, which was learned from the bytes of objects that were freed. */
    LEARNED,

    /** Objects times the size that the spec declares ({@link ShrinkerSpec#objectBytes}). */
    DECLARED,

    /** Objects times {@link ShrinkerSpec#DEFAULT_OBJECT_BYTES}: nothing is known of their size. */
    ASSUMED
}
