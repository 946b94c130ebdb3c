package io.reclaimer.adapter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/**
 * A cursor that walks over a cache's table again and again, some elements at a time. Thread-safe: each element is given
 * to one thread.
 *
 * <p>Holds a reference to the next element between two calls.
 */
final class CaffeineCursor<T> {

    private final Iterable<T> table;

    /** Guarded by {@code this}. */
    private Iterator<T> position = Collections.emptyIterator();

    CaffeineCursor(Iterable<T> table) {
        this.table = table;
    }

    /**
     * Returns the next elements, fewer than {@code limit} only if the table has fewer. Starts over at most once, so
     * that it ends. After that, elements from behind the old position may come twice.
     */
    synchronized List<T> next(int limit) {
        List<T> found = new ArrayList<>(limit);
        boolean restarted = false;
        while (found.size() < limit) {
            if (position.hasNext()) {
                found.add(position.next());
            } else if (restarted) {
                position = Collections.emptyIterator();
                break;
            } else {
                position = table.iterator();
                restarted = true;
            }
        }
        return found;
    }
}
