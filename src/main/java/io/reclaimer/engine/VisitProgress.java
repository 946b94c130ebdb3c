package io.reclaimer.engine;

import static io.reclaimer.shrinker.Shrinker.EMPTY;
import static io.reclaimer.shrinker.Shrinker.STOP;

import io.reclaimer.engine.call.CallEnd;
import io.reclaimer.engine.call.Faults;
import io.reclaimer.engine.call.PendingCall;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.unit.CountTally;
import io.reclaimer.engine.unit.ScanCheck;
import io.reclaimer.engine.unit.ScanPlan;
import io.reclaimer.shrinker.Shortfall;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a visit: its phase, its plan, and the effect of its shrinker's replies on bits, deferred counts,
 * tallies and faults. Owned by one thread at a time, as its {@link Visit}, and reused with it.
 *
 * <p>Methods that take a reply return whether the visit goes on. If it does not, everything is recorded.
 */
final class VisitProgress {

    private enum Phase {
        COUNT,
        SECOND_COUNT,
        SCAN
    }

    private final EngineContext engine;
    private final ScanPlan plan = new ScanPlan();

    private @Nullable ShrinkerEntry shrinker;
    private @Nullable CgroupPerNode perNode;
    private @Nullable RoundWork work;
    private int priority;
    private Phase phase = Phase.COUNT;

    /** Whether the shrinker made no fault so far. */
    private boolean good;

    /** Whether a scan was answered. */
    private boolean hasScanned;

    /** Whether a trace listener was found to be slow. */
    private boolean listenerWasSlow;

    VisitProgress(EngineContext engine) {
        this.engine = engine;
    }

    void begin(ShrinkerEntry entry, PassRequest request) {
        shrinker = entry;
        perNode = request.perNode();
        work = request.work;
        priority = request.priority;
        phase = Phase.COUNT;
        good = true;
        hasScanned = false;
        listenerWasSlow = false;
    }

    /** Counts a visit. */
    void addVisit(PassThread thread) {
        thread.cellOf(work().tally()).addVisit();
    }

    /** Takes a plan that a {@link DirectVisit} has made. */
    void planned(long freeable, long owed, int seeks) {
        phase = Phase.SCAN;
        plan.begin(freeable, owed, priority, seeks, work().batchOf(entry()));
    }

    /** Takes what a {@link DirectVisit} has done, by usual scans. */
    void done(long scanned, long freed) {
        if (scanned > 0) {
            hasScanned = true;
            plan.recordScan(scanned, freed);
        }
    }

    ShrinkerEntry entry() {
        return Objects.requireNonNull(shrinker, "No visit has begun");
    }

    CgroupPerNode perNode() {
        return Objects.requireNonNull(perNode);
    }

    RoundWork work() {
        return Objects.requireNonNull(work);
    }

    boolean isScanning() {
        return phase == Phase.SCAN;
    }

    /** How many objects the next call is to scan; 0 for a count. */
    long asked() {
        return phase == Phase.SCAN ? work().portionOf(entry(), plan.nrToScan()) : 0;
    }

    /** Objects freed so far. */
    long freed() {
        return phase == Phase.SCAN ? plan.freed() : 0;
    }

    /** Whether a trace listener was found to be slow since the last call of this method. */
    boolean takeSlowListener() {
        boolean was = listenerWasSlow;
        listenerWasSlow = false;
        return was;
    }

    /** Whether there is another call to make. If there is not, the visit ends. */
    boolean wantsCall(PassThread thread) {
        if (phase == Phase.SCAN && (work().isStopped() || !plan.wantsScan())) {
            end(thread);
            return false;
        }
        return true;
    }

    /** Takes a reply. */
    boolean replied(long asked, long reply, long nrScanned, long bytes, PassThread thread) {
        return phase == Phase.SCAN ? scanned(asked, reply, nrScanned, bytes, thread) : counted(reply, bytes, thread);
    }

    /** Takes the end of a call. */
    boolean ended(PendingCall call, PassThread thread) {
        CallEnd end = call.end();
        if (end instanceof CallEnd.Replied reply) {
            return replied(call.nrToScan(), reply.value(), reply.nrScanned(), reply.bytes(), thread);
        }
        if (end instanceof CallEnd.Failed failed) {
            return threw(failed.thrown(), thread);
        }
        if (end == CallEnd.NoReply.OVERDUE && entry().isOverdueAFault()) {
            return fault(
                    "its " + call.kind() + " did not answer within [" + entry().callDeadline() + "]"
                            + " [reclaimer.call-deadline]",
                    null,
                    thread);
        }
        // A call that was not made, or is late, is no fault and no good visit.
        good = false;
        if (end == CallEnd.NoReply.OVERDUE) {
            work().countShortfall(Shortfall.STUCK);
        } else if (!work().isStopped() && !entry().isFreeing()) {
            work().countShortfall(call.hasBegun() ? Shortfall.FAULT : Shortfall.STUCK);
        }
        return stop(thread);
    }

    /** Takes the exception of a call. */
    boolean threw(Throwable thrown, PassThread thread) {
        return fault(
                "its " + (phase == Phase.SCAN ? "scan" : "count") + " threw " + Faults.text(thrown), thrown, thread);
    }

