package io.reclaimer.engine;

import org.jspecify.annotations.Nullable;

/**
 * The children of a pair in whose subtrees a bit is set, the one to be visited first in front. One actor's.
 *
 * <p>A list linked through the pairs themselves: every step takes constant time and allocates nothing, however many
 * children there are.
 */
final class DirtyChildren {

    private static final Pair[] NOBODY = {};

    private @Nullable Pair first;
    private @Nullable Pair last;
    private int size;

    boolean isEmpty() {
        return first == null;
    }

    /** Adds one at the end, unless it is there or no longer a child. */
    void add(Pair child) {
        if (child.listed || child.forgotten) {
            return;
        }
        child.listed = true;
        child.previous = last;
        if (last == null) {
            first = child;
        } else {
            last.next = child;
        }
        last = child;
        size++;
    }

    void remove(Pair child) {
        if (!child.listed) {
            return;
        }
        if (child.previous == null) {
            first = child.next;
        } else {
            child.previous.next = child.next;
        }
        if (child.next == null) {
            last = child.previous;
        } else {
            child.next.previous = child.previous;
        }
        child.previous = null;
        child.next = null;
        child.listed = false;
        size--;
    }

    /** Puts one behind all others, if it is there. */
    void moveToEnd(Pair child) {
        if (child.listed && child != last) {
            remove(child);
            add(child);
        }
    }

    /** The one to be visited first, or null. */
    @Nullable
    Pair first() {
        return first;
    }

    /** The one behind all others, or null. */
    @Nullable
    Pair last() {
        return last;
    }

    /** All of them now, in order. */
    Pair[] snapshot() {
        if (size == 0) {
            return NOBODY;
        }
        Pair[] all = new Pair[size];
        int i = 0;
        for (Pair child = first; child != null; child = child.next) {
            all[i++] = child;
        }
        return all;
    }
}
