package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bits (concepts.md 7). */
class BitsTest {

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create();

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode();

    @Test
    void bitIsSetOnceHoweverOften() {
        Cgroup shop = kit.online("/shop");
        ShrinkerHandle handle = kit.register(spec, Scripted.endless(10));
        handle.setBit(shop, 0);
        handle.setBit(shop, 0);
        assertThat(kit.state("/shop", 0).bits()).containsExactly(handle.id());
    }

    /** A cgroup without objects is data only and has no actor. Rounds do not change that. */
    @Test
    void pairsExistOnlyWhereABitWasSet() {
        Cgroup shop = kit.online("/shop");
        Cgroup web = kit.online("/shop/web");
        Cgroup idle = kit.online("/shop/idle");
        ShrinkerHandle handle = kit.register(spec, Scripted.endless(10));
        kit.reclaim(ReclaimRequest.everywhere().startingAt(0));
        kit.settle();
        assertThat(web.handle().onNode(0)).isNull();
        handle.setBit(web, 0);
        kit.settle();
        kit.reclaim(ReclaimRequest.everywhere().startingAt(0));
        assertThat(web.handle().onNode(0)).isNotNull();
        assertThat(shop.handle().onNode(0)).isNotNull();
        assertThat(idle.handle().onNode(0)).isNull();
    }

    @Test
    void nothingHappensOnTheRoot() {
        ShrinkerHandle handle = kit.register(spec, Scripted.endless(10));
        handle.setBit(kit.online("/"), 0);
        assertThat(kit.state("/", 0).bits()).isEmpty();
        assertThat(kit.state().bitsBeyondMap()).isZero();
    }

    @Test
    void nothingHappensForAGlobalShrinker() {
        Cgroup shop = kit.online("/shop");
        kit.register(spec, Scripted.endless(10));
        ShrinkerHandle global = kit.register(ShrinkerSpec.named("global"), Scripted.endless(10));
        global.setBit(shop, 0);
        assertThat(kit.state("/shop", 0).bits()).isEmpty();
        assertThat(kit.state().bitsBeyondMap()).isZero();
    }

    @Test
    void nothingHappensOnACgroupThatIsOffline() {
        Cgroup shop = kit.online("/shop");
        ShrinkerHandle handle = kit.register(spec, Scripted.endless(10));
        kit.offline("/shop");
        handle.setBit(shop, 0);
        kit.online("/shop");
        assertThat(kit.state("/shop", 0).bits()).isEmpty();
        assertThat(kit.state("/", 0).bits()).isEmpty();
    }

    @Test
    void nodeThatThereIsNotIsRefused() {
        Cgroup shop = kit.online("/shop");
        ShrinkerHandle handle = kit.register(spec, Scripted.endless(10));
        for (int node : new int[] {-1, 1}) {
            assertThatThrownBy(() -> handle.setBit(shop, node))
                    .isInstanceOfSatisfying(
                            ReclaimerException.class,
                            e -> assertThat(e.reason()).isEqualTo(ReclaimerException.Reason.NO_SUCH_NODE))
                    .hasMessageContaining("[" + node + "]");
        }
    }

    @Test
    void bitIsOfItsNodeAlone() {
        try (ReclaimerTestSystem two = ReclaimerTestSystem.start("reclaimer.nodes = [a, b]")) {
            Cgroup shop = two.online("/shop");
            ShrinkerHandle handle = two.register(spec, Scripted.endless(10));
            handle.setBit(shop, 1);
            assertThat(two.state("/shop", 0).bits()).isEmpty();
            assertThat(two.state("/shop", 1).bits()).containsExactly(handle.id());
        }
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

    /** Threads add an object and set the bit, while rounds free and clear. At the end one round finds all objects. */
    @Test
    void noBitIsLostByAConcurrentPass() throws Exception {
        Seeded seeded = Seeded.create();
        List<Cgroup> cgroups = new ArrayList<>();
        for (String path : new String[] {"/a", "/a/b", "/a/b/c", "/d", "/d/e"}) {
            cgroups.add(kit.online(path));
        }
        List<Cache> caches = List.of(Cache.register(kit, "s0"), Cache.register(kit, "s1"), Cache.register(kit, "s2"));
        Runnable[] adders = seeded.tasks(3, (number, random) -> {
            for (int j = 0; j < 3_000; j++) {
                Cache cache = caches.get(random.nextInt(caches.size()));
                cache.put(cgroups.get(random.nextInt(cgroups.size())), 0, 1);
            }
        });
        Threads.runBeside(() -> kit.reclaim(ReclaimRequest.everywhere().startingAt(0)), adders);
        kit.settle();
        kit.reclaim(ReclaimRequest.everywhere().startingAt(0));
        assertThat(caches).as(seeded.toString()).allMatch(cache -> cache.table().objects() == 0);
    }

    /** The new owner of an id sets its bit while a thread still sets bits of the previous owner. */
    @Test
    void noBitIsLostByAnIdHandedOutAgain() throws Exception {
        Cgroup shop = kit.online("/shop");
        for (int i = 0; i < 200; i++) {
            ShrinkerHandle before = kit.register(spec, Scripted.endless(10));
            Future<?> late = Threads.start(() -> {
                for (int j = 0; j < 20; j++) {
                    before.setBit(shop, 0);
                }
                return null;
            });
            kit.await(before.free());
            Cache after = Cache.register(kit, "after");
            assertThat(after.handle().id()).isEqualTo(before.id());
            after.put(shop, 0, 10);
            late.get();
            kit.settle();
            assertThat(kit.pass("/shop", 0, 0).freedObjects()).isEqualTo(10);
            kit.await(after.handle().free());
        }
    }
}
