package io.reclaimer.engine;

import static io.reclaimer.shrinker.Shrinker.EMPTY;
import static io.reclaimer.shrinker.Shrinker.STOP;

import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.TraceEvent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One visit: count, and the scans that follow from it, whether the shrinker answers at once or later. One actor's; used
 * again for the next visit of its walk.
 *
 * <p>Whatever the shrinker does, the visit ends: by its answers, by a fault, or because the round is over. With it the
 * hold ends.
 */
final class VisitRun implements Call.Owner {

    /** What advancing came to. */
    enum Outcome {
        ENDED,
        TURN_OVER,
        WAITING
    }

    private enum Phase {
        COUNT,
        SECOND_LOOK,
        SCAN
    }

    private final Walk walk;
    private final Published published;
    private final PassControl control;
    private final Visit visit = new Visit();

    private @Nullable ShrinkerEntry visited;
    private @Nullable Pair pair;
    private @Nullable RoundWork work;

    /** Whether the hold is the running thread's mark; otherwise it is counted. */
    private boolean heldByMark;

    private Phase phase = Phase.COUNT;

    /** Whether the shrinker did nothing wrong, as far as it was asked. */
    private boolean good;

    /** Whether a scan was answered. */
    private boolean scans;

    /** Answered, and not looked at yet. */
    private @Nullable Call ended;

    VisitRun(Walk walk, Published published, PassControl control) {
        this.walk = walk;
        this.published = published;
        this.control = control;
    }

    /** Begins the visit of a shrinker that is held. */
    void begin(ShrinkerEntry entry, Pair in, RoundWork forWork) {
        visited = entry;
        pair = in;
        work = forWork;
        heldByMark = !entry.mayBlock();
        phase = Phase.COUNT;
        good = true;
        scans = false;
        walk.cell().visited();
    }

    /** From the pair: the call that this visit waited for has ended. */
    @Override
    public void ended(Call call) {
        ended = call;
        walk.answered(this);
    }

    /** Goes on until the visit or the turn is over, or an answer is awaited. */
    Outcome advance(Turn turn) {
        ShrinkerEntry entry = entry();
        RoundWork forWork = work();
        Call call = ended;
        if (call != null) {
            ended = null;
            if (!take(entry, call)) {
                return Outcome.ENDED;
            }
        }
        while (true) {
            if (phase == Phase.SCAN && (forWork.isStopped() || !visit.wantsScan())) {
                end(entry);
                return Outcome.ENDED;
            }
            long asked = phase == Phase.SCAN ? visit.nrToScan() : 0;
            Shrinker plain = entry.plain();
            if (plain == null) {
                Call next = Call.visiting(entry, pair(), this, published.nanoTime(), forWork, asked);
                if (!walk.calls().make(next)) {
                    return Outcome.WAITING;
                }
                if (!take(entry, next)) {
                    return Outcome.ENDED;
                }
            } else if (!callNow(entry, plain, forWork, asked)) {
                return Outcome.ENDED;
            }
            if (phase == Phase.SCAN && turn.isOver()) {
                if (heldByMark) {
                    // The next turn may be on another thread.
                    heldByMark = false;
                    walk.mark().moveToCount(entry);
                }
                return Outcome.TURN_OVER;
            }
        }
    }

    /** Ends the visit where it is; what it did not do stays owed. Not while an answer is awaited. */
    void abort() {
        ShrinkerEntry entry = entry();
        Call call = ended;
        ended = null;
        // An answer that has come is taken: what it says was freed is free.
        if (call == null || take(entry, call)) {
            stop(entry);
        }
    }

    private void stop(ShrinkerEntry entry) {
        if (phase == Phase.SCAN) {
            end(entry);
            return;
        }
        if (phase == Phase.SECOND_LOOK) {
            // The bit was cleared, and the answer that would bear it out is not there.
            walk.setBitAgain(entry);
        }
        release(entry);
    }