    /** Takes the reply of a call that came back too late. The watchdog has counted the fault before. */
    boolean wasOverdue(PassThread thread) {
        good = false;
        work().countShortfall(Shortfall.FAULT);
        entry().faults().recordLateReply();
        return stop(thread);
    }

    /** Ends the visit where it is; its remainder stays deferred. */
    boolean stop(PassThread thread) {
        if (phase == Phase.SCAN) {
            end(thread);
            return false;
        }
        if (phase == Phase.SECOND_COUNT) {
            // The bit was cleared, and the reply that would confirm it is missing.
            perNode().setBit(entry());
        }
        close();
        return false;
    }

    private boolean counted(long reply, long heldBytes, PassThread thread) {
        if (reply < 0 && reply != EMPTY) {
            return fault(
                    "its count answered [" + ScanCheck.nameOf(reply) + "]; allowed are 0 or more, and EMPTY",
                    null,
                    thread);
        }
        ShrinkerEntry entry = entry();
        CountTally counts = work().counts();
        if (counts != null) {
            addTo(counts, entry, reply, heldBytes);
            close();
            return false;
        }
        if (phase == Phase.SECOND_COUNT) {
            if (reply != EMPTY) {
                perNode().setBit(entry);
            }
        } else if (reply == EMPTY && !perNode().isRoot()) {
            // The bit is cleared before the second count: that count finds an object that came before the clearing, and
            // an object that comes after it sets the bit anew. Tested by
            // PassTest.objectsThatComeRightAfterEmptyAreFoundByTheSecondLook.
            perNode().clearBit(entry);
            // Before the count that follows: see CgroupHandle.setBit.
            VarHandle.fullFence();
            phase = Phase.SECOND_COUNT;
            addVisit(thread);
            return true;
        }
        if (reply <= 0) {
            close();
            return false;
        }
        beginScans(entry, reply, thread);
        return true;
    }

    /** Counting alone changes neither bits nor deferred counts. */
    private void addTo(CountTally counts, ShrinkerEntry entry, long counted, long heldBytes) {
        if ((counted <= 0 && heldBytes <= 0) || perNode().isCountedOnLowerNode(entry, counts.nodes())) {
            return;
        }
        counts.addHeld(Math.max(0, counted), heldBytes, entry.objectSize());
        if (counted > 0) {
            counts.add(
                    counted,
                    perNode().deferred(entry),
                    entry.seeks(),
                    entry.spec().batch(),
                    entry.objectSize());
            work().details().add(perNode().cgroup(), entry, counted);
        }
    }

    private void beginScans(ShrinkerEntry entry, long freeable, PassThread thread) {
        phase = Phase.SCAN;
        plan.begin(freeable, perNode().takeDeferred(entry), priority, entry.seeks(), work().batchOf(entry));
        if (engine.tracer().isOn()) {
            listenerWasSlow |= VisitEvents.begun(
                    engine,
                    thread,
                    entry,
                    perNode(),
                    work(),
                    priority,
                    plan.deferred(),
                    plan.freeable(),
                    plan.delta(),
                    plan.planned());
        }
    }

    private boolean scanned(long asked, long freed, long looked, long freedBytes, PassThread thread) {
        ShrinkerEntry entry = entry();
        hasScanned = true;
        if (freed == STOP) {
            work().countShortfall(Shortfall.STOPPED);
            return stop(thread);
        }
        // The usual reply frees some of what was asked for, and scans all of it: it needs no further check.
        if (freed <= 0 || freed > asked || looked != asked) {
            String wrong = ScanCheck.faultIn(plan, freed, looked, asked);
            if (wrong != null) {
                return fault(wrong, null, thread);
            }
        }
        // Freed objects were scanned, whatever the shrinker says; without this a visit might never end.
        long nrScanned = looked > 0 ? looked : freed;
        plan.recordScan(nrScanned, freed);
        thread.recordScan(work(), entry, nrScanned, freed, freedBytes);
        return true;
    }

    private boolean fault(String what, @Nullable Throwable thrown, PassThread thread) {
        good = false;
        work().countShortfall(Shortfall.FAULT);
        if (phase == Phase.SCAN) {
            entry().faults().recordFault(what, perNode().toString(), thrown);
        } else {
            entry().faults().recordCountFault(what, perNode().toString(), thrown);
        }
        return stop(thread);
    }

    private void end(PassThread thread) {
        ShrinkerEntry entry = entry();
        long remainder = plan.remainder();
        boolean traced = engine.tracer().isOn();
        long deferredAfter = remainder > 0 || traced ? perNode().addDeferred(entry, remainder) : 0;
        thread.addScanned(plan.scanned());
        if (traced) {
            listenerWasSlow |= VisitEvents.ended(
                    engine, thread, entry, perNode(), plan.freed(), plan.deferred(), deferredAfter, plan.unscanned());
        }
        if (plan.freed() > 0) {
            entry.refaults().recordReclaimed(plan.freed());
        }
        close();
    }

    private void close() {
        if (good && hasScanned) {
            entry().faults().recordGoodVisit();
        } else if (good) {
            entry().faults().recordGoodCount();
        }
    }

    /** Drops the shrinker, which may be freed before the next visit. */
    void forget() {
        shrinker = null;
    }
}
