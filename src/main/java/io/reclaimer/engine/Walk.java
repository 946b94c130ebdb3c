package io.reclaimer.engine;

import static io.reclaimer.shrinker.Shrinker.EMPTY;
import static io.reclaimer.shrinker.Shrinker.STOP;

import io.reclaimer.shrinker.TraceEvent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One pair's part of a pass: the visits, one after the other. One actor's; goes on in later turns where one is not
 * enough.
 *
 * <p>Which shrinkers are visited, and in what order, is the subclass's matter: {@link CgroupWalk}, {@link RootWalk}.
 */
abstract class Walk {

    /** What {@link #count} answers for a fault; no shrinker's answer gets through as this. */
    private static final long FAULT = -1;

    /** Where a walk ends that goes to the end of the order. */
    static final long TO_THE_END = Long.MAX_VALUE;

    private final Pair pair;
    private final Published published;
    private final PassControl control;
    private final RoundWork work;
    private final int priority;

    private final Visit visit = new Visit();
    private @Nullable ShrinkerEntry visiting;
    private boolean faulty;

    /** The running thread's; looked up at the start of each turn. */
    private Tally.Cell cell;

    private @Nullable ShrinkerEntry[] freedBy = {};
    private long[] freed = {};
    private int freedCount;

    Walk(Pair pair, Published published, PassControl control, RoundWork work, int priority) {
        this.pair = pair;
        this.published = published;
        this.control = control;
        this.work = work;
        this.priority = priority;
        this.cell = work.tally().cell();
    }

    /** The next shrinker to visit, held; null at the end. */
    abstract @Nullable ShrinkerEntry nextHeld();

    /** Whether nobody is left from here to the end of the whole order, not only of this walk. */
    abstract boolean isAtTheEnd();

    /** Where the next round with a target is to begin, in the subclass's terms; 0 where this is at the end. */
    abstract long resumeAt();

    /** A count said EMPTY. True where the bit is now cleared, so that a second look is due. */
    abstract boolean clearedBit(ShrinkerEntry entry);

    /** The second look did not say EMPTY. */
    abstract void setBitAgain(ShrinkerEntry entry);

    /** Goes on until the end (true), or until the turn is over. */
    final boolean run(Turn turn) {
        cell = work.tally().cell();
        while (true) {
            if (visiting == null) {
                ShrinkerEntry next = work.isStopped() ? null : nextHeld();
                if (next == null) {
                    reportFreed();
                    return true;
                }
                cell.visited();
                visiting = enter(next) ? next : null;
            }
            if (visiting != null) {
                if (!scanAll(visiting, turn)) {
                    return false;
                }
                leave(visiting);
            }
            if (turn.isOver()) {
                return false;
            }
        }
    }

    /** Ends the walk where it is; what the visit under way did not do stays owed. */
    final void abort() {
        if (visiting != null) {
            leave(visiting);
        }
        reportFreed();
    }

    /** Counts. True where there is something to scan; otherwise the visit is over. */
    private boolean enter(ShrinkerEntry entry) {
        faulty = false;
        long freeable = count(entry);
        if (freeable == EMPTY && clearedBit(entry)) {
            // The bit is cleared before the second count: an object that came before the clearing is found by it, and
            // one that comes after sets the bit anew. PassTest.objectsThatComeRightAfterEmptyAreFoundByTheSecondLook
            cell.visited();
            freeable = count(entry);
            if (freeable != EMPTY) {
                setBitAgain(entry);
            }
        }
        if (freeable <= 0) {
            release(entry);
            return false;
        }
        visit.begin(
                freeable,
                takeDeferred(entry),
                priority,
                entry.spec().seeks(),
                entry.spec().batch());
        if (published.tracer().isOn()) {
            published
                    .tracer()
                    .publish(new TraceEvent.Start(
                            entry.spec().name(),
                            pair.cgroup().path(),
                            pair.node(),
                            visit.deferred(),
                            visit.freeable(),
                            visit.delta(),
                            visit.planned(),
                            priority,
                            work.flags()));
        }
        return true;
    }

    /** Scans as long as the visit wants to. False where the turn ended before. */
    private boolean scanAll(ShrinkerEntry entry, Turn turn) {
        while (visit.wantsScan() && !work.isStopped()) {
            if (!scan(entry)) {
                return true;
            }
            if (turn.isOver()) {
                return false;
            }
        }
        return true;
    }

    private void leave(ShrinkerEntry entry) {
        visiting = null;
        long deferredAfter = addDeferred(entry, visit.owed());
        published.addScanned(visit.scanned());
        if (published.tracer().isOn()) {
            published
                    .tracer()
                    .publish(new TraceEvent.End(
                            entry.spec().name(),
                            pair.cgroup().path(),
                            pair.node(),
                            visit.freed(),
                            visit.deferred(),
                            deferredAfter,
                            visit.unscanned()));
        }
        if (visit.freed() > 0) {
            noteFreed(entry, visit.freed());
        }
        release(entry);
    }

