package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The lifecycle of a shrinker (concepts.md 9). */
class ShrinkerLifecycleTest {

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create();

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode();
    private final Scripted pages = Scripted.endless(10);

    @Test
    void goesFromAllocatedToGone() {
        Gate gate = new Gate();
        Cgroup shop = kit.online("/shop");
        ShrinkerHandle handle = kit.allocate(spec, Scripted.stuck(10, gate));
        assertThat(phases()).containsExactly(ReclaimerState.Phase.ALLOCATED);
        kit.await(handle.register());
        assertThat(phases()).containsExactly(ReclaimerState.Phase.REGISTERED);
        CompletionStage<ReclaimReport> round = visit(handle, shop);
        gate.awaitEntered();
        CompletionStage<Done> freed = handle.free();
        gate.open();
        kit.await(freed);
        kit.await(round);
        assertThat(phases()).isEmpty();
    }

    @Test
    void phaseIsFreeingWhileAVisitIsUnderWay() {
        Gate gate = new Gate();
        ShrinkerHandle handle = kit.register(ShrinkerSpec.named("global"), pages);
        ShrinkerHandle stuck = kit.register(ShrinkerSpec.named("stuck"), Scripted.stuck(10, gate));
        CompletionStage<ReclaimReport> round =
                kit.reclaimer().reclaim(ReclaimRequest.everywhere().startingAt(0));
        gate.awaitEntered();
        CompletionStage<Done> freed = stuck.free();
        ReclaimerState state = kit.state();
        assertThat(state.shrinkers())
                .extracting(ReclaimerState.ShrinkerState::phase)
                .containsExactly(ReclaimerState.Phase.REGISTERED, ReclaimerState.Phase.FREEING);
        assertThat(state.shrinkers())
                .extracting(ReclaimerState.ShrinkerState::holds)
                .containsExactly(0, 1);
        gate.open();
        kit.await(freed);
        kit.await(round);
        kit.await(handle.free());
    }

    @Test
    void registeringTwiceIsRefusedAndNothingElse() {
        ShrinkerHandle handle = kit.register(ShrinkerSpec.named("pages"), pages);
        assertThat(kit.refusal(handle.register()).reason()).isEqualTo(Reason.ALREADY_REGISTERED);
        assertThat(kit.refusal(handle.register())).hasMessageContaining("[pages]");
        assertThat(kit.pass("/", 0, 0).visits()).isOne();
    }

    @Test
    void registeringWhatWasFreedIsRefused() {
        ShrinkerHandle handle = kit.allocate(spec, pages);
        kit.await(handle.free());
        assertThat(kit.refusal(handle.register()).reason()).isEqualTo(Reason.ALREADY_FREED);
        assertThat(kit.pass("/", 0, 0).visits()).isZero();
    }

    @Test
    void registeringWhatIsBeingFreedIsRefused() {
        Gate gate = new Gate();
        Cgroup shop = kit.online("/shop");
        ShrinkerHandle handle = kit.register(spec, Scripted.stuck(10, gate));
        CompletionStage<ReclaimReport> round = visit(handle, shop);
        gate.awaitEntered();
        CompletionStage<Done> freed = handle.free();
        assertThat(kit.refusal(handle.register()).reason()).isEqualTo(Reason.ALREADY_FREED);
        gate.open();
        kit.await(freed);
        kit.await(round);
    }

    @Test
    void freeingAgainAnswersAsTheFirstTime() {
        ShrinkerHandle handle = kit.register(spec, pages);
        kit.await(handle.free());
        kit.await(handle.free());
        assertThat(kit.state().shrinkers()).isEmpty();
    }

    @Test
    void freeingAgainWaitsForTheVisitThatTheFirstOneWaitsFor() {
        Gate gate = new Gate();
        Cgroup shop = kit.online("/shop");
        ShrinkerHandle handle = kit.register(spec, Scripted.stuck(10, gate));
        CompletionStage<ReclaimReport> round = visit(handle, shop);
        gate.awaitEntered();
        CompletionStage<Done> freed = handle.free();
        CompletionStage<Done> again = handle.free();
        assertThat(freed.toCompletableFuture()).isNotDone();
        assertThat(again.toCompletableFuture()).isNotDone();
        gate.open();
        kit.await(freed);
        kit.await(again);
        kit.await(round);
    }

