package io.reclaimer.engine;

import org.jspecify.annotations.Nullable;

/**
 * The children of one cgroup on one node in whose subtrees a bit is set. Thread-safe; the list is guarded by
 * {@code this}.
 *
 * <p>The list is linked through the children themselves: every step takes constant time and allocates nothing, however
 * many children there are.
 */
final class DirtyChildren {

    /*
     * No dirty child is lost between a thread that lists it and one that takes it out. A thread that sets a bit writes
     * the bit, and then reads whether the child is listed. A thread that takes a child out writes that it is not
     * listed, and then reads its bits. All four are volatile, so at least one of the two sees the other: either the
     * child is listed anew, or it stays. The same holds one level up, where the first child of the list below takes the
     * place of the bits. This never makes the list empty for a moment: a child is unlinked only after it was seen to be
     * clean. DirtyMarksTest tests this race.
     */

    /** Written under the lock; null if no child is listed. */
    private volatile @Nullable CgroupPerNode first;

    private @Nullable CgroupPerNode last;
    private int size;

    boolean isEmpty() {
        return first == null;
    }

    /** Lists a child, unless it is listed or was removed. */
    void add(CgroupPerNode child) {
        if (!child.listed) {
            addLocked(child);
        }
    }

    private synchronized void addLocked(CgroupPerNode child) {
        if (child.listed || child.removed) {
            return;
        }
        child.listed = true;
        child.previous = last;
        CgroupPerNode before = last;
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
    synchronized boolean removeIfClean(CgroupPerNode child, long nowNanos) {
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

    /** Takes out a child that is removed from the tree; it can't be listed again. */
    synchronized void removeForGood(CgroupPerNode child) {
        child.removed = true;
        if (child.listed) {
            child.listed = false;
            unlink(child);
        }
    }

    private void unlink(CgroupPerNode child) {
        CgroupPerNode before = child.previous;
        CgroupPerNode after = child.next;
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

    /** Adds all of them to the order of a pass, in the order in which they became dirty. */
    synchronized void addTo(PassOrder order) {
        order.makeRoom(size);
        for (CgroupPerNode child = first; child != null; child = child.next) {
            order.add(child);
        }
    }
}
