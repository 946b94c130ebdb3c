package io.reclaimer.cluster;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reply;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.testkit.FakeCountReport;
import io.reclaimer.testkit.FakeReclaimReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A simulated member: the real {@link MemberParts} over a modelled reclaimer with one cache. A part is computed at once; its
 * report comes when the time is over that it would have taken.
 */
final class SimulatedMember implements MemberEnvironment {

    static final int BATCH = 128;

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

    /** The costs of a count or a pass, and of a scan call that frees a batch, from the benchmarks of the engine. */
    private static final long PASS_NANOS = 200_000;

    private static final long BATCH_NANOS = 10_000;

    /** The default. One round at a time needs one slot. */
    private static final int MAX_PARTS = 8;

    final SimulatedClock.Cpu cpu;
    final double slowness;
    private final SimulatedClock clock;
    private final Health health;
    private final Consumer<Reply> replies;
    private final MemberParts parts = new MemberParts(this, name -> 0, MAX_PARTS, new GiveLimit(GiveLimit.UNLIMITED));
    private final long objectsBefore;
    private long objects;
    private boolean isFrozen;

    /**
     * @param slowness the factor by which everything takes longer
     * @param replies sends the replies of the member to the requester
     */
    SimulatedMember(SimulatedClock clock, long objects, double slowness, Health health, Consumer<Reply> replies) {
        this.clock = clock;
        this.cpu = new SimulatedClock.Cpu(clock);
        this.objectsBefore = objects;
        this.objects = objects;
        this.slowness = slowness;
        this.health = health;
        this.replies = replies;
        this.isFrozen = health == Health.FROZEN || health == Health.UNREACHABLE;
    }

    /** The objects freed here, reported or not. */
    long freedObjects() {
        return objectsBefore - objects;
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

    @Override
    public void count(long round, ReclaimRequest request) {
        List<Long> planned = IntStream.rangeClosed(0, Shrinker.LOWEST_PRIORITY)
                .mapToObj(priority -> plannedObjects(priority) / BATCH * BATCH)
                .toList();
        FakeCountReport report = new FakeCountReport(
                CgroupPath.root(),
                RoundOutcome.DONE,
                objects,
                objects,
                planned,
                1,
                Duration.ZERO,
                List.of(),
                0,
                Map.of(),
                0);
        after(PASS_NANOS, () -> parts.counted(round, report, null, clock.now()));
    }

    /** The objects that a pass scans, where seeks is 2 and nothing is deferred. */
    private long plannedObjects(int priority) {
        return Math.min(2 * (objects >> priority), objects);
    }

    /** Frees whole batches at falling priorities, until the target is met or the time is over. */
    @Override
    public void reclaim(long round, int part, ReclaimRequest request) {
        long target = request.objects().orElseThrow();
        long within = request.within().orElseThrow().toNanos();
        long before = objects;
        long nanos = 0;
        for (int priority = request.priority();
                priority >= 0 && before - objects < target && nanos < within;
                priority--) {
            nanos += PASS_NANOS;
            long toScan = plannedObjects(priority);
            while ((toScan >= BATCH || toScan >= objects)
                    && toScan > 0
                    && before - objects < target
                    && nanos < within) {
                long batch = Math.min(BATCH, toScan);
                objects -= batch;
                toScan -= batch;
                nanos += BATCH_NANOS;
            }
        }
        long freed = before - objects;
        RoundOutcome outcome = freed >= target
                ? RoundOutcome.TARGET_REACHED
                : nanos < within ? RoundOutcome.TARGET_MISSED : RoundOutcome.DEADLINE;
        FakeReclaimReport report = new FakeReclaimReport(
                CgroupPath.root(),
                outcome,
                freed,
                freed,
                0,
                freed,
                0,
                0,
                12,
                0,
                Duration.ZERO,
                List.of(),
                freed,
                Map.of());
        after(nanos, () -> parts.reclaimed(round, part, report, null, clock.now()));
    }

    private void after(long nanos, Runnable result) {
        clock.at(clock.now() + (long) (nanos * slowness), () -> cpu.submit(0, result));
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
