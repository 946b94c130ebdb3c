package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A shrinker that declares that it may block is called on threads where that holds up no other one. */
class BlockingShrinkerTest {

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create()
            .with(
                    "reclaimer { call-deadline = 1h, blocking { calls = 4, calls-per-shrinker = 2, threads = platform } }");

    private final ShrinkerSpec spec =
            ShrinkerSpec.named("disk").byCgroup().byNode().blocking().batch(10);

    private final Gate gate = new Gate();

    @Test
    void isCalledOnThreadsOfItsOwn() {
        Queue<String> threads = new ConcurrentLinkedQueue<>();
        Cgroup a = kit.online("/a");
        ShrinkerHandle handle = kit.register(
                spec,
                new Scripted(
                        control -> {
                            threads.add(Thread.currentThread().getName());
                            return 10;
                        },
                        control -> {
                            threads.add(Thread.currentThread().getName());
                            return 10;
                        }));
        handle.setBit(a, 0);
        kit.settle();
        kit.pass("/a", 0, 0);
        assertThat(threads).hasSizeGreaterThanOrEqualTo(2).allMatch(name -> name.startsWith("reclaimer-blocking-"));
        assertThat(shrinker("disk").kind()).isEqualTo(ReclaimerState.Kind.BLOCKING);
    }

    @Test
    void pairStaysResponsiveWhileItWaits() {
        Cgroup a = kit.online("/a");
        CompletionStage<ReclaimReport> round = standStill(a);
        assertThat(kit.state("/a", 0).bits()).hasSize(1);
        Cache other = Cache.register(kit, "other");
        other.put(a, 0, 10);
        assertThat(kit.state("/a", 0).bits()).hasSize(2);
        gate.open();
        // Its bit was set at a place that the iteration had not reached yet.
        assertThat(kit.await(round).freedObjects()).isEqualTo(20 + 10);
    }

    @Test
    void otherCgroupsAndItsOwnParentAreVisitedWhileItWaits() {
        Cgroup a = kit.online("/a");
        Cgroup b = kit.online("/b");
        CompletionStage<ReclaimReport> round = standStill(a);
        Cache other = Cache.register(kit, "other");
        other.put(b, 0, 10);
        kit.settle();
        assertThat(kit.pass("/b", 0, 0).freedObjects()).isEqualTo(10);
        gate.open();
        kit.await(round);
    }

