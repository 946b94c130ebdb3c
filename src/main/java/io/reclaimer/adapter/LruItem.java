package io.reclaimer.adapter;

import org.jspecify.annotations.Nullable;

/**
 * One object in {@link LruLists}, from the time when it is added until it is removed or reclaimed. It never comes back
 * into a list. An item is itself the link of its list, so an object takes no memory other than this: 32 bytes if the
 * JVM compresses references (up to 32 GB of heap). Thread-safe.
 */
public final class LruItem<T> {

    private final T value;

    /**
     * The list to which the item was added; null once it is in no list. That list may have given its items to another
     * one since, see {@link LruList}. Set to null under the lock of the list that holds the item.
     */
    volatile @Nullable LruList<T> home;

    /** Guarded by the lock of the list that holds the item. */
    @Nullable
    LruItem<T> colder;

    /** Guarded by the lock of the list that holds the item. */
    @Nullable
    LruItem<T> hotter;

    private volatile boolean referenced;

    LruItem(T value) {
        this.value = value;
    }

    public T value() {
        return value;
    }

    /**
     * Marks the object as used: the next scan that reaches it moves it to the hot end and does not ask the owner. Takes
     * no lock, and writes only the first time since that scan. A scan that is asking the owner right now may still free
     * the object.
     *
     * @return false if the object is in no list any more
     */
    public boolean touch() {
        if (home == null) {
            return false;
        }
        if (!referenced) {
            referenced = true;
        }
        return true;
    }

    /**
     * Removes the object from its list. Of all threads that remove an object, and the reclaimer, exactly one succeeds;
     * it owns the object from then on.
     *
     * @return false if the object is in no list any more: removed before, or reclaimed
     */
    public boolean remove() {
        return LruList.remove(this);
    }

    /**
     * Returns whether the object was marked as used since the last call, and clears the mark. The reclaimer runs one
     * scan of a list at a time.
     */
    boolean clearReferenced() {
        boolean was = referenced;
        if (was) {
            referenced = false;
        }
        return was;
    }

    @Override
    public String toString() {
        return "LruItem[" + value + (home == null ? ", in no list]" : "]");
    }
}
