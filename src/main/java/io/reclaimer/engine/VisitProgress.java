package io.reclaimer.engine;

import static io.reclaimer.shrinker.Shrinker.EMPTY;
import static io.reclaimer.shrinker.Shrinker.STOP;

import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.TraceEvent;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far a visit has come: its phase, its arithmetic, and what the answers of its shrinker change in bits, deferred counts,
 * tallies and faults. Owned by one thread at a time, as the {@link VisitRun} it belongs to; used again for the next visit.
 *
 * <p>Methods that take an answer return whether the visit goes on. Where it does not, everything is booked.
 */
final class VisitProgress {

    private enum Phase {
        COUNT,
        SECOND_LOOK,
        SCAN
    }

    private final Published published;
    private final Visit visit = new Visit();

    private @Nullable ShrinkerEntry shrinker;
    private @Nullable Pair pair;
    private @Nullable RoundWork work;
    private int priority;
    private Phase phase = Phase.COUNT;

    /** Whether the shrinker did nothing wrong, as far as it was asked. */
    private boolean good;

    /** Whether a scan was answered. */
    private boolean scans;

    /** Whether a trace listener was found to be slow while it was told. */
    private boolean listenerWasSlow;

    VisitProgress(Published published) {
        this.published = published;
    }

    void begin(ShrinkerEntry entry, PairPass pass, CallMark mark) {
        shrinker = entry;
        pair = pass.pair();
        work = pass.work;
        priority = pass.priority;
        phase = Phase.COUNT;
        good = true;
        scans = false;
        listenerWasSlow = false;
        cell(mark).visited();
    }

    ShrinkerEntry entry() {
        return Objects.requireNonNull(shrinker, "No visit has begun");
    }

    Pair pair() {
        return Objects.requireNonNull(pair);
    }

    RoundWork work() {
        return Objects.requireNonNull(work);
    }

    boolean isScanning() {
        return phase == Phase.SCAN;
    }

    /** How many objects the next call is to scan; 0 for a count. */
    long asked() {
        return phase == Phase.SCAN ? work().portionOf(entry(), visit.nrToScan()) : 0;
    }

    /** What was freed so far. */
    long freed() {
        return phase == Phase.SCAN ? visit.freed() : 0;
    }

    /** Whether a trace listener was found to be slow since this was asked last. */
    boolean tookSlowListener() {
        boolean was = listenerWasSlow;
        listenerWasSlow = false;
        return was;
    }

    /** Whether there is another call to make. Where there is not, the visit ends. */
    boolean wantsCall(CallMark mark) {
        if (phase == Phase.SCAN && (work().isStopped() || !visit.wantsScan())) {
            end(mark);
            return false;
        }
        return true;
    }

    /** Takes an answer. */
    boolean answered(long asked, long answer, long nrScanned, long freedBytes, CallMark mark) {
        return phase == Phase.SCAN ? scanned(asked, answer, nrScanned, freedBytes, mark) : counted(answer, mark);
    }

    /** Takes how a call ended. */
    boolean ended(Call call, CallMark mark) {
        Call.End end = call.end();
        if (end instanceof Call.Answered answered) {
            return answered(call.nrToScan(), answered.answer(), answered.nrScanned(), answered.freedBytes(), mark);
        }
        if (end instanceof Call.Thrown thrown) {
            return threw(thrown.thrown(), mark);
        }
        if (end == Call.Unanswered.OVERDUE && entry().isOverdueAFault()) {
            return fault(
                    "its " + call.kind().word() + " did not answer within [" + entry().callDeadline() + "]"
                            + " [reclaimer.call-deadline]",
                    null,
                    mark);
        }
        // A call that was not made, or is late, says nothing of the shrinker.
        good = false;
        if (end == Call.Unanswered.OVERDUE) {
            work().fallsShort(Shortfall.STUCK);
        } else if (!work().isStopped() && !entry().isFreeing()) {
            work().fallsShort(call.hasBegun() ? Shortfall.FAULT : Shortfall.STUCK);
        }
        return stop(mark);
    }

    boolean threw(Throwable thrown, CallMark mark) {
        return fault("its " + (phase == Phase.SCAN ? "scan" : "count") + " threw " + Faults.text(thrown), thrown, mark);
    }

    /** The call came back too late: the watch has called it a fault before, so that is all. */
    boolean wasOverdue(CallMark mark) {
        good = false;
        work().fallsShort(Shortfall.FAULT);
        entry().faults().late();
        return stop(mark);
    }

    /** Ends it where it is; what it did not do stays owed. */
    boolean stop(CallMark mark) {
        if (phase == Phase.SCAN) {
            end(mark);
            return false;
        }
        if (phase == Phase.SECOND_LOOK) {
            // The bit was cleared, and the answer that would bear it out is not there.
            pair().set(entry());
        }
        close();
        return false;
    }

