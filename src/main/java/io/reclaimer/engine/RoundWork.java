package io.reclaimer.engine;

import io.reclaimer.shrinker.ReclaimFlag;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What all walks of one round share: when to stop, and the tally. Any thread.
 *
 * <p>The target is checked between scan calls: each thread that is inside one when the target is met finishes that
 * call, so a round goes beyond its target by less than a batch a thread.
 */
final class RoundWork {

    private final long target;
    private final Set<ReclaimFlag> flags;
    private final FreedTable details = new FreedTable();

    private final AtomicLong freed = new AtomicLong();
    private final AtomicLong freedBytes = new AtomicLong();
    private final LongAdder scanned = new LongAdder();
    private final LongAdder visits = new LongAdder();

    /** Set once: by the walk that meets the target, or by the round when it is over. */
    private volatile boolean stopped;

    RoundWork(long target, Set<ReclaimFlag> flags) {
        this.target = target;
        this.flags = flags;
    }

    boolean hasTarget() {
        return target != RoundSpec.NO_TARGET;
    }

    Set<ReclaimFlag> flags() {
        return flags;
    }

    /** Whether walks are to end where they are. */
    boolean isStopped() {
        return stopped;
    }

    void stop() {
        stopped = true;
    }

    boolean isMet() {
        return freed.get() >= target;
    }

    void addFreed(long objects, long objectBytes) {
        if (objects == 0) {
            return;
        }
        freedBytes.accumulateAndGet(Saturating.multiply(objects, objectBytes), Saturating::add);
        if (freed.accumulateAndGet(objects, Saturating::add) >= target) {
            stopped = true;
        }
    }

    void addScanned(long objects) {
        scanned.add(objects);
    }

    void addVisit() {
        visits.increment();
    }

    void addDetail(Pair pair, ShrinkerEntry entry, long objects) {
        details.add(pair.cgroup(), entry, objects);
    }

    long freedObjects() {
        return freed.get();
    }

    long freedBytes() {
        return freedBytes.get();
    }

    long scannedObjects() {
        return scanned.sum();
    }

    long visits() {
        return visits.sum();
    }

    List<RoundResult.Freed> largest(int entries) {
        return details.largest(entries);
    }
}
