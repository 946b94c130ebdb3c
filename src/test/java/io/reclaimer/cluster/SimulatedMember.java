package io.reclaimer.cluster;

import io.reclaimer.ReclaimReport.Outcome;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reply;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.testkit.FakeReclaimReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A simulated member: the real {@link MemberParts} over a modelled reclaimer. The model has visits at falling priorities,
 * whole batches, a stop within a batch of the target, and deferred work. A part is computed at once; its report comes when
 * the time is over that it would have taken.
 */
final class SimulatedMember implements MemberEnvironment {

    /** The health of a member. */
    enum Health {
        WELL,
        /** Never answers, and nobody knows. */
        FROZEN,
        /** Offers, and never answers from the moment when it gets a part. */
        FREEZES_WITH_ITS_PART,
        /** Never answers, and the member of the requester knows. */
        UNREACHABLE
    }

    /** The costs of a pass and of a visit, from the benchmarks of a pass with few visits and of one with many. */
    private static final long PASS_NANOS = 100_000;

    private static final long VISIT_NANOS = 150;

    /** The cost of a scan call that frees a batch. */
    private static final long BATCH_NANOS = 10_000;

    /** The default. One round at a time needs one slot. */
    private static final int MAX_PARTS = 8;

    final SimulatedClock.Cpu cpu;
    final double slowness;
    private final SimulatedClock clock;
    private final SimulatedTenants tenants;
    private final int number;
    private final Health health;
    private final Consumer<Reply> replies;
    private final MemberParts parts =
            new MemberParts(this, name -> 0, MAX_PARTS, new GiveBudget(GiveBudget.UNLIMITED));
    private final int[] objects;
    private final long[] deferred;
    private boolean isFrozen;
    private int first;
    private long freed;
    private long partFreed;
    private long partNanos;

    /**
     * @param slowness the factor by which everything takes longer
     * @param replies sends the replies of the member to the requester
     */
    SimulatedMember(
            SimulatedClock clock,
            SimulatedTenants tenants,
            int number,
            double slowness,
            Health health,
            Consumer<Reply> replies) {
        this.clock = clock;
        this.cpu = new SimulatedClock.Cpu(clock);
        this.tenants = tenants;
        this.number = number;
        this.slowness = slowness;
        this.health = health;
        this.replies = replies;
        this.objects = tenants.objects(number);
        this.deferred = new long[objects.length];
        this.isFrozen = health == Health.FROZEN || health == Health.UNREACHABLE;
    }

    /** The objects freed here, reported or not. */
    long freedObjects() {
        return freed;
    }

    /** Receives a request that has arrived, which costs the thread of the member that time. */
    void receive(ClusterMessage message, long costNanos) {
        isFrozen |= message instanceof Reclaim && health == Health.FREEZES_WITH_ITS_PART;
        if (!isFrozen) {
            cpu.submit(costNanos, () -> handle(message));
        }
    }

    private void handle(ClusterMessage message) {
        if (message instanceof Count count) {
            parts.count(replies, Messages.REQUESTER, count, clock.now());
        } else if (message instanceof Reclaim reclaim) {
            parts.reclaim(replies, reclaim, clock.now());
        } else if (message instanceof Cancel cancel) {
            parts.cancel(cancel);
        }
    }

    /** A round counts once, before its first part. */
    @Override
    public void count(long round, ReclaimRequest request) {
        long countNanos = slow(PASS_NANOS + VISIT_NANOS * tenants.counted(number).visits());
        clock.at(
                clock.now() + countNanos,
                () -> cpu.submit(0, () -> parts.counted(round, tenants.counted(number), null, clock.now())));
    }

    @Override
    public void reclaim(long round, int part, ReclaimRequest request) {
        partFreed = 0;
        partNanos = 0;
        long within = request.within().map(Duration::toNanos).orElse(Long.MAX_VALUE);
        int priority = request.priority();
        Outcome outcome = pass(priority, request.objects().orElseThrow(), within);
        while (outcome == Outcome.SHORT && priority > Shrinker.HIGHEST_PRIORITY) {
            priority--;
            outcome = pass(priority, request.objects().orElseThrow(), within);
        }
        freed += partFreed;
        FakeReclaimReport report = new FakeReclaimReport(
                CgroupPath.root(),
                outcome,
                partFreed,
                partFreed * SimulatedTenants.OBJECT_BYTES,
                0,
                partFreed,
                0,
                0,
                request.priority(),
                priority,
                Duration.ofNanos(Math.min(partNanos, within)),
                List.of(),
                partFreed,
                Map.of());
        clock.at(
                clock.now() + report.elapsed().toNanos(),
                () -> cpu.submit(0, () -> parts.reclaimed(round, part, report, null, clock.now())));
    }

    /** Returns {@code SHORT} where neither the target was met nor the time was over. */
    private Outcome pass(int priority, long target, long within) {
        partNanos += slow(PASS_NANOS);
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

    /** Returns whether the part is to stop. */
    private boolean visit(int tenant, int priority, long target, long within) {
        long freeable = objects[tenant];
        long before = deferred[tenant];
        int seeks = SimulatedTenants.seeks(tenant);
        long toScan = SimulatedTenants.scan(freeable, before, priority, seeks);
        long scanned = 0;
        partNanos += slow(VISIT_NANOS);
        while ((toScan >= SimulatedTenants.BATCH || toScan >= freeable) && partFreed < target && partNanos < within) {
            int portion = (int) Math.min(SimulatedTenants.BATCH, toScan);
            int gone = Math.min(portion, objects[tenant]);
            objects[tenant] -= gone;
            partFreed += gone;
            toScan -= portion;
            scanned += portion;
            partNanos += slow(BATCH_NANOS);
        }
        long next = before + SimulatedTenants.delta(freeable, priority, seeks) - scanned;
        deferred[tenant] = Math.min(Math.max(next, 0), 2 * freeable);
        return partFreed >= target || partNanos >= within;
    }

    private long slow(long nanos) {
        return (long) (nanos * slowness);
    }

    @Override
    public Heap heap() {
        return Heap.UNWATCHED;
    }

    @Override
    public long nonce() {
        return Messages.NONCE;
    }
}