    @Test
    void freeingWhatWasNeverRegisteredIsImmediate() {
        Gate gate = new Gate();
        Cgroup shop = kit.online("/shop");
        CompletionStage<ReclaimReport> round = visit(kit.register(spec, Scripted.stuck(10, gate)), shop);
        gate.awaitEntered();
        ShrinkerHandle handle = kit.allocate(spec, pages);
        kit.await(handle.free());
        assertThat(kit.allocate(spec, pages).id()).isEqualTo(handle.id());
        gate.open();
        kit.await(round);
    }

    @Test
    void freeWaitsForTheVisitUnderWay() {
        Gate gate = new Gate();
        Cgroup shop = kit.online("/shop");
        ShrinkerHandle handle = kit.register(spec, Scripted.stuck(10, gate));
        CompletionStage<ReclaimReport> round = visit(handle, shop);
        gate.awaitEntered();
        CompletionStage<Done> freed = handle.free();
        assertThat(freed.toCompletableFuture()).isNotDone();
        assertThat(kit.allocate(spec, pages).id()).isEqualTo(1);
        gate.open();
        kit.await(freed);
        kit.await(round);
        assertThat(kit.allocate(spec, pages).id()).isZero();
    }

    /** Two visits of one shrinker, in two cgroups: the first to end is not the last. */
    @Test
    void freeWaitsForTheLastOfItsVisits() {
        Gate first = new Gate();
        Gate second = new Gate();
        Cgroup shop = kit.online("/shop");
        Cgroup web = kit.online("/web");
        ShrinkerHandle handle = kit.register(spec, new Scripted(control -> 10, control -> {
            (control.cgroup().equals(shop.path()) ? first : second).pass();
            return Shrinker.STOP;
        }));
        CompletionStage<ReclaimReport> inShop = visit(handle, shop);
        CompletionStage<ReclaimReport> inWeb = visit(handle, web);
        first.awaitEntered();
        second.awaitEntered();
        CompletionStage<Done> freed = handle.free();
        first.open();
        kit.await(inShop);
        assertThat(freed.toCompletableFuture()).isNotDone();
        second.open();
        kit.await(freed);
        kit.await(inWeb);
    }

    /** The visit of another shrinker stands still, in the same cgroup and round that also visit this one. */
    @Test
    void freeDoesNotWaitForAnothersVisitNorForARoundNorForACgroup() {
        Gate gate = new Gate();
        Cgroup shop = kit.online("/shop");
        ShrinkerHandle before = kit.register(spec, pages);
        ShrinkerHandle stuck = kit.register(spec, Scripted.stuck(10, gate));
        ShrinkerHandle after = kit.register(spec, pages);
        before.setBit(shop, 0);
        after.setBit(shop, 0);
        CompletionStage<ReclaimReport> round = visit(stuck, shop);
        gate.awaitEntered();
        kit.await(before.free());
        kit.await(after.free());
        assertThat(round.toCompletableFuture()).isNotDone();
        gate.open();
        kit.await(round);
    }

    @Test
    void registeringAllocatingAndFreeingDoNotWaitForAStuckRound() {
        Gate gate = new Gate();
        Cgroup shop = kit.online("/shop");
        CompletionStage<ReclaimReport> round = visit(kit.register(spec, Scripted.stuck(10, gate)), shop);
        gate.awaitEntered();
        for (int i = 0; i < 50; i++) {
            kit.await(kit.register(spec, pages).free());
            kit.await(kit.register(ShrinkerSpec.named("global"), pages).free());
        }
        assertThat(round.toCompletableFuture()).isNotDone();
        gate.open();
        kit.await(round);
    }

    @Test
    void freeFromInsideItsOwnScanDoesNotDeadlock() {
        Cgroup shop = kit.online("/shop");
        CompletableFuture<ShrinkerHandle> self = new CompletableFuture<>();
        CompletableFuture<CompletionStage<Done>> freed = new CompletableFuture<>();
        ShrinkerHandle handle = kit.register(spec, new Scripted(control -> 10, control -> {
            freed.complete(self.join().free());
            return 10;
        }));
        self.complete(handle);
        ReclaimReport report = kit.await(visit(handle, shop));
        assertThat(report.freedObjects()).isEqualTo(10);
        kit.await(freed.join());
        assertThat(phases()).isEmpty();
    }

