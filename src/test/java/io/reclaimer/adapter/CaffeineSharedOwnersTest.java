package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.github.benmanes.caffeine.cache.Cache;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.FakeControl;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CaffeineSharedOwnersTest {

    private static final ShrinkerSpec SPEC = ShrinkerSpec.named("shared");

    /** The number of the tenant that owns the key, and a number. */
    private record Key(int tenant, int number) {}

    @RegisterExtension
    // A long limit, because objects that a late visit frees after the end of its round are in no report.
    final ReclaimerExtension kit = ReclaimerExtension.create().with("reclaimer.late-after = 1m");

    /** One cgroup per tenant: /shop/0 to /shop/3. */
    private List<Cgroup> tenants = List.of();

    @BeforeEach
    void bringTenantsOnline() {
        kit.online("/shop");
        tenants = List.of(kit.online("/shop/0"), kit.online("/shop/1"), kit.online("/shop/2"), kit.online("/shop/3"));
    }

    @Test
    void countIsExactInASmallCache() {
        Cache<Key, String> cache = bounded(100, 200, 300, 0);
        Shrinker shrinker = shared(cache);
        assertThat(count(shrinker, "/shop/0")).isEqualTo(100);
        assertThat(count(shrinker, "/shop/1")).isEqualTo(200);
        assertThat(count(shrinker, "/shop/2")).isEqualTo(300);
        assertThat(count(shrinker, "/shop")).isZero();
        assertThat(count(shrinker, "/")).isZero();
        cache.invalidate(new Key(0, 7));
        assertThat(count(shrinker, "/shop/0")).isEqualTo(99);
    }

    /**
     * An estimate, because the table is in the order of hash codes, and those of one tenant's keys are close together
     * here.
     */
    @Test
    void countInALargeCacheIsRoughlyRightFromTheFirstCallOn() {
        Shrinker shrinker = shared(bounded(20_000, 10_000, 10_000, 0));
        assertThat(count(shrinker, "/shop/0")).isCloseTo(20_000, within(8_000L));
        assertThat(count(shrinker, "/shop/1")).isCloseTo(10_000, within(8_000L));
        assertThat(count(shrinker, "/shop/3")).isZero();
    }

    @Test
    void countInALargeCacheIsExactFromItsRegistrationOn() {
        CaffeineShrinker<Key, String> shrinker =
                Caches.registered(kit, SPEC, shared(bounded(20_000, 10_000, 10_000, 1)));
        assertThat(count(shrinker, "/shop/0")).isEqualTo(20_000);
        assertThat(count(shrinker, "/shop/1")).isEqualTo(10_000);
        assertThat(count(shrinker, "/shop/3")).isOne();
    }

    @Test
    void countInALargeCacheIsExactAfterALapOverAnUnchangedTable() {
        Shrinker shrinker = shared(bounded(20_000, 10_000, 10_000, 1));
        for (int i = 0; i <= 40_001 / CaffeineSharedOwners.KEYS_PER_COUNT; i++) {
            count(shrinker, "/shop/0");
        }
        assertThat(count(shrinker, "/shop/0")).isEqualTo(20_000);
        assertThat(count(shrinker, "/shop/1")).isEqualTo(10_000);
        assertThat(count(shrinker, "/shop/3")).isOne();
    }

    @Test
    void countFollowsWhatIsReclaimedBeforeTheNextLap() {
        CaffeineShrinker<Key, String> shrinker = Caches.registered(kit, SPEC, shared(bounded(20_000, 20_000, 0, 0)));
        assertThat(count(shrinker, "/shop/0")).isEqualTo(20_000);
        shrinker.scan(FakeControl.of(tenants.get(0).path(), 5_000));
        assertThat(count(shrinker, "/shop/0")).isEqualTo(40_000 - 20_000 - shrinker.reclaimedObjects());
        assertThat(count(shrinker, "/shop/1")).isEqualTo(20_000);
    }

    @Test
    void scanFreesWhatBelongsToTheCgroupOnly() {
        for (Cache<Key, String> cache : List.of(bounded(300, 300, 300, 1), unbounded(300, 300, 300, 1))) {
            CaffeineShrinker<Key, String> shrinker = shared(cache);
            assertThat(scan(shrinker, "/shop/1", 100)).isEqualTo(100);
            assertThat(scan(shrinker, "/shop/3", 100)).isOne();
            assertThat(scan(shrinker, "/shop", 100)).isZero();
            assertThat(scan(shrinker, "/", 100)).isZero();
            assertThat(held(cache)).isEqualTo(Map.of(0, 300L, 1, 200L, 2, 300L));
        }
    }

    @Test
    void coldestOfTheCgroupAreFreedFirst() {
        Cache<Key, String> cache = put(Caches.builder().maximumSize(1_000).build(), 300, 300, 0, 0);
        CaffeineShrinker<Key, String> shrinker = shared(cache);
        for (int number = 0; number < 100; number++) {
            assertThat(cache.getIfPresent(new Key(0, number))).isNotNull();
            cache.cleanUp();
        }
        assertThat(scan(shrinker, "/shop/0", 200)).isEqualTo(200);
        assertThat(cache.asMap().keySet().stream().filter(key -> key.tenant() == 0))
                .hasSize(100)
                .allMatch(key -> key.number() < 100);
    }

    /**
     * Its entries are not at the cold end of a large shared cache. A cursor over the table finds them, some at a time.
     */
    @Test
    void cgroupWithFewEntriesInALargeCacheIsFreedInTheEnd() {
        for (Cache<Key, String> cache : List.of(bounded(50_000, 5, 0, 0), unbounded(50_000, 5, 0, 0))) {
            for (int number = 0; number < 5; number++) {
                assertThat(cache.getIfPresent(new Key(1, number))).isNotNull();
            }
            CaffeineShrinker<Key, String> shrinker = shared(cache);
            long freed = 0;
            for (int i = 0; i <= 50_005 / CaffeineScan.MAX_EXAMINED; i++) {
                freed += scan(shrinker, "/shop/1", 128);
            }
            assertThat(freed).isEqualTo(5);
            assertThat(held(cache)).isEqualTo(Map.of(0, 50_000L));
        }
    }

    @Test
    void bitsOfAllWhoHaveEntriesAreSetWhenItIsRegistered() {
        ShrinkerHandle handle = kit.await(shared(bounded(5_000, 1, 0, 0)).register(kit.reclaimer(), SPEC));
        kit.settle();
        assertThat(bits(0)).containsExactly(handle.id());
        assertThat(bits(1)).containsExactly(handle.id());
        assertThat(bits(2)).isEmpty();
    }

    @Test
    void bitIsSetByWhoeverTellsOfAnEntry() {
        Cache<Key, String> cache = bounded(0, 0, 0, 0);
        CaffeineShrinker<Key, String> shrinker = shared(cache);
        ShrinkerHandle handle = kit.await(shrinker.register(kit.reclaimer(), SPEC));
        cache.put(new Key(2, 0), "value");
        shrinker.added(new Key(2, 0));
        kit.settle();
        assertThat(bits(2)).containsExactly(handle.id());
        assertThat(kit.pass("/shop/2", 0, 0).freedObjects()).isOne();
        kit.pass("/shop/2", 0, 0);
        assertThat(bits(2)).isEmpty();
    }

    /** The counts of other cgroups find an entry that was not announced. */
    @Test
    void bitIsSetByTheCensus() {
        Cache<Key, String> cache = bounded(10, 0, 0, 0);
        ShrinkerHandle handle = kit.await(shared(cache).register(kit.reclaimer(), SPEC));
        put(cache, 0, 0, 10, 0);
        kit.settle();
        assertThat(bits(2)).isEmpty();
        kit.pass("/shop/0", 0, 12);
        kit.settle();
        assertThat(bits(2)).containsExactly(handle.id());
    }

    /** Nothing would set it again. */
    @Test
    void bitOfAnEmptyCgroupStaysWhereNobodyTellsOfEntries() {
        CaffeineShrinker<Key, String> shrinker = shared(bounded(0, 1, 0, 0));
        ShrinkerHandle handle = kit.await(shrinker.register(kit.reclaimer(), SPEC));
        handle.setBit(tenants.get(0), 0);
        kit.settle();
        kit.pass("/shop/0", 0, 0);
        assertThat(bits(0)).containsExactly(handle.id());
    }

    @Test
    void entriesOfACgroupThatWentOfflineAreItsParents() {
        Cache<Key, String> cache = bounded(100, 100, 0, 0);
        CaffeineShrinker<Key, String> shrinker = shared(cache);
        ShrinkerHandle handle = kit.await(shrinker.register(kit.reclaimer(), SPEC));
        kit.settle();
        kit.offline("/shop/1");
        assertThat(kit.state("/shop", 0).bits()).containsExactly(handle.id());
        assertThat(count(shrinker, "/shop")).isEqualTo(100);
        cache.put(new Key(1, 1000), "late");
        assertThat(kit.pass("/shop", 0, 0).freedObjects()).isEqualTo(101);
        assertThat(held(cache)).isEqualTo(Map.of(0, 100L));
    }

    /** The last full lap tells how many entries moved. */
    @Test
    void countOfALargeCacheMovesToTheParent() {
        CaffeineShrinker<Key, String> shrinker = Caches.registered(kit, SPEC, shared(bounded(5_000, 3_000, 0, 0)));
        kit.offline("/shop/1");
        assertThat(count(shrinker, "/shop")).isEqualTo(3_000);
        assertThat(count(shrinker, "/shop/0")).isEqualTo(5_000);
    }

    @Test
    void entriesOfTheRootAreTheRoots() {
        Cache<Key, String> cache = bounded(10, 10, 10, 0);
        Caches.registered(kit, SPEC, shared(cache));
        for (String path : List.of("/shop/0", "/shop/1", "/shop/2", "/shop/3", "/shop")) {
            kit.offline(path);
        }
        assertThat(kit.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects())
                .isEqualTo(30);
    }

    /** While threads put, rounds reclaim and cgroups go offline, each entry is counted once, and found in the end. */
    @Test
    void nothingIsLostOrFreedTwiceWhileTheCacheIsShared() throws Exception {
        for (Cache<Key, String> cache : List.of(bounded(0, 0, 0, 0), unbounded(0, 0, 0, 0))) {
            String top = cache.policy().eviction().isPresent() ? "/bounded" : "/unbounded";
            kit.online(top);
            List<Cgroup> owners = List.of(
                    kit.online(top + "/0"), kit.online(top + "/1"), kit.online(top + "/2"), kit.online(top + "/3"));
            CaffeineShrinker<Key, String> shrinker = CaffeineShrinker.of(cache, (Key key) -> owners.get(key.tenant()));
            Map<Key, AtomicInteger> reclaimed = new ConcurrentHashMap<>();
            shrinker.onReclaimed((key, value) ->
                    reclaimed.computeIfAbsent(key, k -> new AtomicInteger()).incrementAndGet());
            kit.await(shrinker.register(kit.reclaimer(), SPEC));
            Seeded seeded = Seeded.create();
            AtomicInteger putting = new AtomicInteger(2);
            AtomicLong freed = new AtomicLong();
            Threads.run(
                    () -> putAll(shrinker, cache, seeded.fork(1), 0, putting),
                    () -> putAll(shrinker, cache, seeded.fork(2), 20_000, putting),
                    () -> {
                        do {
                            freed.addAndGet(kit.reclaim(ReclaimRequest.in(top)
                                            .objects(500)
                                            .startingAt(5)
                                            .within(Duration.ofMinutes(1)))
                                    .freedObjects());
                        } while (putting.get() > 0);
                    },
                    () -> {
                        kit.offline(top + "/0");
                        kit.offline(top + "/1");
                    });
            cache.cleanUp();
            // Objects that a late visit frees after the end of its round are in no report.
            assertThat(freed.get()).as("%s", seeded).isPositive().isLessThanOrEqualTo(shrinker.reclaimedObjects());
            assertThat(shrinker.reclaimedObjects() + cache.estimatedSize())
                    .as("%s", seeded)
                    .isEqualTo(40_000);
            Threads.until(() -> {
                kit.reclaim(ReclaimRequest.in(top).startingAt(0));
                return shrinker.reclaimedObjects() == 40_000;
            });
            assertThat(cache.asMap()).isEmpty();
            assertThat(reclaimed.values()).hasSize(40_000).allMatch(times -> times.get() == 1);
        }
    }

    private static void putAll(
            CaffeineShrinker<Key, String> shrinker,
            Cache<Key, String> cache,
            Seeded random,
            int from,
            AtomicInteger putting) {
        try {
            for (int number = from; number < from + 20_000; number++) {
                Key key = new Key(random.nextInt(4), number);
                cache.put(key, "value");
                shrinker.added(key);
            }
        } finally {
            putting.decrementAndGet();
        }
    }

    private CaffeineShrinker<Key, String> shared(Cache<Key, String> cache) {
        return CaffeineShrinker.of(cache, (Key key) -> tenants.get(key.tenant()));
    }

    private static long count(Shrinker shrinker, String cgroup) {
        return shrinker.count(FakeControl.of(CgroupPath.of(cgroup), 0));
    }

    private static long scan(Shrinker shrinker, String cgroup, long objects) {
        return shrinker.scan(FakeControl.of(CgroupPath.of(cgroup), objects));
    }

    private List<Integer> bits(int tenant) {
        return kit.state(tenants.get(tenant).path().toString(), 0).bits();
    }

    private static Cache<Key, String> bounded(int... entries) {
        return put(Caches.builder().maximumSize(Caches.UNREACHED).build(), entries);
    }

    private static Cache<Key, String> unbounded(int... entries) {
        return put(Caches.builder().build(), entries);
    }

    /** So many for each tenant. */
    private static Cache<Key, String> put(Cache<Key, String> cache, int... entries) {
        for (int tenant = 0; tenant < entries.length; tenant++) {
            for (int number = 0; number < entries[tenant]; number++) {
                cache.put(new Key(tenant, number), "value");
            }
        }
        return cache;
    }

    private static Map<Integer, Long> held(Cache<Key, String> cache) {
        Map<Integer, Long> held = new ConcurrentHashMap<>();
        cache.asMap().keySet().forEach(key -> held.merge(key.tenant(), 1L, Long::sum));
        return held;
    }
}
