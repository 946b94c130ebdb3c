package io.reclaimer.adapter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one cgroup on one node, in the order they came in or were last given another round. All under the lock of
 * {@code this}, which nobody holds for longer than {@link LruShrinker#CHUNK} items take. Any thread.
 *
 * <p>A list dies when it gives all its items to a list above, which takes one step whatever their number: they are not
 * told. An item is in the list at the end of the line of successors that begins with its home. Whoever wants an item
 * follows that line, takes that list's lock, and looks whether the list is still alive; if not, it gave its items away
 * meanwhile, and the line goes on. A line only grows at its end, and always goes up the tree, so this ends. Where two
 * locks are held, the lower list's was taken first, so nobody waits in a circle. (LruStressTest)
 */
final class LruList<T> {

    /** What is answered where a list is dead and does nothing. */
    static final long DEAD = -1;

    private @Nullable LruItem<T> coldest;
    private @Nullable LruItem<T> hottest;

    /** Written under the lock; read without. */
    private volatile long size;

    /** Where the items are; null while it is alive. Set once, under the lock. */
    private volatile @Nullable LruList<T> successor;

    /** How many items there are; 0 where it is dead. */
    long size() {
        return size;
    }

    boolean isDead() {
        return successor != null;
    }

    /** Adds a new item at the hot end. Answers how many there were before, or {@link #DEAD}. */
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

    /** Takes an item out of whatever list it is in. False where it is in none. */
    static <T> boolean remove(LruItem<T> item) {
        for (LruList<T> home = item.home; home != null; home = item.home) {
            LruList<T> current = home.current();
            synchronized (current) {
                if (current.successor == null) {
                    return current.removeIfHere(item);
                }
            }
        }
        return false;
    }

    /** Takes the hottest item out; null where there is none. */
    synchronized @Nullable LruItem<T> takeHottest() {
        LruItem<T> item = hottest;
        if (item != null) {
            removeIfHere(item);
        }
        return item;
    }

    /**
     * Gives all items to a list above, whose coldest they are from then on, in their order; and is dead.
     *
     * <p>The cold end, because nobody who used them is there any more; by age would take a look at each.
     *
     * @return how many, 0 where it was dead before; or {@link #DEAD} where the list above is, and nothing happened
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
     * @param passed where to go on: behind the last of these that is still here; those behind it are taken off the list
     * @param found where to put them
     */
    synchronized void findColdest(int most, List<LruItem<T>> passed, List<LruItem<T>> found) {
        while (!passed.isEmpty() && !isHere(passed.get(passed.size() - 1))) {
            passed.remove(passed.size() - 1);
        }
        LruItem<T> next = passed.isEmpty() ? coldest : passed.get(passed.size() - 1).hotter;
        for (; next != null && found.size() < most; next = next.hotter) {
            found.add(next);
        }
    }

    /** Moves those that are still here to the hot end, in their order. */
    synchronized void rotate(List<LruItem<T>> items) {
        for (LruItem<T> item : items) {
            if (isHere(item)) {
                unlink(item);
                linkHottest(item);
            }
        }
    }

    private boolean isHere(LruItem<T> item) {
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

    /** For an item that is here or in no list; under the lock. */
    private boolean removeIfHere(LruItem<T> item) {
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