    @Test
    void shrinkerMayUseTheReclaimerInsideItsCalls() {
        Cgroup shop = kit.online("/shop");
        List<CompletionStage<?>> stages = new ArrayList<>();
        ShrinkerHandle handle = kit.register(spec, new Scripted(control -> 10, control -> {
            stages.add(kit.reclaimer().register(spec, pages));
            stages.add(kit.reclaimer().online("/web"));
            stages.add(kit.reclaimer().reclaim(ReclaimRequest.in("/web")));
            stages.add(kit.reclaimer().state());
            return Shrinker.STOP;
        }));
        kit.await(visit(handle, shop));
        stages.forEach(kit::await);
        assertThat(stages).hasSize(4);
    }

    @Test
    void idHandedOutAgainStartsClean() {
        Cgroup shop = kit.online("/shop");
        Cgroup web = kit.online("/web");
        ShrinkerHandle before = kit.register(spec, Scripted.endless(100_000));
        before.setBit(shop, 0);
        before.setBit(web, 0);
        kit.settle();
        kit.reclaim(ReclaimRequest.everywhere());
        assertThat(kit.state("/web", 0).deferred()).containsKey(before.id());
        kit.await(before.free());

        Cache after = Cache.register(kit, spec);
        assertThat(after.handle().id()).isEqualTo(before.id());
        assertThat(kit.state().cgroups())
                .allMatch(cgroup -> cgroup.bits().isEmpty() && cgroup.deferred().isEmpty());
        assertThat(kit.pass("/shop", 0, 0).visits()).isZero();
        after.put(web, 0, 10);
        before.setBit(web, 0);
        before.setBit(shop, 0);
        assertThat(kit.state("/web", 0).bits()).containsExactly(after.handle().id());
        assertThat(kit.state("/shop", 0).bits()).isEmpty();
        assertThat(kit.pass("/web", 0, 0).freedObjects()).isEqualTo(10);
        assertThat(kit.state("/web", 0).deferred()).isEmpty();
    }

    @Test
    void specIsFixedAtAllocation() {
        ShrinkerSpec all = ShrinkerSpec.named("pages")
                .byCgroup()
                .byNode()
                .alsoWithoutAccounting()
                .seeks(0)
                .batch(7)
                .objectBytes(99);
        assertThat(kit.allocate(all, pages).spec()).isEqualTo(all);
        assertThat(kit.state().shrinkers().get(0).spec()).isEqualTo(all);
    }

    @Test
    void namesNeedNotBeUnique() {
        kit.register(spec, pages);
        kit.register(spec, new Scripted(control -> 1, ShrinkControl::nrToScan));
        assertThat(kit.state().shrinkers()).hasSize(2);
    }

    private List<ReclaimerState.Phase> phases() {
        return kit.state().shrinkers().stream()
                .map(ReclaimerState.ShrinkerState::phase)
                .toList();
    }

    private CompletionStage<ReclaimReport> visit(ShrinkerHandle handle, Cgroup cgroup) {
        handle.setBit(cgroup, 0);
        kit.settle();
        return kit.reclaimer().reclaim(ReclaimRequest.in(cgroup.path()).startingAt(0));
    }

    /** The objects of a visit are kept for the next one; a cache that is freed is not kept. */
    @Test
    void freedShrinkerIsLeftToTheCollector() {
        Cgroup shop = kit.online("/shop");
        WeakReference<Shrinker> cache = usedAndFreed(shop);
        Threads.until(() -> {
            System.gc();
            return cache.get() == null;
        });
        assertThat(kit.state().shrinkers()).isEmpty();
    }

    private WeakReference<Shrinker> usedAndFreed(Cgroup cgroup) {
        Shrinker cache = Scripted.endless(1_000);
        ShrinkerHandle handle =
                kit.register(ShrinkerSpec.named("cache").byCgroup().byNode(), cache);
        handle.setBit(cgroup, 0);
        kit.settle();
        assertThat(kit.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects())
                .isPositive();
        kit.await(handle.free());
        return new WeakReference<>(cache);
    }
}