    private boolean counted(long answer, CallMark mark) {
        if (answer < 0 && answer != EMPTY) {
            return fault(
                    "its count answered [" + ScanCheck.nameOf(answer) + "]; allowed are 0 or more, and EMPTY",
                    null,
                    mark);
        }
        ShrinkerEntry entry = entry();
        CountTally counts = work().counts();
        if (counts != null) {
            // Only counting: bits and deferred counts stay as they are.
            if (answer > 0 && counts.add(entry, pair(), answer, pair().deferred(entry))) {
                work().details().add(pair().cgroup(), entry, answer);
            }
            close();
            return false;
        }
        if (phase == Phase.SECOND_LOOK) {
            if (answer != EMPTY) {
                pair().set(entry);
            }
        } else if (answer == EMPTY && !pair().isRoot()) {
            // The bit is cleared before the second count: an object that came before the clearing is found by it, and
            // one that comes after sets the bit anew. PassTest.objectsThatComeRightAfterEmptyAreFoundByTheSecondLook
            pair().units().clearBit(entry);
            // Before the count that follows: see CgroupHandle.setBit.
            VarHandle.fullFence();
            phase = Phase.SECOND_LOOK;
            cell(mark).visited();
            return true;
        }
        if (answer <= 0) {
            close();
            return false;
        }
        beginScans(entry, answer, mark);
        return true;
    }

    private void beginScans(ShrinkerEntry entry, long freeable, CallMark mark) {
        phase = Phase.SCAN;
        visit.begin(freeable, pair().takeDeferred(entry), priority, entry.seeks(), work().batchOf(entry));
        if (published.tracer().isOn()) {
            publish(
                    new TraceEvent.Start(
                            entry.spec().name(),
                            pair().cgroup().path(),
                            pair().node(),
                            visit.deferred(),
                            visit.freeable(),
                            visit.delta(),
                            visit.planned(),
                            priority,
                            work().flags()),
                    mark);
        }
    }

    private void publish(TraceEvent event, CallMark mark) {
        listenerWasSlow |= published.tracer().publish(event, mark);
    }

    private boolean scanned(long asked, long answer, long looked, long freedBytes, CallMark mark) {
        ShrinkerEntry entry = entry();
        scans = true;
        if (answer == STOP) {
            work().fallsShort(Shortfall.STOPPED);
            return stop(mark);
        }
        // Mostly it freed something of what it was asked for, and looked at that.
        if (answer <= 0 || answer > asked || looked != asked) {
            String wrong = ScanCheck.wrongWith(visit, answer, looked, asked);
            if (wrong != null) {
                return fault(wrong, null, mark);
            }
        }
        // What was freed was looked at, whatever the shrinker says; without this a visit might never end.
        long nrScanned = looked > 0 ? looked : answer;
        visit.book(nrScanned, answer);
        if (freedBytes >= 0) {
            entry.objectSize().learn(answer, freedBytes);
        }
        long bytes = freedBytes >= 0 ? freedBytes : Saturating.multiply(answer, work().objectBytes(entry));
        cell(mark).scanned(nrScanned, answer, bytes, entry.freesAtOnce());
        if (!entry.freesAtOnce()) {
            mark.addFreedBytes(bytes);
        }
        work().towardsTarget(answer, bytes);
        return true;
    }

    private boolean fault(String what, @Nullable Throwable thrown, CallMark mark) {
        good = false;
        work().fallsShort(Shortfall.FAULT);
        if (phase == Phase.SCAN) {
            entry().faults().fault(what, pair().toString(), thrown);
        } else {
            entry().faults().countFault(what, pair().toString(), thrown);
        }
        return stop(mark);
    }

    private void end(CallMark mark) {
        ShrinkerEntry entry = entry();
        long owed = visit.owed();
        boolean traced = published.tracer().isOn();
        long deferredAfter = owed > 0 || traced ? pair().addDeferred(entry, owed) : 0;
        mark.addScanned(visit.scanned());
        if (traced) {
            publish(
                    new TraceEvent.End(
                            entry.spec().name(),
                            pair().cgroup().path(),
                            pair().node(),
                            visit.freed(),
                            visit.deferred(),
                            deferredAfter,
                            visit.unscanned()),
                    mark);
        }
        if (visit.freed() > 0) {
            entry.refaults().reclaimed(visit.freed());
        }
        close();
    }

    private void close() {
        if (good && scans) {
            entry().faults().good();
        } else if (good) {
            entry().faults().counted();
        }
    }

    /** It is over, and keeps no shrinker that may be freed before the next visit. */
    void forget() {
        shrinker = null;
    }

    private Tally.Cell cell(CallMark mark) {
        return mark.cellOf(work().tally());
    }
}
