package io.reclaimer.engine;

import io.reclaimer.engine.call.CallControl;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.unit.ScanPlan;
import io.reclaimer.shrinker.Shrinker;
import org.jspecify.annotations.Nullable;

/**
 * A visit as most visits are: of a plain shrinker that replies at once, and as usual. Its state is in local variables,
 * so it costs little more than the calls. With the first other event it goes on as a {@link Visit}, whose rules are the
 * same. Confined to its thread.
 */
final class DirectVisit {

    private final PassThread thread;
    private final CallControl control = new CallControl();

    DirectVisit(PassThread thread) {
        this.thread = thread;
    }

    /**
     * Makes a visit of a shrinker that this thread holds.
     *
     * @return the visit that goes on from here; null if this one has ended
     */
    @Nullable
    Visit make(ShrinkerEntry entry, Shrinker plain, PassRequest request, ShrinkerIteration iteration) {
        RoundWork work = request.work;
        CgroupPerNode perNode = request.perNode();
        EngineContext engine = iteration.engine;
        thread.cellOf(work.tally()).addVisit();
        control.in(perNode.path());
        control.prepare(entry.nodeFor(perNode.node()), work, 0);
        long freeable;
        boolean slow;
        thread.enter(entry);
        try {
            freeable = plain.count(control);
            slow = thread.leave();
        } catch (Throwable thrown) {
            slow = thread.leave();
            return iteration.takeOver(entry).threw(thrown, slow);
        }
        if (slow || freeable <= 0) {
            return iteration.takeOver(entry).replied(0, freeable, 0, -1, slow);
        }
        int priority = request.priority;
        long batch = work.batchOf(entry);
        long owed = perNode.takeDeferred(entry);
        int seeks = entry.seeks();
        long delta = ScanPlan.delta(freeable, priority, seeks);
        long left = ScanPlan.planned(freeable, owed, delta, priority);
        if (engine.tracer().isOn()) {
            slow = VisitEvents.begun(engine, thread, entry, perNode, work, priority, owed, freeable, delta, left);
        }
        if (slow || thread.slice.isOverAfterCall()) {
            return iteration.takeOver(entry).planned(freeable, owed, seeks).sliceOver(slow);
        }
        long scanned = 0;
        long freed = 0;
        while (ScanPlan.wantsScan(left, batch, freeable) && !work.isStopped()) {
            long asked = work.portionOf(entry, Math.min(batch, left));
            long reply;
            control.scan(asked);
            thread.enter(entry);
            try {
                reply = plain.scan(control);
                slow = thread.leave();
            } catch (Throwable thrown) {
                slow = thread.leave();
                return iteration
                        .takeOver(entry)
                        .planned(freeable, owed, seeks)
                        .done(scanned, freed)
                        .threw(thrown, slow);
            }
            long bytes = control.bytes();
            if (slow || reply <= 0 || reply > asked || control.nrScanned() != asked) {
                return iteration
                        .takeOver(entry)
                        .planned(freeable, owed, seeks)
                        .done(scanned, freed)
                        .replied(asked, reply, control.nrScanned(), bytes, slow);
            }
            scanned += asked;
            freed += reply;
            left -= asked;
            thread.recordScan(work, entry, asked, reply, bytes);
            if (thread.slice.isOverAfterCall()) {
                return iteration
                        .takeOver(entry)
                        .planned(freeable, owed, seeks)
                        .done(scanned, freed)
                        .sliceOver(false);
            }
        }
        long remainder = ScanPlan.remainder(freeable, owed, delta, scanned);
        boolean traced = engine.tracer().isOn();
        long deferredAfter = remainder > 0 || traced ? perNode.addDeferred(entry, remainder) : 0;
        thread.addScanned(scanned);
        if (traced) {
            VisitEvents.ended(engine, thread, entry, perNode, freed, owed, deferredAfter, left);
        }
        if (freed > 0) {
            entry.refaults().recordReclaimed(freed);
            iteration.noteFreed(entry, freed);
        }
        if (scanned > 0) {
            entry.faults().recordGoodVisit();
        } else {
            entry.faults().recordGoodCount();
        }
        thread.release(entry);
        return null;
    }
}
