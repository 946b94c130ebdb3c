package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.HeldVisit;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ids and expansion (concepts.md 8). */
class IdsTest {

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create()
            .with("reclaimer { nodes = [a, b], id-limit = 192, call-deadline = 1h, round-deadline = 1h }");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode();
    private final Scripted pages = Scripted.endless(10);

    @Test
    void lowestFreeIdIsHandedOut() {
        List<ShrinkerHandle> handles = allocate(5);
        assertThat(handles).extracting(ShrinkerHandle::id).containsExactly(0, 1, 2, 3, 4);
        kit.await(handles.get(3).free());
        kit.await(handles.get(1).free());
        assertThat(allocate(3)).extracting(ShrinkerHandle::id).containsExactly(1, 3, 5);
    }

    @Test
    void globalShrinkerHasNoId() {
        assertThat(kit.allocate(ShrinkerSpec.named("global"), pages).id()).isEqualTo(-1);
        assertThat(kit.state().nrMax()).isZero();
        assertThat(allocate(1)).extracting(ShrinkerHandle::id).containsExactly(0);
    }

    /** The owner of an id may set its bit at once, in every cgroup. */
    @Test
    void mapsGrowBeforeTheIdIsHandedOut() {
        Cgroup shop = kit.online("/shop");
        Cgroup web = kit.online("/shop/web");
        ShrinkerHandle first = allocate(64).get(0);
        first.setBit(shop, 0);
        first.setBit(web, 1);
        kit.settle();
        ShrinkerHandle beyond = allocate(1).get(0);
        assertThat(beyond.id()).isEqualTo(64);
        for (Cgroup cgroup : List.of(shop, web)) {
            beyond.setBit(cgroup, 0);
            beyond.setBit(cgroup, 1);
        }
        ReclaimerState state = kit.state();
        assertThat(state.bitsBeyondMap()).isZero();
        assertThat(state.nrMax()).isEqualTo(128);
        assertThat(state.cgroups()).hasSize(6).allMatch(cgroup -> cgroup.nrMax() == 128);
        assertThat(kit.state("/shop", 0).bits()).containsExactly(0, 64);
        assertThat(kit.state("/shop/web", 1).bits()).containsExactly(0, 64);
    }

    @Test
    void mapGrowsToTheNextMultipleOf64AndNeverShrinks() {
        List<ShrinkerHandle> handles = new ArrayList<>(allocate(1));
        assertThat(kit.state().nrMax()).isEqualTo(64);
        handles.addAll(allocate(63));
        assertThat(kit.state().nrMax()).isEqualTo(64);
        handles.addAll(allocate(1));
        assertThat(kit.state().nrMax()).isEqualTo(128);
        handles.forEach(handle -> kit.await(handle.free()));
        assertThat(allocate(1).get(0).id()).isZero();
        assertThat(kit.state().nrMax()).isEqualTo(128);
    }

    @Test
    void stuckVisitHoldsUpNoExpansionAndItsPassGoesOnInTheLargerMap() {
        HeldVisit visit = HeldVisit.begin(kit, spec, "/shop");
        allocate(63);
        Cache beyond = Cache.registerIn(kit, "/shop", spec, 10);
        assertThat(beyond.handle().id()).isEqualTo(64);
        assertThat(kit.state("/shop", 0).bits())
                .containsExactly(visit.shrinker().id(), 64);
        assertThat(visit.end().freedObjects()).isEqualTo(10);
    }

    @Test
    void cgroupThatComesOnlineLaterStartsAtNrMax() {
        ShrinkerHandle last = allocate(65).get(64);
        Cgroup shop = kit.online("/shop");
        assertThat(kit.state("/shop", 1).nrMax()).isEqualTo(128);
        last.setBit(shop, 1);
        assertThat(kit.state("/shop", 1).bits()).containsExactly(64);
    }

    @Test
    void cgroupThatComesOnlineDuringAGrowthHasRoom() throws Exception {
        allocate(64);
        List<CompletionStage<Cgroup>> cgroups = new ArrayList<>();
        List<CompletionStage<ShrinkerHandle>> beyond = new ArrayList<>();
        Threads.run(
                () -> {
                    for (int i = 0; i < 100; i++) {
                        cgroups.add(kit.reclaimer().online("/c" + i));
                    }
                },
                () -> beyond.add(kit.reclaimer().allocate(spec, pages)));
        ShrinkerHandle handle = kit.await(beyond.get(0));
        cgroups.forEach(cgroup -> handle.setBit(kit.await(cgroup), 1));
        ReclaimerState state = kit.state();
        assertThat(state.bitsBeyondMap()).isZero();
        assertThat(state.cgroups()).allMatch(cgroup -> cgroup.nrMax() == 128);
        assertThat(state.cgroups().stream().filter(cgroup -> cgroup.bits().equals(List.of(64))))
                .hasSize(100);
    }

