package io.reclaimer.adapter;

/**
 * The cache that owns the objects in {@link LruLists}. Called on the reclaimer's threads, possibly for different lists
 * at the same time, and never under a lock of the lists. So an owner may take its own locks and use the lists freely.
 *
 * <p>If {@link #isolate} throws, the scan ends as faulty and no object is lost: the object moves to the hot end, so
 * that it does not block the others, and objects that the scan has not reached stay where they are.
 */
@FunctionalInterface
public interface LruOwner<T> {

    /**
     * Called when the reclaimer has taken an object out of the lists: the owner drops it. Called once for an object,
     * and never if {@link LruItem#remove} has returned true for it.
     */
    void reclaimed(T value);

    /**
     * Returns whether an object may be reclaimed. Called without a lock, so the object may be used or removed at the
     * same time. After {@link LruVerdict#REMOVE}, {@link #reclaimed} follows at once, unless the object was removed
     * before.
     */
    default LruVerdict isolate(T value) {
        return LruVerdict.REMOVE;
    }
}
