package io.reclaimer.adapter;

import org.jspecify.annotations.Nullable;

/**
 * One object in {@link LruLists}, from its adding until it is removed or reclaimed; it is never in a list again. It is the
 * link of its list itself, so an object takes no other memory than this: 32 bytes, where the JVM compresses references (up
 * to 32 GB of heap). Any thread.
 */
public final class LruItem<T> {

    private final T value;

    /**
     * The list it was added to, null when it is in none any more. That list may have given its items to another one
     * meanwhile, see {@link LruList}. Set to null under the lock of the list it is in.
     */
    volatile @Nullable LruList<T> home;

    /** Guarded by the lock of the list it is in. */
    @Nullable
    LruItem<T> colder;

    /** Guarded by the lock of the list it is in. */
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
     * Says that the object was used: the next scan that comes to it moves it to the hot end instead of asking for it.
     * Takes no lock, and writes only the first time since that scan. One that is asking for it right now may still free it.
     *
     * @return false where it is in no list any more
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
     * Takes the object out of its list.
     *
     * @return false where it is in no list any more: removed before, or reclaimed. Of all who remove it and the reclaimer
     *     exactly one wins, and who does owns the object.
     */
    public boolean remove() {
        return LruList.remove(this);
    }

    /** Whether it was touched since it was added, or since this was last asked. One scan's at a time. */
    boolean takeReferenced() {
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
