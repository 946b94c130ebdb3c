package io.reclaimer.adapter;

/** What a cache says when it is asked for one of its coldest objects, see {@link LruOwner#isolate}. */
public enum LruVerdict {
    /** It may go. It does, unless it was removed meanwhile. */
    REMOVE,
    /** It is in use: to the hot end, as if it had just come in. */
    ROTATE,
    /**
     * Not now: it stays where it is, and is among the first that the next scan asks for. Too many of these at the cold
     * end leave a scan nothing else to look at; for what stays in use, {@link #ROTATE} is right.
     */
    SKIP
}
