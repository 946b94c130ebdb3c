package io.reclaimer.adapter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one cgroup on one node, in the order in which they were added or last moved to the hot end.
 * Thread-safe: guarded by {@code this}. No caller holds the lock for longer than {@link LruShrinker#CHUNK} items take.
 */
final class LruList<T> {

    /** Result of a call that a dead list refuses. */
    static final long DEAD = -1;

    /*
     * A list dies when it gives all its items to a list above. This takes the same time for any number of items,
     * because the items are not changed. Each item is in the list at the end of the chain of successors that begins
     * with its home. A thread that wants an item follows the chain, locks that list, and checks whether the list is
     * still alive. If it is dead, it has given its items away in the meantime, and the chain goes on. A chain grows
     * only at its end, and always towards the root, so this terminates. A thread that holds two locks has taken the
     * lower list's first, so there is no deadlock. (LruStressTest)
     */

    private @Nullable LruItem<T> coldest;
    private @Nullable LruItem<T> hottest;

    /** Written under the lock, read without. */
    private volatile long size;

    /** The list that holds the items now; null while this list is alive. Set once, under the lock. */
    private volatile @Nullable LruList<T> successor;

    /** Returns the number of items; 0 for a dead list. */
    long size() {
        return size;
    }

    boolean isDead() {
        return successor != null;
    }

    /** Adds a new item at the hot end. Returns the number of items before, or {@link #DEAD}. */
    synchronized long add(LruItem<T> item) {
        if (successor != null) {
            return DEAD;
        }
        item.home = this;
        linkHottest(item);
        long before = size;
        size = before + 1;
        return before;
    }

    /** Removes an item from the list that holds it. Returns false if the item is in no list. */
    static <T> boolean remove(LruItem<T> item) {
        for (LruList<T> home = item.home; home != null; home = item.home) {
            LruList<T> current = home.current();
            synchronized (current) {
                if (current.successor == null) {
                    return current.removeIfPresent(item);
                }
            }
        }
        return false;
    }

    /** Removes and returns the hottest item; null if the list is empty. */
    synchronized @Nullable LruItem<T> takeHottest() {
        LruItem<T> item = hottest;
        if (item != null) {
            removeIfPresent(item);
        }
        return item;
    }

    /**
     * Gives all items, in their order, to the cold end of a list above. This list is dead from then on.
     *
     * <p>The cold end, because the users of these items are gone. A merge by age would have to look at each item.
     *
     * @return the number of items that moved, 0 if this list was dead before; or {@link #DEAD} if the list above is
     *     dead, in which case nothing changes
     */
    synchronized long moveTo(LruList<T> above) {
        if (successor != null) {
            return 0;
        }
        synchronized (above) {
            if (above.successor != null) {
                return DEAD;
            }
            if (coldest != null && hottest != null) {
                hottest.hotter = above.coldest;
                if (above.coldest == null) {
                    above.hottest = hottest;
                } else {
                    above.coldest.colder = hottest;
                }
                above.coldest = coldest;
            }
            long moved = size;
            above.size = above.size + moved;
            successor = above;
            coldest = null;
            hottest = null;
            size = 0;
            return moved;
        }
    }

    /**
     * Finds the coldest items.
     *
     * @param most maximum number of items
     * @param passed items that were found before; the search continues behind the last one that is still in this list,
     *     and removes those after it from {@code passed}
     * @param found receives the items
     */
    synchronized void findColdest(int most, List<LruItem<T>> passed, List<LruItem<T>> found) {
        while (!passed.isEmpty() && !contains(passed.get(passed.size() - 1))) {
            passed.remove(passed.size() - 1);
        }
        LruItem<T> next = passed.isEmpty() ? coldest : passed.get(passed.size() - 1).hotter;
        for (; next != null && found.size() < most; next = next.hotter) {
            found.add(next);
        }
    }

    /** Moves the items that are still in this list to the hot end, in their order. */
    synchronized void rotate(List<LruItem<T>> items) {
        for (LruItem<T> item : items) {
            if (contains(item)) {
                unlink(item);
                linkHottest(item);
            }
        }
    }

    private boolean contains(LruItem<T> item) {
        LruList<T> home = item.home;
        return home != null && home.current() == this && successor == null;
    }

    private LruList<T> current() {
        LruList<T> list = this;
        for (LruList<T> next = successor; next != null; next = next.successor) {
            list = next;
        }
        return list;
    }

    /** Removes an item that is in this list or in no list. Called under the lock. */
    private boolean removeIfPresent(LruItem<T> item) {
        if (item.home == null) {
            return false;
        }
        unlink(item);
        item.home = null;
        long before = size;
        size = before - 1;
        return true;
    }

    private void linkHottest(LruItem<T> item) {
        item.colder = hottest;
        if (hottest == null) {
            coldest = item;
        } else {
            hottest.hotter = item;
        }
        hottest = item;
    }

    private void unlink(LruItem<T> item) {
        if (item.colder == null) {
            coldest = item.hotter;
        } else {
            item.colder.hotter = item.hotter;
        }
        if (item.hotter == null) {
            hottest = item.colder;
        } else {
            item.hotter.colder = item.colder;
        }
        item.colder = null;
        item.hotter = null;
    }
}
