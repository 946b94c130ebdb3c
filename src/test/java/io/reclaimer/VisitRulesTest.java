package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.Registration;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Scripted;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Visits, through real passes (concepts.md 4). */
class VisitRulesTest {

    private static final ShrinkerSpec SPEC =
            ShrinkerSpec.named("pages").byCgroup().byNode();

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create().with("reclaimer.nodes = [a, b]");

    @Test
    void traceSaysWhatTheVisitDid() {
        Cgroup shop = shop(SPEC.batch(10), new Scripted(control -> 100, control -> 7));
        long scannedBefore = KIT.state().scannedObjects();
        KIT.pass("/shop", 1, 1);
        assertThat(KIT.takeTrace())
                .containsExactly(
                        new TraceEvent.Start("pages", shop.path(), 1, 0, 100, 100, 100, 1, Set.of()),
                        new TraceEvent.End("pages", shop.path(), 1, 70, 0, 0, 0));
        assertThat(KIT.state().scannedObjects() - scannedBefore).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Shrinker.EMPTY})
    void nothingToFreeLeavesNoTraceAndTouchesNoDeferredCount(long nothing) {
        AtomicLong objects = new AtomicLong(100_000);
        Cgroup shop = shop(SPEC, new Scripted(control -> objects.get(), ShrinkControl::nrToScan));
        KIT.pass("/shop", 0, 12);
        assertThat(KIT.state("/shop", 0).deferred()).containsEntry(0, 48L);
        KIT.takeTrace();
        objects.set(nothing);
        ReclaimReport report = KIT.pass("/shop", 0, 0);
        assertThat(report.freedObjects()).isZero();
        assertThat(KIT.takeTrace()).isEmpty();
        assertThat(KIT.state("/shop", 0).deferred()).containsEntry(0, 48L);
        assertThat(shop.isOnline()).isTrue();
    }

    @Test
    void stopEndsTheLoopAndThatCallCountsForNothing() {
        AtomicLong scans = new AtomicLong();
        shop(SPEC.batch(10), new Scripted(control -> 100, control -> {
            control.nrScanned(10);
            return scans.incrementAndGet() == 3 ? Shrinker.STOP : 4;
        }));
        long scannedBefore = KIT.state().scannedObjects();
        ReclaimReport report = KIT.pass("/shop", 0, 0);
        assertThat(scans).hasValue(3);
        assertThat(report.freedObjects()).isEqualTo(8);
        assertThat(report.scannedObjects()).isEqualTo(20);
        assertThat(end().unscanned()).isEqualTo(180);
        assertThat(KIT.state("/shop", 0).deferred()).containsEntry(0, 180L);
        assertThat(KIT.state().scannedObjects() - scannedBefore).isEqualTo(20);
    }

    /**
     * The objects that the shrinker reports as scanned are subtracted from the work, whether fewer or more than asked
     * for.
     */
    @ParameterizedTest
    @CsvSource({"5, 19, 5, 5", "10, 10, 0, 0", "25, 4, 0, 0", "100, 1, 0, 0"})
    void whatWasScannedComesOffTheWork(long looked, int calls, long unscanned, long owed) {
        Scripted pages = new Scripted(control -> 100, control -> {
            control.nrScanned(looked);
            return 1;
        });
        shop(SPEC.batch(10), pages);
        ReclaimReport report = KIT.pass("/shop", 0, 1);
        assertThat(report.freedObjects()).isEqualTo(calls);
        assertThat(report.scannedObjects()).isEqualTo(looked * calls);
        TraceEvent.End end = end();
        assertThat(end.unscanned()).isEqualTo(unscanned);
        assertThat(end.deferredAfter()).isEqualTo(owed);
    }

    @Test
    void whatIsScannedIsPresetToWhatIsAsked() {
        shop(
                SPEC.batch(10),
                new Scripted(control -> 100, control -> control.nrScanned() == control.nrToScan() ? 1 : 0));
        assertThat(KIT.pass("/shop", 0, 1).freedObjects()).isEqualTo(10);
    }

    @Test
    void deferredCountIsTakenOutAndTheNextVisitDoesIt() {
        AtomicBoolean stopped = new AtomicBoolean(true);
        shop(SPEC.batch(10), new Scripted(control -> 100, control -> stopped.get() ? Shrinker.STOP : 10));
        KIT.pass("/shop", 0, 0);
        assertThat(KIT.state("/shop", 0).deferred()).containsEntry(0, 200L);
        KIT.takeTrace();
        stopped.set(false);
        KIT.pass("/shop", 0, 1);
        List<TraceEvent> trace = KIT.takeTrace();
        assertThat(trace.get(0))
                .isEqualTo(new TraceEvent.Start("pages", CgroupPath.of("/shop"), 0, 200, 100, 100, 200, 1, Set.of()));
        assertThat(trace.get(1)).isEqualTo(new TraceEvent.End("pages", CgroupPath.of("/shop"), 0, 200, 200, 100, 0));
    }

    /** A shrinker that is not NUMA aware has one deferred count. It is visited from two nodes here. */
    @Test
    void deferredCountIsAddedNotSet() {
        Gate gate = new Gate();
        shop(ShrinkerSpec.named("pages").byCgroup().batch(1_000), Scripted.stuck(100_000, gate));
        CompletionStage<ReclaimReport> slow = KIT.reclaimer().reclaim(onShop(0, 5));
        gate.awaitEntered();
        KIT.pass("/shop", 1, 12);
        gate.open();
        KIT.await(slow);
        assertThat(KIT.state("/shop", 0).deferred()).containsEntry(0, 6_250L + 48);
        assertThat(end().deferredAfter()).isEqualTo(6_250 + 48);
    }

    @Test
    void concurrentVisitDoesNotDoTheSameWork() {
        Gate gate = new Gate();
        shop(ShrinkerSpec.named("pages").byCgroup().batch(1_000), Scripted.stuck(100_000, gate));
        KIT.pass("/shop", 0, 12);
        KIT.takeTrace();
        CompletionStage<ReclaimReport> slow = KIT.reclaimer().reclaim(onShop(0, 5));
        gate.awaitEntered();
        KIT.pass("/shop", 1, 12);
        assertThat(KIT.takeStarts()).extracting(TraceEvent.Start::deferred).containsExactly(48L, 0L);
        gate.open();
        KIT.await(slow);
    }

    @Test
    void shrinkerThatIsNotNumaAwareIsToldNode0AndTheTraceNamesThePass() {
        Scripted pages = Scripted.endless(10);
        shop(ShrinkerSpec.named("pages").byCgroup(), pages);
        KIT.pass("/shop", 1, 0);
        KIT.pass("/shop", 0, 0);
        assertThat(pages.calls).containsExactly("count /shop 0", "scan /shop 0 20", "count /shop 0", "scan /shop 0 20");
        assertThat(KIT.takeTrace()).extracting(TraceEvent::node).containsExactly(1, 1, 0, 0);
    }

    @Test
    void globalShrinkerKeepsItsDeferredCountByNode() {
        KIT.register(ShrinkerSpec.named("byNode").byNode(), Scripted.endless(100_000));
        KIT.register(ShrinkerSpec.named("one"), Scripted.endless(100_000));
        KIT.pass("/", 1, 12);
        KIT.pass("/", 1, 12);
        assertThat(KIT.state().shrinkers())
                .extracting(ReclaimerState.ShrinkerState::deferred)
                .containsExactly(List.of(0L, 96L), List.of(96L));
    }

    @Test
    void deferredCountOfACgroupAwareOneIsInTheVisitedCgroupTheRootIncluded() {
        shop(SPEC, Scripted.endless(100_000));
        KIT.pass("/shop", 1, 12);
        KIT.pass("/", 0, 11);
        assertThat(KIT.state("/shop", 1).deferred()).containsEntry(0, 48L);
        assertThat(KIT.state("/shop", 0).deferred()).isEmpty();
        assertThat(KIT.state("/", 0).deferred()).containsEntry(0, 96L);
        assertThat(KIT.state().shrinkers().get(0).deferred()).isEmpty();
    }

    @Test
    void shrinkerAndTraceAreShownTheFlagsOfTheRequest() {
        AtomicBoolean seen = new AtomicBoolean();
        shop(SPEC, new Scripted(control -> 100, control -> {
            seen.set(control.flags().equals(Set.of(ReclaimFlag.BACKGROUND)));
            return 1;
        }));
        KIT.reclaim(ReclaimRequest.in("/shop")
                .withoutDescendants()
                .onNodes(0)
                .startingAt(1)
                .background());
        assertThat(KIT.takeTrace().get(0))
                .isEqualTo(new TraceEvent.Start(
                        "pages", CgroupPath.of("/shop"), 0, 0, 100, 100, 100, 1, Set.of(ReclaimFlag.BACKGROUND)));
        assertThat(seen).isTrue();
    }

    @Test
    void everyListenerHearsUntilItIsRemoved() {
        Queue<TraceEvent> heard = new ConcurrentLinkedQueue<>();
        KIT.register(ShrinkerSpec.named("s"), Scripted.endless(10));
        Registration registration = KIT.reclaimer().trace(heard::add);
        KIT.pass("/", 0, 0);
        assertThat(heard).hasSize(2).containsExactlyElementsOf(KIT.takeTrace());
        registration.close();
        registration.close();
        KIT.pass("/", 0, 0);
        assertThat(heard).hasSize(2);
        assertThat(KIT.takeTrace()).hasSize(2);
    }

    /** The visit goes on until the others have been visited. */
    @Test
    void longVisitGivesOthersTheirTurn() {
        AtomicBoolean othersDone = new AtomicBoolean();
        Gate begun = new Gate();
        begun.open();
        Cgroup shop = shop(SPEC.batch(1), new Scripted(control -> 1L << 40, control -> {
            begun.pass();
            return othersDone.get() ? Shrinker.STOP : 1;
        }));
        Scripted quick = Scripted.endless(10);
        ShrinkerHandle other =
                KIT.register(ShrinkerSpec.named("quick").byCgroup().byNode(), quick);
        CompletionStage<ReclaimReport> longRound = KIT.reclaimer().reclaim(onShop(0, 0));
        begun.awaitEntered();
        try {
            other.setBit(shop, 0);
            ReclaimerState.CgroupState state = KIT.state("/shop", 0);
            assertThat(state.bits()).contains(other.id());
        } finally {
            othersDone.set(true);
        }
        assertThat(KIT.await(longRound).freedObjects()).isPositive();
    }

    private Cgroup shop(ShrinkerSpec spec, Shrinker shrinker) {
        Cgroup shop = KIT.online("/shop");
        ShrinkerHandle handle = KIT.register(spec, shrinker);
        handle.setBit(shop, 0);
        handle.setBit(shop, 1);
        KIT.settle();
        return shop;
    }

    private static ReclaimRequest onShop(int node, int priority) {
        return ReclaimRequest.in("/shop").withoutDescendants().onNodes(node).startingAt(priority);
    }

    private TraceEvent.End end() {
        return KIT.takeTrace().stream()
                .filter(TraceEvent.End.class::isInstance)
                .map(TraceEvent.End.class::cast)
                .reduce((first, last) -> last)
                .orElseThrow();
    }
}
