package io.reclaimer.console;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one tenant, in the order of their last use: a plain map with a lock of its own, which the tenant's
 * actor and the shrinker share. Both hold it for some microseconds. Thread-safe.
 *
 * <p>Ids of sessions are unique over all tenants, so that those of one can be handed over to another's store: after
 * {@link #moveTo} this store is a door to that one.
 */
final class SessionStore {

    /** Guarded by {@code this}. */
    private final LinkedHashMap<Long, byte[]> sessions = new LinkedHashMap<>(16, 0.75f, true);

    /** Guarded by {@code this}. */
    private @Nullable SessionStore successor;

    private final Runnable onFirst;

    /** @param onFirst is run after a session was put where there was none; on the thread that puts it */
    SessionStore(Runnable onFirst) {
        this.onFirst = onFirst;
    }

    /** Finds a session and marks it used. */
    byte @Nullable [] use(long id) {
        SessionStore next;
        synchronized (this) {
            if (successor == null) {
                return sessions.get(id);
            }
            next = successor;
        }
        return next.use(id);
    }

    void put(long id, byte[] session) {
        boolean first;
        SessionStore next;
        synchronized (this) {
            next = successor;
            first = next == null && sessions.isEmpty();
            if (next == null) {
                sessions.put(id, session);
            }
        }
        if (next != null) {
            next.put(id, session);
        } else if (first) {
            onFirst.run();
        }
    }

    synchronized int size() {
        return sessions.size();
    }

    /** Drops up to {@code count} sessions, those not used for the longest time first. */
    synchronized long dropOldest(long count) {
        long dropped = 0;
        Iterator<Map.Entry<Long, byte[]>> oldestFirst = sessions.entrySet().iterator();
        while (dropped < count && oldestFirst.hasNext()) {
            oldestFirst.next();
            oldestFirst.remove();
            dropped++;
        }
        return dropped;
    }

    /**
     * Hands all sessions, and those still to come, over to the store of a cgroup above; once.
     *
     * @return how many moved
     */
    synchronized int moveTo(SessionStore above) {
        int moved = sessions.size();
        successor = above;
        sessions.forEach(above::put);
        sessions.clear();
        return moved;
    }
}
