package io.reclaimer.cluster;

import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimReport.Outcome;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.Shrinker;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A member's reclaimer, as far as a round over the cluster can tell: visits at falling priorities, whole batches, a stop
 * within a batch of the target, what is owed kept. Done at once; how long it would have taken is in the report.
 */
final class SimulatedEngine {

    /** A pass's own cost, and that of a visit: from the benchmark in the README, a pass with little to visit and one with much. */
    static final long PASS_NANOS = 100_000;

    static final long VISIT_NANOS = 150;

    /** Of a scan call that frees a batch. */
    static final long BATCH_NANOS = 10_000;

    private final SimulatedTenants tenants;
    private final int member;
    private final double slowness;
    private final int[] objects;
    private final long[] owed;
    private int first;
    private long freed;
    private long partFreed;
    private long elapsedNanos;

    SimulatedEngine(SimulatedTenants tenants, int member, double slowness) {
        this.tenants = tenants;
        this.member = member;
        this.slowness = slowness;
        this.objects = tenants.objects(member);
        this.owed = new long[objects.length];
    }

    /** What was freed here, whoever knows of it. */
    long freedObjects() {
        return freed;
    }

    long countNanos() {
        return slow(PASS_NANOS + VISIT_NANOS * tenants.counted(member).visits());
    }

    /** As before the first part: a round counts once. */
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
        return new ReclaimReport(
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

    /** {@code SHORT} where there is neither the target nor the end of the time. */
    private Outcome pass(int priority, long target, long within) {
        elapsedNanos += slow(PASS_NANOS);
        for (int n = 0; n < objects.length; n++) {
            int tenant = (first + n) % objects.length;
            if (objects[tenant] > 0 && visit(tenant, priority, target, within)) {
                // What it did not reach comes first next time.
                first = tenant;
                return partFreed >= target ? Outcome.MET : Outcome.DEADLINE;
            }
        }
        return Outcome.SHORT;
    }

    /** True where the round is to stop. */
    private boolean visit(int tenant, int priority, long target, long within) {
        long freeable = objects[tenant];
        long before = owed[tenant];
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
        owed[tenant] = Math.min(Math.max(left, 0), 2 * freeable);
        return partFreed >= target || elapsedNanos >= within;
    }

    private long slow(long nanos) {
        return (long) (nanos * slowness);
    }
}
