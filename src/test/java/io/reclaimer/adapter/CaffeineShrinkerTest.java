package io.reclaimer.adapter;

import static io.reclaimer.adapter.Caches.bounded;
import static io.reclaimer.adapter.Caches.filled;
import static io.reclaimer.adapter.Caches.keysOf;
import static io.reclaimer.adapter.Caches.use;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.FakeControl;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** To which cgroup a cache belongs, how it is counted, and that rounds free it. */
class CaffeineShrinkerTest {

    private static final CgroupPath ROOT = CgroupPath.root();
    private static final CgroupPath SHOP = CgroupPath.of("/shop");
    private static final CgroupPath WEB = CgroupPath.of("/shop/web");
    private static final ShrinkerSpec SPEC = ShrinkerSpec.named("pages");

    @RegisterExtension
    // A long limit, because objects that a late visit frees after the end of its round are in no report.
    final ReclaimerExtension kit = ReclaimerExtension.create().with("reclaimer.late-after = 1m");

    @Test
    void countIsTheSizeOfTheCache() {
        Cache<Integer, String> cache = bounded();
        Shrinker shrinker = CaffeineShrinker.of(cache);
        assertThat(shrinker.count(FakeControl.of(ROOT, 0))).isZero();
        filled(cache, 7);
        assertThat(shrinker.count(FakeControl.of(ROOT, 0))).isEqualTo(7);
    }

    /** A count precedes each visit, also of caches from which nothing is freed. */
    @Test
    void countDoesNotWaitForTheCachesLock() {
        Cache<Integer, String> cache = filled(bounded(), 10);
        Shrinker shrinker = CaffeineShrinker.of(cache);
        Gate gate = new Gate();
        Future<?> holder =
                Threads.start(() -> cache.policy().eviction().orElseThrow().<Boolean>coldest(entries -> {
                    gate.pass();
                    return true;
                }));
        gate.awaitEntered();
        Caches.await(Threads.start(() -> shrinker.count(FakeControl.of(ROOT, 0))));
        assertThat(holder).isNotDone();
        gate.open();
        Caches.await(holder);
    }

    @Test
    void otherCgroupsHaveNothing() {
        kit.online("/shop");
        Cache<Integer, String> cache = filled(bounded(), 10);
        Shrinker shrinker = CaffeineShrinker.of(cache, kit.online("/shop/web"));
        for (CgroupPath other : List.of(SHOP, ROOT, WEB.child("a"))) {
            assertThat(shrinker.count(FakeControl.of(other, 0))).isEqualTo(Shrinker.EMPTY);
            assertThat(shrinker.scan(FakeControl.of(other, 10))).isZero();
        }
        assertThat(keysOf(cache)).hasSize(10);
    }

    @Test
    void cacheWithoutACgroupIsTheRoots() {
        Cache<Integer, String> cache = filled(bounded(), 10);
        kit.register(SPEC, CaffeineShrinker.of(cache));
        assertThat(kit.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects())
                .isEqualTo(10);
        assertThat(keysOf(cache)).isEmpty();
    }

    @Test
    void cacheOfACgroupIsTheRootsWhereCgroupsAreDisabled() {
        try (ReclaimerTestSystem without = ReclaimerTestSystem.start("reclaimer.cgroups-enabled = false")) {
            Cache<Integer, String> cache = filled(bounded(), 10);
            Cgroup web = kit.online("/web");
            without.await(CaffeineShrinker.of(cache, web).register(without.reclaimer(), SPEC));
            assertThat(without.reclaim(ReclaimRequest.everywhere().startingAt(0))
                            .freedObjects())
                    .isEqualTo(10);
        }
    }

    @Test
    void reparentMovesTheCacheAndNothingElse() {
        kit.online("/shop");
        Cache<Integer, String> cache = filled(bounded(), 10);
        Shrinker shrinker = CaffeineShrinker.of(cache, kit.online("/shop/web"));
        assertThat(shrinker.reparent(CgroupPath.of("/batch"), ROOT, 0)).isZero();
        assertThat(shrinker.count(FakeControl.of(WEB, 0))).isEqualTo(10);
        kit.offline("/shop/web");
        assertThat(shrinker.reparent(WEB, SHOP, 0)).isEqualTo(10);
        assertThat(keysOf(cache)).hasSize(10);
        assertThat(shrinker.count(FakeControl.of(WEB, 0))).isEqualTo(Shrinker.EMPTY);
        assertThat(shrinker.count(FakeControl.of(SHOP, 0))).isEqualTo(10);
        assertThat(shrinker.scan(FakeControl.of(SHOP, 4))).isEqualTo(4);
    }

