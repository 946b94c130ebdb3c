package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.ReclaimerKit;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaffeineShrinkerTest {

    private static final CgroupPath SHOP = CgroupPath.of("/shop");
    private static final CgroupPath WEB = CgroupPath.of("/shop/web");
    private static final ShrinkerSpec SPEC = ShrinkerSpec.named("pages");

    @RegisterExtension
    final ReclaimerKit kit = ReclaimerKit.create();

    /** A cache that is less than half full does not note what is used. */
    @Test
    void entriesThatWereNotUsedAreFreedFirst() {
        Cache<Integer, String> cache =
                Caffeine.newBuilder().maximumSize(150).executor(Runnable::run).build();
        filled(cache, 100);
        use(cache, 0, 20);
        Shrinker shrinker = CaffeineShrinker.of(cache, WEB);
        assertThat(shrinker.scan(asked(WEB, 30))).isEqualTo(30);
        assertThat(keysOf(cache))
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 100)
                        .filter(key -> key < 20 || key >= 50)
                        .boxed()
                        .toList());
    }

    /** More than the cache's order is read at a time. */
    @ParameterizedTest
    @ValueSource(
            ints = {1, CaffeineShrinker.CHUNK - 1, CaffeineShrinker.CHUNK, CaffeineShrinker.CHUNK + 1, 700, 999, 1000})
    void asManyAreFreedAsAskedFor(int asked) {
        for (Cache<Integer, String> cache : List.of(bounded(), unbounded())) {
            filled(cache, 1000);
            assertThat(CaffeineShrinker.of(cache, WEB).scan(asked(WEB, asked))).isEqualTo(asked);
            assertThat(keysOf(cache)).hasSize(1000 - asked);
        }
    }

    @Test
    void coldestAreFreedInOrderOverManyReads() {
        Cache<Integer, String> cache = filled(bounded(), 1000);
        assertThat(CaffeineShrinker.of(cache, WEB).scan(asked(WEB, 700))).isEqualTo(700);
        assertThat(keysOf(cache)).allMatch(key -> key >= 700);
    }

    @Test
    void noMoreIsFreedThanThereIs() {
        for (Cache<Integer, String> cache : List.of(bounded(), unbounded())) {
            filled(cache, 300);
            Shrinker shrinker = CaffeineShrinker.of(cache, WEB);
            assertThat(shrinker.scan(asked(WEB, Long.MAX_VALUE))).isEqualTo(300);
            assertThat(keysOf(cache)).isEmpty();
            assertThat(shrinker.scan(asked(WEB, 10))).isZero();
        }
    }

    /** By weight, an entry is an object as well. */
    @Test
    void entriesOfAWeighedCacheAreCountedOneByOne() {
        Cache<Integer, String> cache = Caffeine.newBuilder()
                .maximumWeight(1L << 40)
                .<Integer, String>weigher((key, value) -> 1_000 + key)
                .executor(Runnable::run)
                .build();
        filled(cache, 100);
        Shrinker shrinker = CaffeineShrinker.of(cache, WEB);
        assertThat(shrinker.count(asked(WEB, 0))).isEqualTo(100);
        assertThat(shrinker.scan(asked(WEB, 30))).isEqualTo(30);
        assertThat(keysOf(cache)).hasSize(70).allMatch(key -> key >= 30);
    }

    @Test
    void everyEntryOfACacheWithoutAnOrderHasItsTurn() {
        Cache<Integer, String> cache = filled(unbounded(), 1000);
        Shrinker shrinker = CaffeineShrinker.of(cache, WEB);
        long freed = 0;
        for (int i = 0; i < 20; i++) {
            freed += shrinker.scan(asked(WEB, 50));
        }
        assertThat(freed).isEqualTo(1000);
        assertThat(keysOf(cache)).isEmpty();
        filled(cache, 10);
        assertThat(shrinker.scan(asked(WEB, 10))).isEqualTo(10);
    }

    @Test
    void countIsTheSizeOfTheCache() {
        Cache<Integer, String> cache = bounded();
        Shrinker shrinker = CaffeineShrinker.of(cache, WEB);
        assertThat(shrinker.count(asked(WEB, 0))).isZero();
        filled(cache, 7);
        assertThat(shrinker.count(asked(WEB, 0))).isEqualTo(7);
    }

    @Test
    void otherCgroupsHaveNothing() {
        Cache<Integer, String> cache = filled(bounded(), 10);
        Shrinker shrinker = CaffeineShrinker.of(cache, WEB);
        for (CgroupPath other : List.of(SHOP, CgroupPath.root(), WEB.child("a"))) {
            assertThat(shrinker.count(asked(other, 0))).isEqualTo(Shrinker.EMPTY);
            assertThat(shrinker.scan(asked(other, 10))).isZero();
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
    void reparentMovesTheCacheAndNothingElse() {
        Cache<Integer, String> cache = filled(bounded(), 10);
        Shrinker shrinker = CaffeineShrinker.of(cache, WEB);
        assertThat(shrinker.reparent(CgroupPath.of("/batch"), CgroupPath.root(), 0))
                .isZero();
        assertThat(shrinker.count(asked(WEB, 0))).isEqualTo(10);
        assertThat(shrinker.reparent(WEB, SHOP, 0)).isEqualTo(10);
        assertThat(keysOf(cache)).hasSize(10);
        assertThat(shrinker.count(asked(WEB, 0))).isEqualTo(Shrinker.EMPTY);
        assertThat(shrinker.count(asked(SHOP, 0))).isEqualTo(10);
        assertThat(shrinker.scan(asked(SHOP, 4))).isEqualTo(4);
    }

    /** So that the parent's bit is set for what comes later. */
    @Test
    void emptyCacheMovesAsIfItHadAnEntry() {
        assertThat(CaffeineShrinker.of(bounded(), WEB).reparent(WEB, SHOP, 0)).isOne();
    }

    @Test
    void registeredCacheIsFreedByARound() {
        Cache<Integer, String> cache = filled(bounded(), 1000);
        kit.online("/shop");
        ShrinkerHandle handle = register(cache, kit.online("/shop/web"));
        assertThat(handle.spec().cgroupAware()).isTrue();
        assertThat(kit.state("/shop/web", 0).bits()).containsExactly(handle.id());
        ReclaimReport report =
                kit.reclaim(ReclaimRequest.in("/shop").objects(100).startingAt(4));
        assertThat(report.outcome()).isEqualTo(ReclaimReport.Outcome.MET);
        assertThat(keysOf(cache))
                .hasSize((int) (1000 - report.freedObjects()))
                .contains(999)
                .doesNotContain(0);
    }

    /** Nobody says when the first entry comes in. */
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

    @Test
    void cacheOfACgroupThatWentOfflineIsFreedInItsParent() {
        Cache<Integer, String> cache = filled(bounded(), 10);
        Cache<Integer, String> empty = bounded();
        kit.online("/shop");
        Cgroup web = kit.online("/shop/web");
        register(cache, web);
        register(empty, web);
        kit.offline("/shop/web");
        filled(empty, 5);
        assertThat(kit.pass("/shop", 0, 0).freedObjects()).isEqualTo(15);
    }

    @Test
    void cacheMovesUpToTheRoot() {
        Cache<Integer, String> cache = filled(bounded(), 10);
        kit.online("/shop");
        register(cache, kit.online("/shop/web"));
        kit.offline("/shop/web");
        kit.offline("/shop");
        assertThat(kit.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects())
                .isEqualTo(10);
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
    void removalListenerHearsOfEveryFreedEntryOnce() {
        Queue<Integer> removed = new ConcurrentLinkedQueue<>();
        Cache<Integer, String> cache = Caffeine.newBuilder()
                .maximumSize(1_000_000)
                .executor(Runnable::run)
                .removalListener((Integer key, String value, RemovalCause cause) -> removed.add(key))
                .build();
        filled(cache, 300);
        assertThat(CaffeineShrinker.of(cache, WEB).scan(asked(WEB, 200))).isEqualTo(200);
        assertThat(removed)
                .containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList());
    }

    /** What rounds freed, what the application removed and what is left are all that ever came in. */
    @Test
    void nothingIsFreedTwiceOrLostWhileTheCacheIsUsed() throws Exception {
        for (Cache<Integer, String> cache : List.of(bounded(), unbounded())) {
            Map<Integer, Integer> removedByUser = new ConcurrentHashMap<>();
            kit.online("/used");
            ShrinkerHandle handle = register(
                    cache, kit.online("/used/" + (cache.policy().eviction().isPresent() ? 1 : 0)));
            AtomicLong freed = new AtomicLong();
            AtomicInteger using = new AtomicInteger(2);
            Seeded seeded = Seeded.create();
            Threads.run(
                    () -> use(cache, seeded.fork(1), 0, removedByUser, using),
                    () -> use(cache, seeded.fork(2), 20_000, removedByUser, using),
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
            assertThat(freed.get() + removedByUser.size() + cache.estimatedSize())
                    .as("%s", seeded)
                    .isEqualTo(40_000);
            assertThat(kit.reclaim(ReclaimRequest.in("/used").startingAt(0)).freedObjects())
                    .isEqualTo(40_000 - freed.get() - removedByUser.size());
            kit.await(handle.free());
        }
    }

    private static void use(
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
        return kit.await(CaffeineShrinker.register(kit.reclaimer(), SPEC, cache, cgroup));
    }

    /** Never full, but with an order; all upkeep is done on the calling thread. */
    private static Cache<Integer, String> bounded() {
        return Caffeine.newBuilder()
                .maximumSize(1_000_000)
                .executor(Runnable::run)
                .build();
    }

    private static Cache<Integer, String> unbounded() {
        return Caffeine.newBuilder().executor(Runnable::run).build();
    }

    private static Cache<Integer, String> filled(Cache<Integer, String> cache, int count) {
        for (int key = 0; key < count; key++) {
            cache.put(key, "value " + key);
        }
        return cache;
    }

    private static void use(Cache<Integer, String> cache, int from, int to) {
        for (int key = from; key < to; key++) {
            assertThat(cache.getIfPresent(key)).isNotNull();
        }
        cache.cleanUp();
    }

    private static Set<Integer> keysOf(Cache<Integer, String> cache) {
        cache.cleanUp();
        return Set.copyOf(cache.asMap().keySet());
    }

    private static ShrinkControl asked(CgroupPath cgroup, long objects) {
        return new Asked(cgroup, objects);
    }

    private record Asked(CgroupPath cgroup, long nrToScan) implements ShrinkControl {
        @Override
        public int node() {
            return 0;
        }

        @Override
        public long nrScanned() {
            return nrToScan;
        }

        @Override
        public void nrScanned(long objects) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void freedBytes(long bytes) {}

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public Set<ReclaimFlag> flags() {
            return Set.of();
        }
    }
}
