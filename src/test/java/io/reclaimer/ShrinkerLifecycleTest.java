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
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The lifecycle of a shrinker (concepts.md 9). */
class ShrinkerLifecycleTest {

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create();

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode();
    private final Scripted pages = Scripted.endless(10);

    @Test
    void goesFromAllocatedToGone() {
        ShrinkerHandle handle = KIT.allocate(spec, pages);
        assertThat(phases()).containsExactly(ReclaimerState.Phase.ALLOCATED);
        KIT.await(handle.register());
        assertThat(phases()).containsExactly(ReclaimerState.Phase.REGISTERED);
        KIT.await(handle.free());
        assertThat(phases()).isEmpty();
    }

    @Test
    void phaseIsFreeingWhileAVisitIsUnderWay() {
        ShrinkerHandle handle = KIT.register(ShrinkerSpec.named("global"), pages);
        HeldVisit visit = HeldVisit.begin(KIT, ShrinkerSpec.named("stuck"), "/");
        CompletionStage<Done> freed = visit.shrinker().free();
        ReclaimerState state = KIT.state();
        assertThat(state.shrinkers())
                .extracting(ReclaimerState.ShrinkerState::phase)
                .containsExactly(ReclaimerState.Phase.REGISTERED, ReclaimerState.Phase.FREEING);
        assertThat(state.shrinkers())
                .extracting(ReclaimerState.ShrinkerState::holds)
                .containsExactly(0, 1);
        visit.end();
        KIT.await(freed);
        KIT.await(handle.free());
        assertThat(phases()).isEmpty();
    }

    @Test
    void registeringTwiceIsRefusedAndNothingElse() {
        ShrinkerHandle handle = KIT.register(ShrinkerSpec.named("pages"), pages);
        assertThat(KIT.refusal(handle.register()).reason()).isEqualTo(Reason.ALREADY_REGISTERED);
        assertThat(KIT.refusal(handle.register())).hasMessageContaining("[pages]");
        assertThat(KIT.pass("/", 0, 0).visits()).isOne();
    }

    @Test
    void registeringWhatWasFreedIsRefused() {
        ShrinkerHandle handle = KIT.allocate(spec, pages);
        KIT.await(handle.free());
        assertThat(KIT.refusal(handle.register()).reason()).isEqualTo(Reason.ALREADY_FREED);
        assertThat(KIT.pass("/", 0, 0).visits()).isZero();
    }

    @Test
    void registeringWhatIsBeingFreedIsRefused() {
        HeldVisit visit = HeldVisit.begin(KIT, spec, "/shop");
        CompletionStage<Done> freed = visit.shrinker().free();
        assertThat(KIT.refusal(visit.shrinker().register()).reason()).isEqualTo(Reason.ALREADY_FREED);
        visit.end();
        KIT.await(freed);
    }

    @Test
    void freeWaitsForTheVisitUnderWayAndSoDoesFreeingAgain() {
        HeldVisit visit = HeldVisit.begin(KIT, spec, "/shop");
        CompletionStage<Done> freed = visit.shrinker().free();
        CompletionStage<Done> again = visit.shrinker().free();
        assertThat(freed.toCompletableFuture()).isNotDone();
        assertThat(again.toCompletableFuture()).isNotDone();
        assertThat(KIT.allocate(spec, pages).id()).isEqualTo(1);
        visit.end();
        KIT.await(freed);
        KIT.await(again);
        KIT.await(visit.shrinker().free());
        assertThat(KIT.allocate(spec, pages).id()).isZero();
    }

    @Test
    void freeingWhatWasNeverRegisteredIsImmediate() {
        HeldVisit visit = HeldVisit.begin(KIT, spec, "/shop");
        ShrinkerHandle handle = KIT.allocate(spec, pages);
        KIT.await(handle.free());
        assertThat(KIT.allocate(spec, pages).id()).isEqualTo(handle.id());
        visit.end();
    }

    /** Two visits of one shrinker, in two cgroups: the first to end is not the last. */
    @Test
    void freeWaitsForTheLastOfItsVisits() {
        Gate first = new Gate();
        Gate second = new Gate();
        ShrinkerHandle handle = KIT.register(spec, new Scripted(control -> 10, control -> {
            (control.cgroup().equals(CgroupPath.of("/shop")) ? first : second).pass();
            return Shrinker.STOP;
        }));
        HeldVisit inShop = HeldVisit.begin(KIT, handle, first, "/shop");
        HeldVisit inWeb = HeldVisit.begin(KIT, handle, second, "/web");
        CompletionStage<Done> freed = handle.free();
        inShop.end();
        assertThat(freed.toCompletableFuture()).isNotDone();
        inWeb.end();
        KIT.await(freed);
    }

    @Test
    void registeringAllocatingAndFreeingDoNotWaitForAStuckRound() {
        HeldVisit visit = HeldVisit.begin(KIT, spec, "/shop");
        for (int i = 0; i < 50; i++) {
            KIT.await(KIT.register(spec, pages).free());
            KIT.await(KIT.register(ShrinkerSpec.named("global"), pages).free());
        }
        assertThat(visit.round().toCompletableFuture()).isNotDone();
        visit.end();
    }

    @Test
    void idHandedOutAgainStartsClean() {
        Cgroup shop = KIT.online("/shop");
        Cgroup web = KIT.online("/web");
        ShrinkerHandle before =
                Bits.setIn(KIT, List.of("/shop", "/web"), KIT.register(spec, Scripted.endless(100_000)));
        KIT.reclaim(ReclaimRequest.everywhere());
        assertThat(KIT.state("/web", 0).deferred()).containsKey(before.id());
        KIT.await(before.free());

        Cache after = Cache.register(KIT, spec);
        assertThat(after.handle().id()).isEqualTo(before.id());
        assertThat(KIT.state().cgroups())
                .allMatch(cgroup -> cgroup.bits().isEmpty() && cgroup.deferred().isEmpty());
        assertThat(KIT.pass("/shop", 0, 0).visits()).isZero();
        after.put(web, 0, 10);
        before.setBit(web, 0);
        before.setBit(shop, 0);
        assertThat(KIT.state("/web", 0).bits()).containsExactly(after.handle().id());
        assertThat(KIT.state("/shop", 0).bits()).isEmpty();
        assertThat(KIT.pass("/web", 0, 0).freedObjects()).isEqualTo(10);
        assertThat(KIT.state("/web", 0).deferred()).isEmpty();
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
        assertThat(KIT.allocate(all, pages).spec()).isEqualTo(all);
        assertThat(KIT.state().shrinkers().get(0).spec()).isEqualTo(all);
    }

    @Test
    void namesNeedNotBeUnique() {
        KIT.register(spec, pages);
        KIT.register(spec, new Scripted(control -> 1, ShrinkControl::nrToScan));
        assertThat(KIT.state().shrinkers()).hasSize(2);
    }

    private List<ReclaimerState.Phase> phases() {
        return KIT.state().shrinkers().stream()
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
        assertThat(KIT.state().shrinkers()).isEmpty();
    }

    private WeakReference<Shrinker> usedAndFreed() {
        Shrinker cache = Scripted.endless(1_000);
        ShrinkerHandle handle = Bits.setIn(KIT, "/shop", KIT.register(spec, cache));
        assertThat(KIT.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects())
                .isPositive();
        KIT.await(handle.free());
        return new WeakReference<>(cache);
    }
}
