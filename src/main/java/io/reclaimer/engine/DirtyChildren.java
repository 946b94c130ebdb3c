package io.reclaimer.engine;

import org.jspecify.annotations.Nullable;

/**
 * The children of a pair in whose subtrees a bit is set. Thread-safe; the list is guarded by {@code this}.
 *
 * <p>A list linked through the pairs themselves: every step takes constant time and allocates nothing, however many
 * children there are.
 */
final class DirtyChildren {

    /*
     * Nobody is lost between one who lists a pair and one who takes it out. Who sets a bit writes the bit, and then reads
     * whether the pair is listed. Who takes a pair out writes that it is not listed, and then reads its bits. All four are
     * volatile, so at least one of the two sees the other: either the pair is listed anew, or it stays. The same holds a
     * level up, with the first one of the list below in the place of the bits. The list is never empty for a moment by
     * that: a pair is unlinked only after it was seen to be clean. DirtyMarksTest tries to get between.
     */

    /** Written under the lock; null where nobody is listed. */
    private volatile @Nullable Pair first;

    private @Nullable Pair last;
    private int size;

    boolean isEmpty() {
        return first == null;
    }

    /** Lists a child, unless it is listed or no longer a child. */
    void add(Pair child) {
        if (!child.listed) {
            addLocked(child);
        }
    }

    private synchronized void addLocked(Pair child) {
        if (child.listed || child.gone) {
            return;
        }
        child.listed = true;
        child.previous = last;
        Pair before = last;
        last = child;
        if (before == null) {
            first = child;
        } else {
            before.next = child;
        }
        size++;
    }

    /**
     * Takes a child out, if no bit is set in its subtree.
     *
     * @return whether it was taken out, or was not listed
     */
    synchronized boolean removeIfClean(Pair child, long nowNanos) {
        if (!child.listed) {
            return true;
        }
        child.listed = false;
        if (!child.isClean()) {
            child.listed = true;
            return false;
        }
        unlink(child);
        child.cleanSince = nowNanos;
        return true;
    }

    /** Takes out a pair that is no child any more; it can't be listed again. */
    synchronized void forget(Pair child) {
        child.gone = true;
        if (child.listed) {
            child.listed = false;
            unlink(child);
        }
    }

    private void unlink(Pair child) {
        Pair before = child.previous;
        Pair after = child.next;
        child.previous = null;
        child.next = null;
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        size--;
    }

    /** Adds all of them to a collection of pairs, in the order in which they became dirty. */
    synchronized void addTo(DirtyPairs pairs) {
        pairs.makeRoom(size);
        for (Pair child = first; child != null; child = child.next) {
            pairs.add(child);
        }
    }
}
