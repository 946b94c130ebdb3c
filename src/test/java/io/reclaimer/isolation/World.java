package io.reclaimer.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.setup.Setup;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.cluster.ClusterReclaimer;
import io.reclaimer.cluster.ClusterReport;
import io.reclaimer.pressure.HeapSetup;
import io.reclaimer.pressure.ManualHeap;
import io.reclaimer.pressure.Pressure;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Two members of a cluster in this JVM, each with a reclaimer and {@link #HEALTHY} healthy cgroups. The first one also
 * has {@link #TROUBLED}, the troubled cgroup, and a simulated heap.
 */
final class World implements AutoCloseable {

    /** The number of healthy cgroups of each member. */
    static final int HEALTHY = 4;

    /** The number of objects that the cache of a healthy cgroup is given at a time. */
    static final int OBJECTS = 100;

    /** The number of objects that all healthy cgroups of a member are given together. */
    static final int ALL_OBJECTS = HEALTHY * OBJECTS;

    static final String TROUBLED_TOP = "/troubled";
    static final String TROUBLED = TROUBLED_TOP + "/a";

    /** Far longer than any trouble lasts: an operation that waits for this long waits for the trouble to end. */
    static final Duration LONG = Duration.ofMinutes(10);

    static final long HEAP_LIMIT_BYTES = 1_000_000;

    /** Long for an answer, and short compared with {@link #LONG}. */
    private static final long PATIENCE_SECONDS = 20;

    private static final String CONFIG = """
            reclaimer.offline-timeout = 10m
            akka.actor.provider = cluster
            akka.remote.artery.canonical.hostname = "127.0.0.1"
            akka.remote.artery.canonical.port = 0
            akka.cluster.jmx.enabled = off
            akka.cluster.gossip-interval = 100 ms
            akka.cluster.leader-actions-interval = 100 ms
            akka.cluster.periodic-tasks-initial-delay = 100 ms
            akka.cluster.downing-provider-class = "akka.cluster.sbr.SplitBrainResolverProvider"
            akka.cluster.typed.receptionist.distributed-data.gossip-interval = 100 ms
            akka.cluster.typed.receptionist.distributed-data.notify-subscribers-interval = 100 ms
            """;

    /** A member, with healthy cgroups. */
    static final class Side {
        final ReclaimerTestSystem kit;
        final Cache pages;
        final List<Cgroup> cgroups;
        final ClusterReclaimer cluster;

        Side(ReclaimerTestSystem kit) {
            this.kit = kit;
            this.pages = Cache.register(
                    kit,
                    ShrinkerSpec.named("pages").byCgroup().byNode().batch(1).objectBytes(1024));
            this.cgroups = IntStream.range(0, HEALTHY)
                    .mapToObj(i -> kit.online("/healthy-" + i))
                    .toList();
            this.cluster = ClusterReclaimer.get(kit.system());
        }

        void fill() {
            cgroups.forEach(cgroup -> pages.put(cgroup, 0, OBJECTS));
            kit.settle();
        }

        /** Frees the remaining objects of the healthy cgroups. */
        void drain() {
            cgroups.forEach(
                    cgroup -> kit.reclaim(ReclaimRequest.in(cgroup.path()).startingAt(0)));
            if (pages.table().objects() > 0) {
                throw new AssertionError(
                        "Left in the healthy cgroups: " + pages.table().objects());
            }
        }
    }

    final Side side;
    final Side other;
    final ManualHeap heap;
    private final AtomicInteger looksAtHeap = new AtomicInteger();

    /** The pressure on the first member; it begins to watch the heap now. */
    final Pressure pressure;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<Runnable> onEnd = new ArrayList<>();
    private long lastNanos;

    World(String settings) {
        this.heap = new ManualHeap(
                HEAP_LIMIT_BYTES, this::usedBytes, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        Setup heapSetup = new HeapSetup(heap, round -> {});
        this.side = new Side(ReclaimerTestSystem.start(settings + "\n" + CONFIG, heapSetup));
        this.other = new Side(ReclaimerTestSystem.start(CONFIG));
        this.pressure = Pressure.get(side.kit.system());
        Cluster first = Cluster.get(side.kit.system());
        first.manager().tell(Join.create(first.selfMember().address()));
        Cluster.get(other.kit.system())
                .manager()
                .tell(Join.create(first.selfMember().address()));
        awaitBoth(side);
        awaitBoth(other);
        side.kit.expectError("");
        side.kit.expectActor("$*");
    }

    private long usedBytes() {
        looksAtHeap.incrementAndGet();
        return HEAP_LIMIT_BYTES;
    }

    /** Waits until the heap was read by a look that began after this call. A look reads the used bytes twice. */
    void awaitLookAtHeap() {
        int before = looksAtHeap.get();
        Threads.until(() -> looksAtHeap.get() >= before + 4);
    }

    private static void awaitBoth(Side from) {
        ReclaimRequest request = ReclaimRequest.in("/nowhere");
        Threads.until(() -> {
            List<ClusterReport.Member> members =
                    from.kit.await(from.cluster.reclaim(request)).members();
            return members.size() == 2
                    && members.stream().allMatch(member -> member.outcome() == ClusterReport.MemberOutcome.DONE);
        });
    }

    Reclaimer reclaimer() {
        return side.kit.reclaimer();
    }

    /** Brings the troubled cgroup online, and sets the bit of the shrinker there. */
    Cgroup troubled(ShrinkerHandle shrinker) {
        return troubled(TROUBLED, shrinker);
    }

    Cgroup troubled(String path, ShrinkerHandle shrinker) {
        Cgroup cgroup = side.kit.await(reclaimer().onlineWithParents(path));
        shrinker.setBit(cgroup, 0);
        return cgroup;
    }

    /** Starts a round on the troubled cgroups only, which calls the troubled shrinkers. */
    CompletableFuture<ReclaimReport> startRoundOnTroubled() {
        side.kit.settle();
        return reclaimer()
                .reclaim(ReclaimRequest.in(TROUBLED_TOP).startingAt(0).within(LONG))
                .toCompletableFuture();
    }

    /** Blocks a call of a troubled shrinker until the trouble ends. */
    void standStill() {
        standStill(Duration.ofHours(1));
    }

    /**
     * Blocks for so long, or until the trouble ends.
     *
     * @return whether the trouble has ended
     */
    boolean standStill(Duration most) {
        try {
            return ended.await(most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Runs a task when the trouble ends. */
    void onEnd(Runnable task) {
        onEnd.add(task);
    }

    void endTrouble() {
        ended.countDown();
        onEnd.forEach(Runnable::run);
        onEnd.clear();
    }

    /** Takes a cgroup offline that has objects of the healthy cache. */
    CompletionStage<Done> offlineOfAnother() {
        side.kit.online("/estate");
        Cgroup leaving = side.kit.online("/estate/leaving");
        side.pages.put(leaving, 0, OBJECTS);
        side.kit.settle();
        return reclaimer().offline(leaving.path());
    }

    /** Returns the number of objects that the parent has got from it. */
    long moved() {
        ReclaimReport report = side.kit.reclaim(
                ReclaimRequest.in("/estate").withoutDescendants().startingAt(0));
        assertThat(report.freedObjects()).isEqualTo(OBJECTS);
        return report.freedObjects();
    }

    /** Makes a request, waits for the answer, and measures how long that took. */
    <T> T timed(Supplier<CompletionStage<T>> ask) {
        long start = System.nanoTime();
        T answer = answerOf(ask.get());
        lastNanos = System.nanoTime() - start;
        return answer;
    }

    /** Returns the answer, which has to come soon. */
    <T> T answerOf(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("No answer within " + PATIENCE_SECONDS + " s, while the trouble lasts", e);
        } catch (ExecutionException e) {
            throw new AssertionError("Refused, while the trouble lasts: " + e.getCause(), e);
        } catch (InterruptedException e) {
            throw new AssertionError("Interrupted while waiting for an answer", e);
        }
    }

    /** Returns the duration of the last request, in nanoseconds. */
    long lastNanos() {
        return lastNanos;
    }

    void checkNothingLeft() {
        side.kit.check();
        other.kit.check();
    }

    @Override
    public void close() {
        endTrouble();
        List.of(side, other).parallelStream().forEach(one -> one.kit.stop());
    }
}