    private ShrinkerEntry entry() {
        if (visited == null) {
            throw new IllegalStateException("No visit has begun");
        }
        return visited;
    }

    private Pair pair() {
        return Objects.requireNonNull(pair);
    }

    private RoundWork work() {
        return Objects.requireNonNull(work);
    }

    /** Calls a shrinker that answers at once. True where the visit goes on. */
    private boolean callNow(ShrinkerEntry entry, Shrinker plain, RoundWork forWork, long asked) {
        CallMark mark = walk.mark();
        long answer;
        mark.enter(entry);
        try {
            control.prepare(entry, forWork, asked);
            answer = phase == Phase.SCAN ? plain.scan(control) : plain.count(control);
        } catch (Throwable thrown) {
            mark.leave();
            return threw(entry, thrown);
        }
        if (mark.leave()) {
            // The watch has called it a fault while it was under way; as with any late answer, that is all.
            good = false;
            work().fallsShort(Shortfall.FAULT);
            entry.faults().late();
            return stopped(entry);
        }
        return answered(entry, asked, answer, control.nrScanned(), control.freedBytes());
    }

    /** Takes how a call ended. True where the visit goes on. */
    private boolean take(ShrinkerEntry entry, Call call) {
        Call.End end = call.end();
        if (end instanceof Call.Answered answered) {
            return answered(entry, call.nrToScan(), answered.answer(), answered.nrScanned(), answered.freedBytes());
        }
        if (end instanceof Call.Thrown thrown) {
            return threw(entry, thrown.thrown());
        }
        if (end == Call.Unanswered.OVERDUE) {
            return fault(
                    entry,
                    "its " + call.kind().word() + " did not answer within [" + entry.callDeadline() + "]"
                            + " [reclaimer.call-deadline]",
                    null);
        }
        // A call that was not made says nothing of the shrinker.
        good = false;
        return stopped(entry);
    }

    private boolean threw(ShrinkerEntry entry, Throwable thrown) {
        if (Fatal.is(thrown)) {
            letGo(entry);
            throw Fatal.asUnchecked(thrown);
        }
        return fault(entry, "its " + (phase == Phase.SCAN ? "scan" : "count") + " threw " + thrown, thrown);
    }

    private boolean answered(ShrinkerEntry entry, long asked, long answer, long nrScanned, long freedBytes) {
        return phase == Phase.SCAN ? scanned(entry, asked, answer, nrScanned, freedBytes) : counted(entry, answer);
    }

    private boolean counted(ShrinkerEntry entry, long answer) {
        if (answer < 0 && answer != EMPTY) {
            return fault(entry, "its count answered [" + nameOf(answer) + "]; allowed are 0 or more, and EMPTY", null);
        }
        CountTally counts = work().counts();
        if (counts != null) {
            // Only counting: bits and deferred counts stay as they are.
            if (answer > 0 && counts.add(entry, pair(), answer, deferred(entry))) {
                walk.noteFreed(entry, answer);
            }
            release(entry);
            return false;
        }
        if (phase == Phase.SECOND_LOOK) {
            if (answer != EMPTY) {
                walk.setBitAgain(entry);
            }
        } else if (answer == EMPTY && walk.clearedBit(entry)) {
            // The bit is cleared before the second count: an object that came before the clearing is found by it, and
            // one that comes after sets the bit anew. PassTest.objectsThatComeRightAfterEmptyAreFoundByTheSecondLook
            phase = Phase.SECOND_LOOK;
            walk.cell().visited();
            return true;
        }
        if (answer <= 0) {
            release(entry);
            return false;
        }
        phase = Phase.SCAN;
        visit.begin(
                answer,
                takeDeferred(entry),
                walk.priority(),
                entry.seeks(),
                entry.spec().batch());
        if (published.tracer().isOn()) {
            published
                    .tracer()
                    .publish(new TraceEvent.Start(
                            entry.spec().name(),
                            pair().cgroup().path(),
                            pair().node(),
                            visit.deferred(),
                            visit.freeable(),
                            visit.delta(),
                            visit.planned(),
                            walk.priority(),
                            work().flags()));
        }
        return true;
    }

