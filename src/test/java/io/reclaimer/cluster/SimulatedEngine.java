package io.reclaimer.cluster;

import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimReport.Outcome;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.testkit.FakeReclaimReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A model of the reclaimer of a member: visits at falling priorities, whole batches, a stop within a batch of the target, and
 * deferred work. A round is computed at once; its report states the time that it would have taken.
 */
final class SimulatedEngine {

    /** The costs of a pass and of a visit, from the benchmarks of a pass with few visits and of one with many. */
    static final long PASS_NANOS = 100_000;

    static final long VISIT_NANOS = 150;

    /** The cost of a scan call that frees a batch. */
    static final long BATCH_NANOS = 10_000;

    private final SimulatedTenants tenants;
    private final int member;
    private final double slowness;
    private final int[] objects;
    private final long[] deferred;
    private int first;
    private long freed;
    private long partFreed;
    private long elapsedNanos;

    SimulatedEngine(SimulatedTenants tenants, int member, double slowness) {
        this.tenants = tenants;
        this.member = member;
        this.slowness = slowness;
        this.objects = tenants.objects(member);
        this.deferred = new long[objects.length];
    }

    /** The objects freed here, reported or not. */
    long freedObjects() {
        return freed;
    }

    long countNanos() {
        return slow(PASS_NANOS + VISIT_NANOS * tenants.counted(member).visits());
    }

    /** The count before the first part: a round counts once. */
    CountReport count() {
        return tenants.counted(member);
    }

    ReclaimReport reclaim(ReclaimRequest request) {
        partFreed = 0;
        elapsedNanos = 0;
        long within = request.within().map(Duration::toNanos).orElse(Long.MAX_VALUE);
        long target = request.objects().orElse(Long.MAX_VALUE);
        int last = request.objects().isEmpty()
                ? request.priority()
                : request.flags().contains(ReclaimFlag.BACKGROUND)
                        ? Shrinker.HIGHEST_PRIORITY + 1
                        : Shrinker.HIGHEST_PRIORITY;
        int priority = request.priority();
        Outcome outcome = pass(priority, target, within);
        while (outcome == Outcome.SHORT && priority > last) {
            priority--;
            outcome = pass(priority, target, within);
        }
        freed += partFreed;
        return new FakeReclaimReport(
                CgroupPath.root(),
                outcome == Outcome.SHORT && request.objects().isEmpty() ? Outcome.DONE : outcome,
                partFreed,
                partFreed * SimulatedTenants.OBJECT_BYTES,
                0,
                partFreed,
                0,
                0,
                request.priority(),
                priority,
                Duration.ofNanos(Math.min(elapsedNanos, within)),
                List.of(),
                partFreed,
                Map.of());
    }

    /** Returns {@code SHORT} where neither the target was met nor the time was over. */
    private Outcome pass(int priority, long target, long within) {
        elapsedNanos += slow(PASS_NANOS);
        for (int n = 0; n < objects.length; n++) {
            int tenant = (first + n) % objects.length;
            if (objects[tenant] > 0 && visit(tenant, priority, target, within)) {
                // The next pass begins where this one ended.
                first = tenant;
                return partFreed >= target ? Outcome.MET : Outcome.DEADLINE;
            }
        }
        return Outcome.SHORT;
    }

    /** Returns whether the round is to stop. */
    private boolean visit(int tenant, int priority, long target, long within) {
        long freeable = objects[tenant];
        long before = deferred[tenant];
        int seeks = SimulatedTenants.seeks(tenant);
        long toScan = SimulatedTenants.scan(freeable, before, priority, seeks);
        long scanned = 0;
        elapsedNanos += slow(VISIT_NANOS);
        while ((toScan >= SimulatedTenants.BATCH || toScan >= freeable)
                && partFreed < target
                && elapsedNanos < within) {
            int portion = (int) Math.min(SimulatedTenants.BATCH, toScan);
            int gone = Math.min(portion, objects[tenant]);
            objects[tenant] -= gone;
            partFreed += gone;
            toScan -= portion;
            scanned += portion;
            elapsedNanos += slow(BATCH_NANOS);
        }
        long left = before + SimulatedTenants.delta(freeable, priority, seeks) - scanned;
        deferred[tenant] = Math.min(Math.max(left, 0), 2 * freeable);
        return partFreed >= target || elapsedNanos >= within;
    }

    private long slow(long nanos) {
        return (long) (nanos * slowness);
    }
}
