package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerKind;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Held;
import io.reclaimer.testkit.HeldVisit;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A shrinker that declares that it may block is called on threads where that holds up no other one. */
class BlockingShrinkerTest {

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create()
            .with("reclaimer { call-deadline = 1h, blocking { calls = 4, calls-per-shrinker = 2, threads = platform"
                    + " } }");

    private final ShrinkerSpec spec =
            ShrinkerSpec.named("disk").byCgroup().byNode().blocking().batch(10);

    private static final int PLACES = 4;

    private final Gate gate = new Gate();
    private final Gate twoAreInside = new Gate();
    private final AtomicInteger most = new AtomicInteger();

    @Test
    void isCalledOnThreadsOfItsOwn() {
        Queue<String> threads = new ConcurrentLinkedQueue<>();
        ToLongFunction<ShrinkControl> noteThread = control -> {
            threads.add(Thread.currentThread().getName());
            return 10;
        };
        Bits.setIn(KIT, "/a", KIT.register(spec, new Scripted(noteThread, noteThread)));
        KIT.pass("/a", 0, 0);
        assertThat(threads).hasSizeGreaterThanOrEqualTo(2).allMatch(name -> name.startsWith("reclaimer-blocking-"));
        assertThat(shrinker("disk").kind()).isEqualTo(ShrinkerKind.BLOCKING);
    }

    @Test
    void pairStaysResponsiveWhileItWaits() {
        Cgroup a = KIT.online("/a");
        HeldVisit visit = standStill("/a");
        assertThat(KIT.state("/a", 0).bits()).hasSize(1);
        Cache other = Cache.register(KIT, "other");
        other.put(a, 0, 10);
        assertThat(KIT.state("/a", 0).bits()).hasSize(2);
        // Its bit was set ahead of the walk.
        assertThat(visit.end().freedObjects()).isEqualTo(20 + 10);
    }

    @Test
    void otherCgroupsAndItsOwnParentAreVisitedWhileItWaits() {
        HeldVisit visit = standStill("/a");
        Cache.registerIn(KIT, "/b", ShrinkerSpec.named("other").byCgroup().byNode(), 10);
        assertThat(KIT.pass("/b", 0, 0).freedObjects()).isEqualTo(10);
        visit.end();
    }

