package io.reclaimer.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The late visits of one pair: those that the passes they began in do not wait for any more. While one is under way its
 * shrinker is not visited there by anybody else; rounds that would have are told when it has ended. Thread-safe; guarded by
 * {@code this}.
 *
 * <p>They are kept here, and not in the pair's actor, so that a new visitor finds those of the one before.
 */
final class LateVisits {

    private static final ShrinkerEntry[] NONE = {};

    /** A round that is to hear when no late visit of a shrinker is under way any more. */
    private static final class Waiter {
        private final RoundWork work;
        private final ShrinkerEntry entry;
        private long skippedIn;

        Waiter(RoundWork work, ShrinkerEntry entry) {
            this.work = work;
            this.entry = entry;
        }
    }

    private final Pair pair;

    /** As often as there are late visits of it; replaced as a whole. Read without the lock, in each visit. */
    private volatile ShrinkerEntry[] late = NONE;

    private @Nullable List<VisitRun> visits;
    private @Nullable List<Waiter> waiters;

    LateVisits(Pair pair) {
        this.pair = pair;
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

    /** A call of the shrinker holds the thread of the pair's visitor. */
    synchronized void begin(ShrinkerEntry entry) {
        ShrinkerEntry[] more = Arrays.copyOf(late, late.length + 1);
        more[late.length] = entry;
        late = more;
    }

    /** It does not any more. */
    void end(ShrinkerEntry entry) {
        for (Waiter waiter : ended(entry)) {
            waiter.work.lateEnded(pair, entry, waiter.skippedIn);
        }
    }

    private synchronized List<Waiter> ended(ShrinkerEntry entry) {
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

    /** A visit is late from now on; its round hears of the end. */
    synchronized void add(VisitRun visit, RoundWork work) {
        begin(visit.entry());
        if (visits == null) {
            visits = new ArrayList<>(1);
        }
        visits.add(visit);
        waiter(visit.entry(), work);
    }

    /** A late visit has ended. */
    void remove(VisitRun visit) {
        synchronized (this) {
            if (visits != null && visits.remove(visit) && visits.isEmpty()) {
                visits = null;
            }
        }
        end(visit.entry());
    }

    /**
     * A round passes over a shrinker because it is late, and hears when it is not any more.
     *
     * @param pass the number of the pass
     * @return false where it is not late any more
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
        // Rounds that are over wait no more; so there are no more than there are rounds, however long this takes.
        waiters.removeIf(waiter -> waiter.work.isClosed());
        for (Waiter waiter : waiters) {
            if (waiter.work == work && waiter.entry == entry) {
                return waiter;
            }
        }
        Waiter added = new Waiter(work, entry);
        waiters.add(added);
        work.waitsForLate();
        return added;
    }

    /** All that are under way. */
    synchronized List<VisitRun> all() {
        return visits == null ? List.of() : List.copyOf(visits);
    }
}