    @Test
    void allocationsAtTheSameTimeGetIdsOfTheirOwn() {
        List<CompletionStage<ShrinkerHandle>> stages = new ArrayList<>();
        for (int i = 0; i < 192; i++) {
            stages.add(kit.reclaimer().allocate(spec, pages));
        }
        assertThat(stages.stream().map(stage -> kit.await(stage).id()).distinct())
                .hasSize(192);
        assertThat(kit.state().nrMax()).isEqualTo(192);
    }

    @Test
    void allocationBeyondTheLimitFailsAndSaysWhichSettingChangesIt() {
        List<ShrinkerHandle> handles = allocate(192);
        ReclaimerException refusal = kit.refusal(kit.reclaimer().allocate(spec, pages));
        assertThat(refusal.reason()).isEqualTo(Reason.ID_LIMIT);
        assertThat(refusal).hasMessageContainingAll("[pages]", "[192]", "[reclaimer.id-limit]");
        assertThat(kit.state().nrMax()).isEqualTo(192);
        assertThat(kit.register(ShrinkerSpec.named("global"), pages).id())
                .as("not limited")
                .isEqualTo(-1);
        kit.await(handles.get(77).free());
        assertThat(allocate(1)).extracting(ShrinkerHandle::id).containsExactly(77);
    }

    /**
     * Three threads set bits of the shrinkers allocated so far, while ids from 0 to 191 are handed out and maps grow.
     */
    @Test
    void noBitIsLostByAnExpansion() throws Exception {
        List<Cgroup> cgroups = List.of(kit.online("/a"), kit.online("/b"), kit.online("/b/c"));
        ConcurrentLinkedQueue<ShrinkerHandle> handles = new ConcurrentLinkedQueue<>();
        CountDownLatch allocated = new CountDownLatch(192);
        List<Future<?>> setters = new ArrayList<>();
        for (Cgroup cgroup : cgroups) {
            setters.add(Threads.start(() -> {
                do {
                    handles.forEach(handle -> handle.setBit(cgroup, 0));
                    // No faster than the tree handles them.
                    kit.settle();
                } while (allocated.getCount() > 0);
                handles.forEach(handle -> handle.setBit(cgroup, 0));
                return null;
            }));
        }
        for (int i = 0; i < 192; i++) {
            handles.add(kit.allocate(spec, Scripted.endless(1)));
            allocated.countDown();
        }
        for (Future<?> setter : setters) {
            setter.get();
        }
        ReclaimerState state = kit.state();
        assertThat(state.nrMax()).isEqualTo(192);
        assertThat(state.bitsBeyondMap()).isZero();
        for (Cgroup cgroup : cgroups) {
            assertThat(kit.state(cgroup.path().toString(), 0).bits())
                    .isEqualTo(handles.stream().map(ShrinkerHandle::id).sorted().toList());
        }
    }

    /** Each bit is set once, while a map grows, and never again. */
    @Test
    void bitsAndCountsSetDuringAGrowthAreKept() throws Exception {
        Cgroup shop = kit.online("/shop");
        List<Cache> caches = new ArrayList<>();
        for (int id = 0; id < 64; id++) {
            caches.add(Cache.register(kit, "s" + id));
        }
        Threads.run(
                () -> caches.forEach(cache -> cache.put(shop, 0, 10)), () -> kit.allocate(spec, Scripted.endless(1)));
        kit.settle();
        assertThat(kit.state("/shop", 0).bits()).hasSize(64);
        assertThat(kit.state("/shop", 0).nrMax()).isEqualTo(128);
        assertThat(kit.pass("/shop", 0, 0).freedObjects()).isEqualTo(640);
    }

    private List<ShrinkerHandle> allocate(int count) {
        List<ShrinkerHandle> handles = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            handles.add(kit.allocate(spec, pages));
        }
        return handles;
    }
}