    private void release(ShrinkerEntry entry) {
        if (!faulty) {
            entry.faults().good();
        }
        entry.release();
    }

    /** A number of objects, EMPTY, or FAULT. */
    private long count(ShrinkerEntry entry) {
        long answer;
        try {
            answer = entry.shrinker().count(control.prepare(entry, work.flags(), 0));
        } catch (Throwable thrown) {
            caught(entry, "its count threw " + thrown, thrown);
            return FAULT;
        }
        if (answer < 0 && answer != EMPTY) {
            fault(entry, "its count answered [" + nameOf(answer) + "]; allowed are 0 or more, and EMPTY", null);
            return FAULT;
        }
        return answer;
    }

    /** Asks for one portion. False where the shrinker can't go on. */
    private boolean scan(ShrinkerEntry entry) {
        long asked = visit.nrToScan();
        long answer;
        try {
            answer = entry.shrinker().scan(control.prepare(entry, work.flags(), asked));
        } catch (Throwable thrown) {
            caught(entry, "its scan threw " + thrown, thrown);
            return false;
        }
        if (answer == STOP) {
            return false;
        }
        long looked = control.nrScanned();
        String wrong = wrongWith(answer, looked, asked);
        if (wrong != null) {
            fault(entry, wrong, null);
            return false;
        }
        // What was freed was looked at, whatever the shrinker says; without this a visit might never end.
        long nrScanned = looked > 0 ? looked : answer;
        visit.book(nrScanned, answer);
        cell.scanned(nrScanned, answer, entry.spec().objectBytes());
        work.towardsTarget(answer);
        return true;
    }

    private @Nullable String wrongWith(long answer, long looked, long asked) {
        if (answer < 0) {
            return "its scan answered [" + nameOf(answer) + "]; allowed are 0 or more, and STOP";
        }
        if (answer > asked && answer > visit.freeable() - visit.freed()) {
            return "its scan answered that it freed [" + answer + "] objects; it was asked for [" + asked
                    + "], and had counted [" + visit.freeable() + "] of which [" + visit.freed() + "] were freed";
        }
        if (looked <= 0 && answer == 0) {
            return "its scan freed nothing and says that it scanned [" + looked
                    + "] objects; allowed are 1 or more, or the answer STOP";
        }
        if (looked > Math.max(asked, visit.freeable())) {
            return "its scan says that it scanned [" + looked + "] objects; it was asked for [" + asked
                    + "], and had counted [" + visit.freeable() + "]";
        }
        return null;
    }

    private void caught(ShrinkerEntry entry, String what, Throwable thrown) {
        if (Fatal.is(thrown)) {
            entry.release();
            throw Fatal.asUnchecked(thrown);
        }
        fault(entry, what, thrown);
    }

    private void fault(ShrinkerEntry entry, String what, @Nullable Throwable thrown) {
        faulty = true;
        entry.faults().fault(what, pair.toString(), thrown);
    }

    private long takeDeferred(ShrinkerEntry entry) {
        return entry.isCgroupAware() ? deferredUnits(entry).takeDeferred(entry) : entry.takeGlobalDeferred(pair.node());
    }

    private long addDeferred(ShrinkerEntry entry, long objects) {
        return entry.isCgroupAware()
                ? deferredUnits(entry).addDeferred(entry, objects)
                : entry.addGlobalDeferred(pair.node(), objects);
    }

    private UnitMap deferredUnits(ShrinkerEntry entry) {
        int node = entry.nodeFor(pair.node());
        if (node == pair.node()) {
            return pair.units();
        }
        Pair other = pair.cgroup().pair(node);
        if (other == null) {
            throw new IllegalStateException("The pair of [" + pair + "] on node [" + node
                    + "] does not exist; the tree makes it with the first pair of the cgroup");
        }
        return other.units();
    }

    private void noteFreed(ShrinkerEntry entry, long objects) {
        if (freedCount == freed.length) {
            int length = Math.max(8, 2 * freedCount);
            freedBy = Arrays.copyOf(freedBy, length);
            freed = Arrays.copyOf(freed, length);
        }
        freedBy[freedCount] = entry;
        freed[freedCount++] = objects;
    }

    private void reportFreed() {
        for (int i = 0; i < freedCount; i++) {
            ShrinkerEntry entry = freedBy[i];
            if (entry != null) {
                work.details().add(pair.cgroup(), entry, freed[i]);
            }
        }
        freedCount = 0;
    }

    private static String nameOf(long answer) {
        return answer == EMPTY ? "EMPTY" : answer == STOP ? "STOP" : Long.toString(answer);
    }
}
