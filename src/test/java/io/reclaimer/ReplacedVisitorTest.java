package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.AsyncScripted;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Shrinkers that share a cgroup with a slow, overdue or stuck one. */
class ReplacedVisitorTest {

    private static final int OBJECTS = 100;

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create().with("""
        reclaimer.call-deadline = 10m
        reclaimer.visit-dispatcher.fork-join-executor { parallelism-min = 2, parallelism-max = 2 }
        """);

    private final ShrinkerSpec spec = ShrinkerSpec.named("slow").byCgroup();

    /**
     * While others acknowledge all the time, no pass waits without progress, so the slow visitor does not become late.
     */
    @Test
    void whatASlowShrinkerKeptItsVisitorFromIsVisitedInTheSamePass() {
        Cgroup a = KIT.online("/a");
        KIT.register(spec, Scripted.endless(0)).setBit(a, 0);
        ShrinkerHandle slow = KIT.register(spec, new Scripted(control -> slowOnce(), control -> Shrinker.STOP));
        slow.setBit(a, 0);
        Cache next = Cache.register(KIT, "next");
        next.put(a, 0, OBJECTS);
        Scripted steady = new Scripted(
                control -> {
                    pause(Duration.ofMillis(8));
                    return 0;
                },
                control -> Shrinker.STOP);
        List<String> cgroups = IntStream.range(0, 60).mapToObj(i -> "/b" + i).toList();
        Bits.setIn(KIT, cgroups, KIT.register(ShrinkerSpec.named("steady").byCgroup(), steady));
        ReclaimReport report = KIT.reclaim(ReclaimRequest.everywhere().startingAt(0));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.DONE);
        assertThat(next.table().objects()).isZero();
        assertThat(report.freedObjects()).isEqualTo(OBJECTS);
    }

    private final AtomicBoolean markSlow = new AtomicBoolean();

    /**
     * Keeps its thread until the thread has been replaced, and most likely its visitor too. Only the first call does.
     */
    private long slowOnce() {
        if (markSlow.compareAndSet(false, true)) {
            List<String> before = visitThreads();
            Threads.until(() -> !before.containsAll(visitThreads()));
            pause(Duration.ofMillis(20));
        }
        return 0;
    }

    private static List<String> visitThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("reclaimer.visit"))
                .toList();
    }

    /** In a round with a target, which begins where the last one stopped, and then goes on from the beginning. */
    @Test
    void thoseBeforeThePlaceWhereTheRoundBeganHaveTheirTurnBehindASlowOne() {
        Cgroup a = KIT.online("/a");
        Cache first = Cache.register(KIT, ShrinkerSpec.named("first").byCgroup().batch(1));
        first.put(a, 0, OBJECTS);
        Gate gate = new Gate();
        KIT.register(spec, Scripted.stuckInCount(0, gate)).setBit(a, 0);
        Cache last = Cache.register(KIT, ShrinkerSpec.named("last").byCgroup().batch(1));
        last.put(a, 0, OBJECTS);
        KIT.settle();
        assertThat(KIT.reclaim(in(1)).freedObjects()).isOne();
        CompletionStage<ReclaimReport> round = KIT.reclaimer().reclaim(in(1_000).within(Duration.ofMinutes(10)));
        gate.awaitEntered();
        Threads.until(() -> last.table().objects() == 0 && first.table().objects() == 0);
        gate.open();
        assertThat(KIT.await(round).freedObjects()).isEqualTo(2 * OBJECTS - 1);
    }

    private static ReclaimRequest in(long objects) {
        return ReclaimRequest.in("/a").startingAt(0).objects(objects);
    }

    @Test
    void freeOfTheShrinkerBeforeDoesNotWaitForACallThatBlocks() {
        Gate gate = new Gate();
        Cgroup a = KIT.online("/a");
        AtomicReference<ShrinkerHandle> before = new AtomicReference<>();
        CompletableFuture<Done> freed = new CompletableFuture<>();
        before.set(KIT.register(
                spec,
                new Scripted(
                        control -> {
                            before.get().free().whenComplete((done, why) -> freed.complete(done));
                            // The guard counts its holds before it is released.
                            pause(Duration.ofMillis(20));
                            return 0;
                        },
                        control -> Shrinker.STOP)));
        before.get().setBit(a, 0);
        AsyncScripted blocks = new AsyncScripted(
                control -> {
                    gate.pass();
                    return CompletableFuture.completedStage(0L);
                },
                control -> CompletableFuture.completedStage(Shrinker.STOP));
        Bits.setIn(KIT, "/a", KIT.register(spec, blocks));
        CompletionStage<ReclaimReport> round = KIT.reclaimer().reclaim(in(1));
        gate.awaitEntered();
        KIT.await(freed);
        gate.open();
        KIT.await(round);
    }

    /** Objects that were moved after the deadline are found, although a visit has found none in the meantime. */
    @Test
    void objectsThatAreMovedAfterTheDeadlineSetTheBitAgain() {
        KIT.expectError("");
        CompletableFuture<Long> moved = new CompletableFuture<>();
        ShrinkerHandle handle =
                KIT.register(spec.callDeadline(Duration.ofMillis(200)), AsyncScripted.empty(offline -> moved));
        Bits.setIn(KIT, "/a/b", handle);
        KIT.offline("/a/b");
        assertThat(KIT.state("/a", 0).bits()).containsExactly(handle.id());
        KIT.pass("/a", 0, 0);
        assertThat(KIT.state("/a", 0).bits()).isEmpty();
        moved.complete(10L);
        assertThat(KIT.state("/a", 0).bits()).containsExactly(handle.id());
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }
}
