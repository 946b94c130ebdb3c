package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.HeldVisit;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.lang.ref.WeakReference;
import java.util.List;
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
        ShrinkerHandle handle = kit.allocate(spec, pages);
        assertThat(phases()).containsExactly(ReclaimerState.Phase.ALLOCATED);
        kit.await(handle.register());
        assertThat(phases()).containsExactly(ReclaimerState.Phase.REGISTERED);
        kit.await(handle.free());
        assertThat(phases()).isEmpty();
    }

    @Test
    void phaseIsFreeingWhileAVisitIsUnderWay() {
        ShrinkerHandle handle = kit.register(ShrinkerSpec.named("global"), pages);
        HeldVisit visit = HeldVisit.begin(kit, ShrinkerSpec.named("stuck"), "/");
        CompletionStage<Done> freed = visit.shrinker().free();
        ReclaimerState state = kit.state();
        assertThat(state.shrinkers())
                .extracting(ReclaimerState.ShrinkerState::phase)
                .containsExactly(ReclaimerState.Phase.REGISTERED, ReclaimerState.Phase.FREEING);
        assertThat(state.shrinkers())
                .extracting(ReclaimerState.ShrinkerState::holds)
                .containsExactly(0, 1);
        visit.end();
        kit.await(freed);
        kit.await(handle.free());
        assertThat(phases()).isEmpty();
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
        HeldVisit visit = HeldVisit.begin(kit, spec, "/shop");
        CompletionStage<Done> freed = visit.shrinker().free();
        assertThat(kit.refusal(visit.shrinker().register()).reason()).isEqualTo(Reason.ALREADY_FREED);
        visit.end();
        kit.await(freed);
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
        HeldVisit visit = HeldVisit.begin(kit, spec, "/shop");
        CompletionStage<Done> freed = visit.shrinker().free();
        CompletionStage<Done> again = visit.shrinker().free();
        assertThat(freed.toCompletableFuture()).isNotDone();
        assertThat(again.toCompletableFuture()).isNotDone();
        visit.end();
        kit.await(freed);
        kit.await(again);
    }

    @Test
    void freeingWhatWasNeverRegisteredIsImmediate() {
        HeldVisit visit = HeldVisit.begin(kit, spec, "/shop");
        ShrinkerHandle handle = kit.allocate(spec, pages);
        kit.await(handle.free());
        assertThat(kit.allocate(spec, pages).id()).isEqualTo(handle.id());
        visit.end();
    }

    @Test
    void freeWaitsForTheVisitUnderWay() {
        HeldVisit visit = HeldVisit.begin(kit, spec, "/shop");
        CompletionStage<Done> freed = visit.shrinker().free();
        assertThat(freed.toCompletableFuture()).isNotDone();
        assertThat(kit.allocate(spec, pages).id()).isEqualTo(1);
        visit.end();
        kit.await(freed);
        assertThat(kit.allocate(spec, pages).id()).isZero();
    }

    /** Two visits of one shrinker, in two cgroups: the first to end is not the last. */
    @Test
    void freeWaitsForTheLastOfItsVisits() {
        Gate first = new Gate();
        Gate second = new Gate();
        ShrinkerHandle handle = kit.register(spec, new Scripted(control -> 10, control -> {
            (control.cgroup().equals(CgroupPath.of("/shop")) ? first : second).pass();
            return Shrinker.STOP;
        }));
        HeldVisit inShop = HeldVisit.begin(kit, handle, first, "/shop");
        HeldVisit inWeb = HeldVisit.begin(kit, handle, second, "/web");
        CompletionStage<Done> freed = handle.free();
        inShop.end();
        assertThat(freed.toCompletableFuture()).isNotDone();
        inWeb.end();
        kit.await(freed);
    }

    @Test
    void registeringAllocatingAndFreeingDoNotWaitForAStuckRound() {
        HeldVisit visit = HeldVisit.begin(kit, spec, "/shop");
        for (int i = 0; i < 50; i++) {
            kit.await(kit.register(spec, pages).free());
            kit.await(kit.register(ShrinkerSpec.named("global"), pages).free());
        }
        assertThat(visit.round().toCompletableFuture()).isNotDone();
        visit.end();
    }

    @Test
    void idHandedOutAgainStartsClean() {
        Cgroup shop = kit.online("/shop");
        Cgroup web = kit.online("/web");
        ShrinkerHandle before =
                Bits.setIn(kit, List.of("/shop", "/web"), kit.register(spec, Scripted.endless(100_000)));
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

    /** Objects of visits are kept for later visits. A freed cache is not kept. */
    @Test
    void freedShrinkerIsLeftToTheCollector() {
        WeakReference<Shrinker> cache = usedAndFreed();
        Threads.until(() -> {
            System.gc();
            return cache.get() == null;
        });
        assertThat(kit.state().shrinkers()).isEmpty();
    }

    private WeakReference<Shrinker> usedAndFreed() {
        Shrinker cache = Scripted.endless(1_000);
        ShrinkerHandle handle = Bits.setIn(kit, "/shop", kit.register(spec, cache));
        assertThat(kit.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects())
                .isPositive();
        kit.await(handle.free());
        return new WeakReference<>(cache);
    }
}