    private boolean scanned(ShrinkerEntry entry, long asked, long answer, long looked, long freedBytes) {
        scans = true;
        if (answer == STOP) {
            work().fallsShort(Shortfall.STOPPED);
            return stopped(entry);
        }
        // Mostly it freed something of what it was asked for, and looked at that.
        if (answer <= 0 || answer > asked || looked != asked) {
            String wrong = wrongWith(answer, looked, asked);
            if (wrong != null) {
                return fault(entry, wrong, null);
            }
        }
        // What was freed was looked at, whatever the shrinker says; without this a visit might never end.
        long nrScanned = looked > 0 ? looked : answer;
        visit.book(nrScanned, answer);
        long bytes = freedBytes >= 0 ? freedBytes : Saturating.multiply(answer, entry.objectBytes());
        walk.cell().scanned(nrScanned, answer, bytes, entry.freesAtOnce());
        work().towardsTarget(answer);
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

    /** The shrinker can't go on. Always false: neither does the visit. */
    private boolean stopped(ShrinkerEntry entry) {
        stop(entry);
        return false;
    }

    private boolean fault(ShrinkerEntry entry, String what, @Nullable Throwable thrown) {
        good = false;
        work().fallsShort(Shortfall.FAULT);
        if (phase == Phase.SCAN) {
            entry.faults().fault(what, pair().toString(), thrown);
        } else {
            entry.faults().countFault(what, pair().toString(), thrown);
        }
        return stopped(entry);
    }

    private void end(ShrinkerEntry entry) {
        long owed = visit.owed();
        boolean traced = published.tracer().isOn();
        long deferredAfter = owed > 0 || traced ? addDeferred(entry, owed) : 0;
        walk.mark().addScanned(visit.scanned());
        if (traced) {
            published
                    .tracer()
                    .publish(new TraceEvent.End(
                            entry.spec().name(),
                            pair().cgroup().path(),
                            pair().node(),
                            visit.freed(),
                            visit.deferred(),
                            deferredAfter,
                            visit.unscanned()));
        }
        if (visit.freed() > 0) {
            walk.noteFreed(entry, visit.freed());
            entry.refaults().reclaimed(visit.freed());
        }
        release(entry);
    }

    private void release(ShrinkerEntry entry) {
        visited = null;
        if (good && scans) {
            entry.faults().good();
        } else if (good) {
            entry.faults().counted();
        }
        letGo(entry);
    }

    private void letGo(ShrinkerEntry entry) {
        if (heldByMark) {
            walk.mark().release(entry);
        } else {
            entry.release();
        }
    }

    private long takeDeferred(ShrinkerEntry entry) {
        return entry.isCgroupAware()
                ? deferredUnits(entry).takeDeferred(entry)
                : entry.takeGlobalDeferred(pair().node());
    }

    /** What is owed, left where it is. */
    private long deferred(ShrinkerEntry entry) {
        return addDeferred(entry, 0);
    }

    private long addDeferred(ShrinkerEntry entry, long objects) {
        return entry.isCgroupAware()
                ? deferredUnits(entry).addDeferred(entry, objects)
                : entry.addGlobalDeferred(pair().node(), objects);
    }

    private UnitMap deferredUnits(ShrinkerEntry entry) {
        Pair own = pair();
        int node = entry.nodeFor(own.node());
        if (node == own.node()) {
            return own.units();
        }
        Pair other = own.cgroup().pair(node);
        if (other == null) {
            throw new IllegalStateException("The pair of [" + own + "] on node [" + node
                    + "] does not exist; the tree makes it with the first pair of the cgroup");
        }
        return other.units();
    }

    private static String nameOf(long answer) {
        return answer == EMPTY ? "EMPTY" : answer == STOP ? "STOP" : Long.toString(answer);
    }
}
