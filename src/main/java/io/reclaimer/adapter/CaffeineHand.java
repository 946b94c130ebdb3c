package io.reclaimer.adapter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/**
 * Goes over a cache's table again and again, some steps at a time. Any thread: each element is given to one of them.
 *
 * <p>Between its steps it holds on to the element it stands before.
 */
final class CaffeineHand<T> {

    private final Iterable<T> table;

    /** Guarded by {@code this}. */
    private Iterator<T> at = Collections.emptyIterator();

    CaffeineHand(Iterable<T> table) {
        this.table = table;
    }

    /**
     * The next elements: fewer than {@code limit} only where the table has fewer. Starts over at most once, so that it
     * ends; what lies behind where it stood may then come twice.
     */
    synchronized List<T> next(int limit) {
        List<T> found = new ArrayList<>(limit);
        boolean restarted = false;
        while (found.size() < limit) {
            if (at.hasNext()) {
                found.add(at.next());
            } else if (restarted) {
                at = Collections.emptyIterator();
                break;
            } else {
                at = table.iterator();
                restarted = true;
            }
        }
        return found;
    }
}