    @Test
    void shrinkerTakesNoMorePlacesThanItsOwnAndOthersGoOn() {
        Bits.setIn(KIT, List.of("/s0", "/s1", "/s2", "/s3", "/s4", "/s5"), KIT.register(spec, counting()));
        Bits.setIn(
                KIT, "/o", KIT.register(ShrinkerSpec.named("other").byCgroup().blocking(), Scripted.endless(100)));
        CompletionStage<ReclaimReport> round = KIT.reclaimer().reclaim(ReclaimRequest.everywhere());
        twoAreInside.pass();
        assertThat(KIT.pass("/o", 0, 0).freedObjects()).isEqualTo(128);
        gate.open();
        KIT.await(round);
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

    /** A slow call within its deadline gives its place to the call of another shrinker. */
    @Test
    void slowCallsThatHaveAllPlacesHoldUpNoOtherBlockingShrinker() {
        List<CompletionStage<ReclaimReport>> slow = new ArrayList<>();
        List<Gate> entered = new ArrayList<>();
        for (int i = 0; i < PLACES; i++) {
            Gate own = new Gate();
            entered.add(own);
            ShrinkerSpec spec =
                    ShrinkerSpec.named("slow" + i).byCgroup().blocking().callDeadline(Duration.ofHours(1));
            Cgroup cgroup = KIT.online("/slow" + i);
            KIT.register(spec, new Held(Held.Place.COUNT, cgroup.path(), own)).setBit(cgroup, 0);
            slow.add(KIT.reclaimer()
                    .reclaim(ReclaimRequest.in(cgroup.path()).startingAt(0).within(Duration.ofHours(1))));
        }
        entered.forEach(Gate::awaitEntered);
        for (int i = 0; i < 2 * PLACES; i++) {
            Cgroup cgroup = KIT.online("/quick" + i);
            ShrinkerSpec quick = ShrinkerSpec.named("quick" + i).byCgroup().blocking();
            KIT.register(quick, Scripted.endless(10)).setBit(cgroup, 0);
            assertThat(KIT.reclaim(ReclaimRequest.in(cgroup.path())
                                    .startingAt(0)
                                    .within(Duration.ofMinutes(1)))
                            .freedObjects())
                    .isPositive();
        }
        assertThat(KIT.state().shrinkers()).allMatch(shrinker -> shrinker.faults() == 0);
        entered.forEach(Gate::open);
        slow.forEach(KIT::await);
    }

    /** Notes how many of its counts are under way at most; each is held at the gate. */
    private Scripted counting() {
        AtomicInteger inside = new AtomicInteger();
        return new Scripted(
                control -> {
                    int now = inside.incrementAndGet();
                    most.accumulateAndGet(now, Math::max);
                    if (now == 2) {
                        twoAreInside.open();
                    }
                    gate.pass();
                    inside.decrementAndGet();
                    return 0;
                },
                ShrinkControl::nrToScan);
    }

    private int mostCallsOfTwoRounds(ShrinkerSpec which) {
        Bits.setIn(KIT, "/a", KIT.register(which, counting()));
        CompletionStage<ReclaimReport> first = KIT.reclaimer().reclaim(ReclaimRequest.in("/a"));
        CompletionStage<ReclaimReport> second = KIT.reclaimer().reclaim(ReclaimRequest.in("/a"));
        gate.awaitEntered();
        if (which.equals(spec)) {
            // Both passes have begun in the pair; the second one waits for the end of the first call.
            KIT.settle();
        } else {
            twoAreInside.pass();
        }
        gate.open();
        KIT.await(first);
        KIT.await(second);
        return most.get();
    }

    @Test
    void freeWaitsUntilTheLastCallHasReturned() {
        HeldVisit visit = standStill("/a");
        CompletableFuture<Done> freed = visit.shrinker().free().toCompletableFuture();
        KIT.await(KIT.reclaimer().online("/b"));
        assertThat(freed).isNotDone();
        visit.end();
        KIT.await(freed);
    }

    @Test
    void cancellationReachesACallNotYetMade() {
        AtomicInteger calls = new AtomicInteger();
        ShrinkerHandle slow = KIT.register(
                spec,
                new Scripted(
                        control -> {
                            calls.incrementAndGet();
                            gate.pass();
                            return 0;
                        },
                        ShrinkControl::nrToScan));
        Bits.setIn(KIT, List.of("/s0", "/s1", "/s2", "/s3", "/s4"), slow);
        Cancellation cancellation = new Cancellation();
        CompletionStage<ReclaimReport> round =
                KIT.reclaimer().reclaim(ReclaimRequest.everywhere().cancelledBy(cancellation));
        gate.awaitEntered();
        cancellation.cancel();
        assertThat(KIT.await(round).outcome()).isEqualTo(RoundOutcome.CANCELLED);
        gate.open();
        KIT.await(slow.free());
        // At most as many calls as may run; the others were waiting.
        assertThat(calls.get()).isLessThanOrEqualTo(3);
        assertThat(KIT.state().shrinkers()).isEmpty();
    }

    @Test
    void scanSeesThatItsRoundIsOver() {
        Cancellation cancellation = new Cancellation();
        Queue<Boolean> seen = new ConcurrentLinkedQueue<>();
        ShrinkerHandle slow = Bits.setIn(KIT, "/a", KIT.register(spec, new Scripted(control -> 10, control -> {
            seen.add(control.isCancelled());
            cancellation.cancel();
            gate.pass();
            seen.add(control.isCancelled());
            return 1;
        })));
        KIT.reclaim(ReclaimRequest.in("/a").startingAt(0).cancelledBy(cancellation));
        gate.open();
        KIT.await(slow.free());
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
            Bits.setIn(own, "/a", own.register(spec, new Scripted(control -> 10, control -> {
                if (order.equals("relaxed")) {
                    quickDone.pass();
                }
                return 10;
            })));
            ShrinkerSpec quick = ShrinkerSpec.named("quick").byCgroup();
            Bits.setIn(own, "/a", own.register(quick, new Scripted(control -> 10, control -> {
                quickDone.open();
                return 10;
            })));
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
        ShrinkerSpec blocking = ShrinkerSpec.named("cache").byCgroup().byNode().blocking();
        Cache cache = Cache.registerIn(KIT, "/a", blocking, 10);
        HeldVisit visit = standStill("/a");
        CompletableFuture<Done> offline = KIT.reclaimer().offline("/a").toCompletableFuture();
        assertThat(KIT.state().cgroups()).hasSize(1);
        assertThat(offline).isNotDone();
        visit.end();
        KIT.await(offline);
        assertThat(cache.table().objects(CgroupPath.root(), 0) + cache.table().objects())
                .isIn(0L, 20L);
    }

    /** Also of a reentrant shrinker: the deferred count that its visit leaves has to be there when it is moved. */
    @Test
    void objectsDoNotMoveBeforeTheVisitsUnderWayHaveEnded() {
        AtomicBoolean visiting = new AtomicBoolean();
        AtomicBoolean movedMeanwhile = new AtomicBoolean();
        Scripted shrinker = new Scripted(
                control -> 100,
                control -> {
                    visiting.set(true);
                    gate.pass();
                    visiting.set(false);
                    return Shrinker.STOP;
                },
                () -> {
                    movedMeanwhile.set(visiting.get());
                    return 1;
                });
        HeldVisit visit = HeldVisit.begin(KIT, KIT.register(spec.reentrant(), shrinker), gate, "/a");
        CompletionStage<Done> offline = KIT.reclaimer().offline("/a");
        // The pair has been told by now. A wrong implementation would have asked for the move.
        KIT.settle();
        KIT.settle();
        visit.end();
        KIT.await(offline);
        assertThat(movedMeanwhile).isFalse();
        assertThat(KIT.state("/", 0).deferred()).containsEntry(visit.shrinker().id(), 200L);
    }

    @Test
    void deadlineOfTheRoundIsKeptWhileACallWaits() {
        ShrinkerHandle slow = Bits.setIn(KIT, "/a", KIT.register(spec, heldInItsScans()));
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/a").startingAt(0).within(Duration.ofMillis(50)));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.DEADLINE);
        gate.open();
        KIT.await(slow.free());
    }

    /** A round whose only blocking shrinker stands in its first scan, of 10 out of 10, asked twice. */
    private HeldVisit standStill(String cgroup) {
        return HeldVisit.begin(KIT, KIT.register(spec, heldInItsScans()), gate, cgroup);
    }

    private Scripted heldInItsScans() {
        return new Scripted(control -> 10, control -> {
            gate.pass();
            return 10;
        });
    }

    private ReclaimerState.ShrinkerState shrinker(String name) {
        return KIT.state().shrinkers().stream()
                .filter(shrinker -> shrinker.spec().name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