    @Test
    void shrinkerTakesNoMorePlacesThanItsOwnAndOthersGoOn() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Gate two = new Gate();
        ShrinkerHandle slow = kit.register(
                spec,
                new Scripted(
                        control -> {
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            if (inside.get() == 2) {
                                two.open();
                            }
                            gate.pass();
                            inside.decrementAndGet();
                            return 0;
                        },
                        ShrinkControl::nrToScan));
        ShrinkerHandle other =
                kit.register(ShrinkerSpec.named("other").byCgroup().blocking(), Scripted.endless(100));
        for (int i = 0; i < 6; i++) {
            slow.setBit(kit.online("/s" + i), 0);
        }
        other.setBit(kit.online("/o"), 0);
        kit.settle();
        CompletionStage<ReclaimReport> round = kit.reclaimer().reclaim(ReclaimRequest.everywhere());
        two.pass();
        assertThat(kit.pass("/o", 0, 0).freedObjects()).isEqualTo(128);
        gate.open();
        kit.await(round);
        assertThat(most).hasValue(2);
    }

    @Test
    void shrinkerIsCalledForOnePairOnlyOnceAtATime() {
        assertThat(mostCallsOfTwoRounds(spec)).isOne();
    }

    @Test
    void reentrantShrinkerIsCalledForOnePairAsOftenAsRoundsAsk() {
        assertThat(mostCallsOfTwoRounds(spec.reentrant())).isEqualTo(2);
    }

    private int mostCallsOfTwoRounds(ShrinkerSpec which) {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Gate both = new Gate();
        Cgroup a = kit.online("/a");
        ShrinkerHandle handle = kit.register(
                which,
                new Scripted(
                        control -> {
                            int now = inside.incrementAndGet();
                            most.accumulateAndGet(now, Math::max);
                            if (now == 2) {
                                both.open();
                            }
                            gate.pass();
                            inside.decrementAndGet();
                            return 0;
                        },
                        ShrinkControl::nrToScan));
        handle.setBit(a, 0);
        kit.settle();
        CompletionStage<ReclaimReport> first = kit.reclaimer().reclaim(ReclaimRequest.in("/a"));
        CompletionStage<ReclaimReport> second = kit.reclaimer().reclaim(ReclaimRequest.in("/a"));
        gate.awaitEntered();
        if (which.equals(spec)) {
            // Both passes have begun in the pair; the second one waits for the end of the first call.
            kit.settle();
        } else {
            both.pass();
        }
        gate.open();
        kit.await(first);
        kit.await(second);
        return most.get();
    }

    @Test
    void freeWaitsUntilTheLastCallHasReturned() {
        Cgroup a = kit.online("/a");
        CompletionStage<ReclaimReport> round = standStill(a);
        CompletableFuture<Done> freed = handle.free().toCompletableFuture();
        kit.await(kit.reclaimer().online("/b"));
        assertThat(freed).isNotDone();
        gate.open();
        kit.await(freed);
        kit.await(round);
    }

    @Test
    void cancellationReachesACallNotYetMade() {
        AtomicInteger calls = new AtomicInteger();
        ShrinkerHandle slow = kit.register(
                spec,
                new Scripted(
                        control -> {
                            calls.incrementAndGet();
                            gate.pass();
                            return 0;
                        },
                        ShrinkControl::nrToScan));
        for (int i = 0; i < 5; i++) {
            slow.setBit(kit.online("/s" + i), 0);
        }
        kit.settle();
        Cancellation cancellation = new Cancellation();
        CompletionStage<ReclaimReport> round =
                kit.reclaimer().reclaim(ReclaimRequest.everywhere().cancelledBy(cancellation));
        gate.awaitEntered();
        cancellation.cancel();
        assertThat(kit.await(round).outcome()).isEqualTo(ReclaimReport.Outcome.CANCELLED);
        gate.open();
        kit.await(slow.free());
        // At most as many calls as may run; the others were waiting.
        assertThat(calls.get()).isLessThanOrEqualTo(3);
        assertThat(kit.state().shrinkers()).isEmpty();
    }

    @Test
    void scanSeesThatItsRoundIsOver() {
        Cancellation cancellation = new Cancellation();
        Queue<Boolean> seen = new ConcurrentLinkedQueue<>();
        Cgroup a = kit.online("/a");
        ShrinkerHandle slow = kit.register(spec, new Scripted(control -> 10, control -> {
            seen.add(control.isCancelled());
            cancellation.cancel();
            gate.pass();
            seen.add(control.isCancelled());
            return 1;
        }));
        slow.setBit(a, 0);
        kit.settle();
        kit.reclaim(ReclaimRequest.in("/a").startingAt(0).cancelledBy(cancellation));
        gate.open();
        kit.await(slow.free());
        assertThat(seen).containsExactly(false, true);
    }

    @Test
    void waitsInStrictOrderAndHoldsUpNobodyInRelaxedOrder() {
        assertThat(orderOfEnds("strict")).containsExactly("disk", "quick");
        assertThat(orderOfEnds("relaxed")).containsExactly("quick", "disk");
    }

    private List<String> orderOfEnds(String order) {
        try (ReclaimerTestSystem own =
                ReclaimerTestSystem.start("reclaimer { call-deadline = 1h, visit-order = " + order + " }")) {
            Gate quickDone = new Gate();
            Cgroup a = own.online("/a");
            ShrinkerHandle disk = own.register(spec, new Scripted(control -> 10, control -> {
                if (order.equals("relaxed")) {
                    quickDone.pass();
                }
                return 10;
            }));
            ShrinkerHandle quick =
                    own.register(ShrinkerSpec.named("quick").byCgroup(), new Scripted(control -> 10, control -> {
                        quickDone.open();
                        return 10;
                    }));
            disk.setBit(a, 0);
            quick.setBit(a, 0);
            own.settle();
            own.takeTrace();
            assertThat(own.pass("/a", 0, 0).freedObjects()).isEqualTo(20 + 10);
            return own.takeTrace().stream()
                    .filter(TraceEvent.End.class::isInstance)
                    .map(TraceEvent::shrinker)
                    .toList();
        }
    }

    @Test
    void offlineWaitsForTheCallAndThenMovesTheObjects() {
        Cgroup a = kit.online("/a");
        Cache cache = Cache.register(
                kit, ShrinkerSpec.named("cache").byCgroup().byNode().blocking());
        cache.put(a, 0, 10);
        CompletionStage<ReclaimReport> round = standStill(a);
        CompletableFuture<Done> offline = kit.reclaimer().offline("/a").toCompletableFuture();
        assertThat(kit.state().cgroups()).hasSize(1);
        assertThat(offline).isNotDone();
        gate.open();
        kit.await(offline);
        kit.await(round);
        assertThat(cache.table().objects(CgroupPath.root(), 0) + cache.table().objects())
                .isIn(0L, 20L);
    }

    /** Also of a reentrant shrinker: the deferred count that its visit leaves has to be there when it is moved. */
    @Test
    void objectsDoNotMoveBeforeTheVisitsUnderWayHaveEnded() {
        AtomicBoolean visiting = new AtomicBoolean();
        AtomicBoolean movedMeanwhile = new AtomicBoolean();
        Cgroup a = kit.online("/a");
        ShrinkerHandle reentrant = kit.register(spec.reentrant(), new Shrinker() {
            @Override
            public long count(ShrinkControl control) {
                return 100;
            }

            @Override
            public long scan(ShrinkControl control) {
                visiting.set(true);
                gate.pass();
                visiting.set(false);
                return STOP;
            }

            @Override
            public long reparent(CgroupPath offline, CgroupPath parent, int node) {
                movedMeanwhile.set(visiting.get());
                return 1;
            }
        });
        reentrant.setBit(a, 0);
        kit.settle();
        CompletionStage<ReclaimReport> round =
                kit.reclaimer().reclaim(ReclaimRequest.in("/a").startingAt(0));
        gate.awaitEntered();
        CompletionStage<Done> offline = kit.reclaimer().offline("/a");
        // The pair has been told by now. A wrong implementation would have asked for the move.
        kit.settle();
        kit.settle();
        gate.open();
        kit.await(offline);
        kit.await(round);
        assertThat(movedMeanwhile).isFalse();
        assertThat(kit.state("/", 0).deferred()).containsEntry(reentrant.id(), 200L);
    }

    @Test
    void deadlineOfTheRoundIsKeptWhileACallWaits() {
        Cgroup a = kit.online("/a");
        ShrinkerHandle slow = kit.register(spec, new Scripted(control -> 10, control -> {
            gate.pass();
            return 10;
        }));
        slow.setBit(a, 0);
        kit.settle();
        ReclaimReport report = kit.reclaim(ReclaimRequest.in("/a").startingAt(0).within(Duration.ofMillis(50)));
        assertThat(report.outcome()).isEqualTo(ReclaimReport.Outcome.DEADLINE);
        gate.open();
        kit.await(slow.free());
    }

    private ShrinkerHandle handle;

    /**
     * Starts a round, and waits until its only blocking shrinker stands still in its first scan. The shrinker counts 10
     * objects, and is scanned twice for 10.
     */
    private CompletionStage<ReclaimReport> standStill(Cgroup cgroup) {
        handle = kit.register(spec, new Scripted(control -> 10, control -> {
            gate.pass();
            return 10;
        }));
        handle.setBit(cgroup, 0);
        kit.settle();
        CompletionStage<ReclaimReport> round =
                kit.reclaimer().reclaim(ReclaimRequest.in(cgroup.path()).startingAt(0));
        gate.awaitEntered();
        return round;
    }

    private ReclaimerState.ShrinkerState shrinker(String name) {
        return kit.state().shrinkers().stream()
                .filter(shrinker -> shrinker.spec().name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
