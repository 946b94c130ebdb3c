package io.reclaimer.engine;

import io.reclaimer.engine.call.ShrinkerEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The late visits of one cgroup on one node: those that the passes they began in do not wait for any more. While one is
 * under way, nobody else visits its shrinker there; rounds that skip the shrinker are told of its end. Thread-safe;
 * guarded by {@code this}.
 *
 * <p>They are kept here and not in the visitor, so that a new visitor finds those of the one before.
 */
final class LateVisits {

    private static final ShrinkerEntry[] NONE = {};

    /** A round that is told when no late visit of a shrinker is under way any more. */
    private static final class Waiter {
        private final RoundWork work;
        private final ShrinkerEntry entry;
        private long skippedIn;

        Waiter(RoundWork work, ShrinkerEntry entry) {
            this.work = work;
            this.entry = entry;
        }
    }

    private final CgroupPerNode perNode;

    /** The shrinker of each late visit; replaced as a whole. Each visit reads it without the lock. */
    private volatile ShrinkerEntry[] late = NONE;

    private @Nullable List<Visit> visits;
    private @Nullable List<Waiter> waiters;

    LateVisits(CgroupPerNode perNode) {
        this.perNode = perNode;
    }

    /** Whether no late visit is under way. */
    boolean isEmpty() {
        return late.length == 0;
    }

    /** Whether a late visit of the shrinker is under way. */
    boolean isLate(ShrinkerEntry entry) {
        for (ShrinkerEntry one : late) {
            if (one == entry) {
                return true;
            }
        }
        return false;
    }

    /** Begins a late visit, because a call of the shrinker holds the thread of the visitor. */
    synchronized void begin(ShrinkerEntry entry) {
        ShrinkerEntry[] more = Arrays.copyOf(late, late.length + 1);
        more[late.length] = entry;
        late = more;
    }

    /** Ends a late visit that {@link #begin} began. */
    void end(ShrinkerEntry entry) {
        for (Waiter waiter : takeEnded(entry)) {
            waiter.work.notifyLateVisitEnded(perNode, entry, waiter.skippedIn);
        }
    }

    private synchronized List<Waiter> takeEnded(ShrinkerEntry entry) {
        List<ShrinkerEntry> fewer = new ArrayList<>(List.of(late));
        fewer.remove(entry);
        late = fewer.isEmpty() ? NONE : fewer.toArray(NONE);
        List<Waiter> told = new ArrayList<>(0);
        if (waiters != null && !fewer.contains(entry)) {
            for (Iterator<Waiter> all = waiters.iterator(); all.hasNext(); ) {
                Waiter waiter = all.next();
                if (waiter.entry == entry) {
                    told.add(waiter);
                    all.remove();
                }
            }
            waiters = waiters.isEmpty() ? null : waiters;
        }
        return told;
    }

    /** Adds a visit that is late from now on; its round is told of its end. */
    synchronized void add(Visit visit, RoundWork work) {
        begin(visit.entry());
        if (visits == null) {
            visits = new ArrayList<>(1);
        }
        visits.add(visit);
        waiter(visit.entry(), work);
    }

    /** Takes out a late visit that has ended. */
    void remove(Visit visit) {
        synchronized (this) {
            if (visits != null && visits.remove(visit) && visits.isEmpty()) {
                visits = null;
            }
        }
        end(visit.entry());
    }

    /**
     * Registers a round that skips a shrinker, to be told when the shrinker is no longer late.
     *
     * @param pass the number of the pass
     * @return false if it is not late any more
     */
    synchronized boolean await(ShrinkerEntry entry, RoundWork work, long pass) {
        if (!isLate(entry)) {
            return false;
        }
        waiter(entry, work).skippedIn = pass;
        return true;
    }

    private Waiter waiter(ShrinkerEntry entry, RoundWork work) {
        if (waiters == null) {
            waiters = new ArrayList<>(1);
        }
        // Rounds that are over do not wait any more. So there are no more waiters than rounds, however long a visit
        // takes.
        waiters.removeIf(waiter -> waiter.work.isClosed());
        for (Waiter waiter : waiters) {
            if (waiter.work == work && waiter.entry == entry) {
                return waiter;
            }
        }
        Waiter added = new Waiter(work, entry);
        waiters.add(added);
        work.addLateVisit();
        return added;
    }

    /** All that are under way. */
    synchronized List<Visit> all() {
        return visits == null ? List.of() : List.copyOf(visits);
    }
}
