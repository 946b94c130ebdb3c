package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bits (concepts.md 7). */
class BitsTest {

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create().with("reclaimer.nodes = [a, b]");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode();

    @Test
    void bitIsSetOnceHoweverOften() {
        Cgroup shop = KIT.online("/shop");
        ShrinkerHandle handle = KIT.register(spec, Scripted.endless(10));
        handle.setBit(shop, 0);
        handle.setBit(shop, 0);
        assertThat(KIT.state("/shop", 0).bits()).containsExactly(handle.id());
    }

    /** A cgroup without objects is data only and has no actor. Rounds do not change that. */
    @Test
    void pairsExistOnlyWhereABitWasSet() {
        Cgroup shop = KIT.online("/shop");
        Cgroup web = KIT.online("/shop/web");
        Cgroup idle = KIT.online("/shop/idle");
        ShrinkerHandle handle = KIT.register(spec, Scripted.endless(10));
        KIT.reclaim(ReclaimRequest.everywhere().startingAt(0));
        KIT.settle();
        assertThat(web.handle().onNode(0)).isNull();
        handle.setBit(web, 0);
        KIT.settle();
        KIT.reclaim(ReclaimRequest.everywhere().startingAt(0));
        assertThat(web.handle().onNode(0)).isNotNull();
        assertThat(shop.handle().onNode(0)).isNotNull();
        assertThat(idle.handle().onNode(0)).isNull();
    }

    @Test
    void nothingHappensOnTheRoot() {
        ShrinkerHandle handle = KIT.register(spec, Scripted.endless(10));
        handle.setBit(KIT.online("/"), 0);
        assertThat(KIT.state("/", 0).bits()).isEmpty();
        assertThat(KIT.state().bitsBeyondMap()).isZero();
    }

    @Test
    void nothingHappensForAGlobalShrinker() {
        Cgroup shop = KIT.online("/shop");
        KIT.register(spec, Scripted.endless(10));
        ShrinkerHandle global = KIT.register(ShrinkerSpec.named("global"), Scripted.endless(10));
        global.setBit(shop, 0);
        assertThat(KIT.state("/shop", 0).bits()).isEmpty();
        assertThat(KIT.state().bitsBeyondMap()).isZero();
    }

    @Test
    void nothingHappensOnACgroupThatIsOffline() {
        Cgroup shop = KIT.online("/shop");
        ShrinkerHandle handle = KIT.register(spec, Scripted.endless(10));
        KIT.offline("/shop");
        handle.setBit(shop, 0);
        KIT.online("/shop");
        assertThat(KIT.state("/shop", 0).bits()).isEmpty();
        assertThat(KIT.state("/", 0).bits()).isEmpty();
    }

    @Test
    void nodeThatThereIsNotIsRefused() {
        Cgroup shop = KIT.online("/shop");
        ShrinkerHandle handle = KIT.register(spec, Scripted.endless(10));
        for (int node : new int[] {-1, 2}) {
            assertThatThrownBy(() -> handle.setBit(shop, node))
                    .isInstanceOfSatisfying(
                            ReclaimerException.class,
                            e -> assertThat(e.reason()).isEqualTo(ReclaimerException.Reason.NO_SUCH_NODE))
                    .hasMessageContaining("[" + node + "]");
        }
    }

    @Test
    void bitIsOfItsNodeAlone() {
        Cgroup shop = KIT.online("/shop");
        ShrinkerHandle handle = KIT.register(spec, Scripted.endless(10));
        handle.setBit(shop, 1);
        assertThat(KIT.state("/shop", 0).bits()).isEmpty();
        assertThat(KIT.state("/shop", 1).bits()).containsExactly(handle.id());
    }

    /** Threads add an object and set the bit, while rounds free and clear. At the end one round finds all objects. */
    @Test
    void noBitIsLostByAConcurrentPass() throws Exception {
        Seeded seeded = Seeded.create();
        List<Cgroup> cgroups = new ArrayList<>();
        for (String path : new String[] {"/a", "/a/b", "/a/b/c", "/d", "/d/e"}) {
            cgroups.add(KIT.online(path));
        }
        List<Cache> caches = List.of(Cache.register(KIT, "s0"), Cache.register(KIT, "s1"), Cache.register(KIT, "s2"));
        Runnable[] adders = seeded.tasks(3, (number, random) -> {
            for (int j = 0; j < 3_000; j++) {
                Cache cache = caches.get(random.nextInt(caches.size()));
                cache.put(cgroups.get(random.nextInt(cgroups.size())), 0, 1);
            }
        });
        Threads.runBeside(() -> KIT.reclaim(ReclaimRequest.everywhere().startingAt(0)), adders);
        KIT.settle();
        KIT.reclaim(ReclaimRequest.everywhere().startingAt(0));
        assertThat(caches).as(seeded.toString()).allMatch(cache -> cache.table().objects() == 0);
    }

    /** The new owner of an id sets its bit while a thread still sets bits of the previous owner. */
    @Test
    void noBitIsLostByAnIdHandedOutAgain() throws Exception {
        Cgroup shop = KIT.online("/shop");
        for (int i = 0; i < 100; i++) {
            ShrinkerHandle before = KIT.register(spec, Scripted.endless(10));
            Future<?> late = Threads.start(() -> {
                for (int j = 0; j < 20; j++) {
                    before.setBit(shop, 0);
                }
                return null;
            });
            KIT.await(before.free());
            Cache after = Cache.register(KIT, "after");
            assertThat(after.handle().id()).isEqualTo(before.id());
            after.put(shop, 0, 10);
            late.get();
            KIT.settle();
            assertThat(KIT.pass("/shop", 0, 0).freedObjects()).isEqualTo(10);
            KIT.await(after.handle().free());
        }
    }
}