    /** So that the parent's bit is set for later entries. */
    @Test
    void emptyCacheMovesAsIfItHadAnEntry() {
        Shrinker shrinker = CaffeineShrinker.of(bounded(), kit.online("/shop"));
        kit.offline("/shop");
        assertThat(shrinker.reparent(SHOP, ROOT, 0)).isOne();
    }

    @Test
    void registeredCacheIsFreedByARound() {
        Cache<Integer, String> cache = filled(bounded(), 1000);
        kit.online("/shop");
        ShrinkerHandle handle = register(cache, kit.online("/shop/web"));
        use(cache, 0, 100);
        List<Integer> used = IntStream.range(0, 100).boxed().toList();
        assertThat(handle.spec().isCgroupAware()).isTrue();
        assertThat(kit.state("/shop/web", 0).bits()).containsExactly(handle.id());
        ReclaimReport report =
                kit.reclaim(ReclaimRequest.in("/shop").objects(100).startingAt(4));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_REACHED);
        assertThat(report.freedObjects()).isGreaterThanOrEqualTo(100);
        assertThat(keysOf(cache)).hasSize((int) (1000 - report.freedObjects())).containsAll(used);
    }

    /** Nobody announces the first entry. */
    @Test
    void emptyCacheKeepsItsBit() {
        Cache<Integer, String> cache = bounded();
        ShrinkerHandle handle = register(cache, kit.online("/shop"));
        kit.settle();
        assertThat(kit.pass("/shop", 0, 0).freedObjects()).isZero();
        kit.pass("/shop", 0, 0);
        assertThat(kit.state("/shop", 0).bits()).containsExactly(handle.id());
        filled(cache, 10);
        assertThat(kit.pass("/shop", 0, 0).freedObjects()).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cacheOfACgroupThatWentOfflineIsFreedInItsParentOrInTheRoot(boolean parentToo) {
        Cache<Integer, String> cache = filled(bounded(), 10);
        Cache<Integer, String> empty = bounded();
        kit.online("/shop");
        Cgroup web = kit.online("/shop/web");
        register(cache, web);
        register(empty, web);
        kit.offline("/shop/web");
        if (parentToo) {
            kit.offline("/shop");
        }
        filled(empty, 5);
        assertThat(kit.pass(parentToo ? "/" : "/shop", 0, 0).freedObjects()).isEqualTo(15);
    }

    @Test
    void cacheOfACgroupThatIsOfflineAlreadyIsItsNearestAncestors() {
        kit.online("/shop");
        kit.online("/shop/web");
        Cgroup cgroup = kit.online("/shop/web/a");
        kit.offline("/shop/web/a");
        kit.offline("/shop/web");
        Cache<Integer, String> cache = filled(bounded(), 10);
        ShrinkerHandle handle = register(cache, cgroup);
        kit.settle();
        assertThat(kit.state("/shop", 0).bits()).containsExactly(handle.id());
        assertThat(kit.pass("/shop", 0, 0).freedObjects()).isEqualTo(10);
    }

    /** A later cgroup with the same path is a different one. */
    @Test
    void cacheDoesNotGoBackToACgroupOfTheSameName() {
        kit.online("/shop");
        Cache<Integer, String> cache = filled(bounded(), 10);
        register(cache, kit.online("/shop/web"));
        kit.offline("/shop/web");
        kit.online("/shop/web");
        assertThat(kit.pass("/shop/web", 0, 0).freedObjects()).isZero();
        assertThat(kit.pass("/shop", 0, 0).freedObjects()).isEqualTo(10);
    }

    /** Registration and the move to the parent come in any order, and the bit of the owner is set in the end. */
    @Test
    void cacheIsNotLostWhereItsCgroupGoesOfflineWhileItIsRegistered() throws Exception {
        kit.online("/shop");
        for (int round = 0; round < 30; round++) {
            Cgroup web = kit.online("/shop/web");
            Cache<Integer, String> cache = filled(bounded(), 10);
            Threads.run(() -> register(cache, web), () -> kit.offline("/shop/web"));
            assertThat(kit.pass("/shop", 0, 0).freedObjects()).isEqualTo(10);
        }
    }

    /** The announcement of each entry saves one count per pass. */
    @Test
    void emptyCacheLosesItsBitWhereItIsToldOfEntries() {
        Cache<Integer, String> cache = bounded();
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache, kit.online("/shop"));
        shrinker.added(1);
        ShrinkerHandle handle = kit.await(shrinker.register(kit.reclaimer(), SPEC));
        kit.settle();
        kit.pass("/shop", 0, 0);
        assertThat(kit.state("/shop", 0).bits()).containsExactly(handle.id());
        cache.put(1, "one");
        shrinker.added(1);
        assertThat(kit.pass("/shop", 0, 0).freedObjects()).isOne();
        kit.pass("/shop", 0, 0);
        assertThat(kit.state("/shop", 0).bits()).isEmpty();
        cache.put(2, "two");
        shrinker.added(2);
        kit.settle();
        assertThat(kit.pass("/shop", 0, 0).freedObjects()).isOne();
    }

    @Test
    void cachesOfTwoCgroupsAreApart() {
        Cache<Integer, String> web = filled(bounded(), 10);
        Cache<Integer, String> batch = filled(bounded(), 10);
        register(web, kit.online("/web"));
        register(batch, kit.online("/batch"));
        kit.settle();
        assertThat(kit.pass("/batch", 0, 0).freedObjects()).isEqualTo(10);
        assertThat(keysOf(web)).hasSize(10);
        assertThat(keysOf(batch)).isEmpty();
    }

    @Test
    void refaultsAreReportedToTheReclaimer() {
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(filled(bounded(), 10));
        ShrinkerHandle handle = kit.await(shrinker.register(kit.reclaimer(), SPEC));
        shrinker.scan(FakeControl.of(ROOT, 10));
        shrinker.missed(3);
        assertThat(handle.state().refaultedObjects()).isOne();
    }

    /**
     * The entries that rounds freed, that the application removed, that the cache evicted and that are left are all
     * entries that were put.
     */
    @Test
    void nothingIsFreedTwiceOrLostWhileTheCacheIsUsed() throws Exception {
        for (boolean ordered : List.of(true, false)) {
            AtomicLong evicted = new AtomicLong();
            Caffeine<Integer, String> builder = Caches.builder()
                    .removalListener((Integer key, String value, RemovalCause cause) ->
                            evicted.addAndGet(cause.wasEvicted() ? 1 : 0));
            Cache<Integer, String> cache =
                    ordered ? builder.maximumSize(1_000_000).build() : builder.build();
            Map<Integer, Integer> removedByUser = new ConcurrentHashMap<>();
            kit.online("/used");
            Cgroup cgroup = kit.online("/used/" + ordered);
            CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache, cgroup);
            ShrinkerHandle handle = kit.await(shrinker.register(kit.reclaimer(), SPEC));
            AtomicLong freed = new AtomicLong();
            AtomicInteger using = new AtomicInteger(2);
            Seeded seeded = Seeded.create();
            Threads.run(
                    () -> churn(cache, seeded.fork(1), 0, removedByUser, using),
                    () -> churn(cache, seeded.fork(2), 20_000, removedByUser, using),
                    () -> {
                        do {
                            freed.addAndGet(kit.reclaim(ReclaimRequest.in("/used")
                                            .objects(500)
                                            .startingAt(6)
                                            .within(Duration.ofMinutes(1)))
                                    .freedObjects());
                        } while (using.get() > 0 || freed.get() == 0);
                    });
            cache.cleanUp();
            assertThat(shrinker.reclaimedObjects()).isEqualTo(freed.get());
            long left = 40_000 - freed.get() - removedByUser.size() - evicted.get();
            assertThat(cache.estimatedSize()).as("%s", seeded).isEqualTo(left);
            assertThat(kit.reclaim(ReclaimRequest.in("/used").startingAt(0)).freedObjects())
                    .isEqualTo(left);
            kit.await(handle.free());
        }
    }

    private static void churn(
            Cache<Integer, String> cache,
            Seeded random,
            int firstKey,
            Map<Integer, Integer> removed,
            AtomicInteger using) {
        try {
            for (int key = firstKey; key < firstKey + 20_000; key++) {
                cache.put(key, "value");
                String value = cache.getIfPresent(firstKey + random.nextInt(key - firstKey + 1));
                assertThat(value == null || value.equals("value")).isTrue();
                if (random.nextInt(4) == 0) {
                    int some = firstKey + random.nextInt(key - firstKey + 1);
                    if (cache.asMap().remove(some) != null) {
                        removed.put(some, some);
                    }
                }
            }
        } finally {
            using.decrementAndGet();
        }
    }

    private ShrinkerHandle register(Cache<?, ?> cache, Cgroup cgroup) {
        return kit.await(CaffeineShrinker.of(cache, cgroup).register(kit.reclaimer(), SPEC));
    }
}
