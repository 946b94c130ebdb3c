package io.reclaimer.adapter;

/** The answer of a cache for one of its coldest objects, see {@link LruOwner#isolate}. */
public enum LruVerdict {
    /** The object may go. It is reclaimed, unless it was removed in the meantime. */
    REMOVE,
    /** The object is in use: it moves to the hot end, like a new one. */
    ROTATE,
    /**
     * The object stays where it is, and is among the first that the next scan asks for. Too many skipped objects at the
     * cold end leave a scan nothing else to look at; use {@link #ROTATE} for objects that stay in use.
     */
    SKIP
}
