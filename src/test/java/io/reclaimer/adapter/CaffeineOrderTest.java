package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import com.github.benmanes.caffeine.cache.Cache;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.FakeControl;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which entries go first if other cgroups also have entries in the cache, and how many keys are looked at for that. */
class CaffeineOrderTest {

    private static final ShrinkerSpec SPEC = ShrinkerSpec.named("shared");
    private static final int ENTRIES = 20_000;

    /** A table is in the order of hash codes, and so are the keys of one tenant. */
    private record Key(int tenant, int number) {}

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create()
            .with("akka.scheduler.implementation = \"akka.testkit.ExplicitlyTriggeredScheduler\"");

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 20, 1_000})
    void coldestOfATenantGoFirst(int tenants) {
        int each = ENTRIES / tenants;
        int hot = each / 10;
        Cache<Key, String> cache = Caches.builder().maximumSize(ENTRIES * 6 / 5).build();
        List<Cgroup> owners = online(tenants);
        CaffeineShrinker<Key, String> shrinker = CaffeineShrinker.of(cache, (Key key) -> owners.get(key.tenant()));
        fill(cache, tenants, each);
        for (int reads = 0; reads < 8; reads++) {
            for (int number = 0; number < hot; number++) {
                for (int tenant = 0; tenant < tenants; tenant++) {
                    assertThat(cache.getIfPresent(new Key(tenant, hotKey(number, each))))
                            .isNotNull();
                }
                cache.cleanUp();
            }
        }
        kit.await(shrinker.register(kit.reclaimer(), SPEC));
        kit.settle();
        long freed = 0;
        for (Cgroup owner : owners) {
            freed += shrinker.scan(FakeControl.of(owner.path(), each / 2));
        }
        assertThat(freed).isEqualTo(ENTRIES / 2);
        assertThat(IntStream.range(0, tenants)
                        .boxed()
                        .flatMap(tenant -> IntStream.range(0, hot)
                                .mapToObj(number -> new Key(tenant, hotKey(number, each)))
                                .filter(key -> !cache.asMap().containsKey(key))))
                .hasSizeLessThanOrEqualTo(ENTRIES / 10 / 20);
        assertThat(cache.asMap()).hasSize(ENTRIES / 2);
    }

    /**
     * Each call of the function looks at one key, to count or to split the order. About three calls per entry, and more
     * if others change the cache or more than one second passes; 500 if each visit searched by itself.
     */
    @Test
    void roundOverManyTenantsLooksAtEachEntryAFewTimes() {
        roundLooksAtEachEntryAFewTimes(100);
    }

    @Test
    @Tag("nightly")
    void roundOverAThousandTenantsLooksAtEachEntryAFewTimes() {
        roundLooksAtEachEntryAFewTimes(1_000);
    }

    private void roundLooksAtEachEntryAFewTimes(int tenants) {
        List<Cgroup> owners = online(tenants);
        Cache<Key, String> cache = Caches.builder().maximumSize(ENTRIES * 2).build();
        fill(cache, tenants, ENTRIES / tenants);
        AtomicLong calls = new AtomicLong();
        CaffeineShrinker<Key, String> shrinker = CaffeineShrinker.of(cache, (Key key) -> {
            calls.incrementAndGet();
            return owners.get(key.tenant());
        });
        kit.await(shrinker.register(kit.reclaimer(), SPEC));
        kit.settle();
        calls.set(0);
        long freed = kit.reclaim(
                        ReclaimRequest.everywhere().objects(ENTRIES / 2).within(Duration.ofMinutes(1)))
                .freedObjects();
        assertThat(freed).isGreaterThanOrEqualTo(ENTRIES / 2);
        assertThat(calls).hasValueLessThan(50L * ENTRIES);
    }

    /** A reading of the order serves all scans within one second, and none later. */
    @Test
    void entriesThatWereUsedSinceAreLeft() {
        List<Cgroup> owners = online(2);
        Cache<Key, String> cache = Caches.builder().maximumSize(2_000).build();
        CaffeineShrinker<Key, String> shrinker = CaffeineShrinker.of(cache, (Key key) -> owners.get(key.tenant()));
        fill(cache, 2, 900);
        kit.await(shrinker.register(kit.reclaimer(), SPEC));
        assertThat(shrinker.scan(FakeControl.of(owners.get(0).path(), 100))).isEqualTo(100);
        List<Key> coldest = cache.policy()
                .eviction()
                .orElseThrow()
                .coldest(order -> order.map(entry -> entry.getKey())
                        .filter(key -> key.tenant() == 0)
                        .limit(100)
                        .toList());
        coldest.forEach(key -> {
            for (int reads = 0; reads < 3; reads++) {
                assertThat(cache.getIfPresent(key)).isNotNull();
                cache.cleanUp();
            }
        });
        ManualTime.get(kit.system()).timePasses(Duration.ofSeconds(1));
        assertThat(shrinker.scan(FakeControl.of(owners.get(0).path(), 600))).isEqualTo(600);
        assertThat(cache.asMap()).containsKeys(coldest.toArray(Key[]::new));
    }

    /** Any number of such entries at the cold end is passed. */
    @ParameterizedTest
    @ValueSource(ints = {100, 9_000})
    void entriesOfWeightZeroStopNothing(int pinned) {
        checkThatTheyArePassed(pinned);
    }

    /** Twice as many entries of weight 0 as others. */
    @Test
    @Tag("nightly")
    void manyEntriesOfWeightZeroStopNothing() {
        checkThatTheyArePassed(2 * ENTRIES);
    }

    private void checkThatTheyArePassed(int pinned) {
        Cache<Integer, String> cache = Caches.builder()
                .maximumWeight(1_000_000)
                .<Integer, String>weigher((key, value) -> key < pinned ? 0 : 1)
                .build();
        Caches.filled(cache, pinned + ENTRIES);
        kit.await(CaffeineShrinker.of(cache, kit.online("/a")).register(kit.reclaimer(), SPEC));
        kit.settle();
        assertThat(kit.reclaim(ReclaimRequest.in("/a").objects(ENTRIES - 1_000)).freedObjects())
                .isGreaterThanOrEqualTo(ENTRIES - 1_000);
        assertThat(Caches.keysOf(cache).stream().filter(key -> key < pinned)).hasSize(pinned);
    }

    /** The function may throw, or return null as a map does. */
    @Test
    void keyWithoutAnOwnerStopsNothing() {
        List<Cgroup> owners = online(2);
        List<Function<Key, Cgroup>> functions = List.of(
                key -> key.tenant() < 2 ? owners.get(key.tenant()) : null, key -> owners.get(key.tenant()), key -> {
                    assert key.tenant() < 2;
                    return owners.get(key.tenant());
                });
        for (Function<Key, Cgroup> function : functions) {
            for (Cache<Key, String> cache : List.<Cache<Key, String>>of(
                    Caches.builder().maximumSize(ENTRIES).build(),
                    Caches.builder().build())) {
                LoggingTestKit.warn("The function from key to cgroup").expect(kit.system(), () -> {
                    checkThatNothingElseIsLeft(cache, function);
                    return null;
                });
            }
        }
    }

    private void checkThatNothingElseIsLeft(Cache<Key, String> cache, Function<Key, Cgroup> function) {
        cache.put(new Key(7, 0), "of nobody");
        fill(cache, 2, 3_000);
        cache.put(new Key(8, 0), "of nobody");
        CaffeineShrinker<Key, String> shrinker = CaffeineShrinker.of(cache, function);
        shrinker.added(new Key(7, 0));
        ShrinkerHandle handle = kit.await(shrinker.register(kit.reclaimer(), SPEC));
        shrinker.added(new Key(8, 0));
        kit.settle();
        // The count of a shared cache is an estimate, so one pass may leave some entries.
        Threads.until(
                () -> kit.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects() == 0);
        assertThat(cache.asMap()).containsOnlyKeys(new Key(7, 0), new Key(8, 0));
        assertThat(handle.state().faults()).isZero();
        kit.await(handle.free());
    }

    /** Scans of one cgroup at the same time share a reading, and free no entry twice. */
    @Test
    void entryIsGivenToOneScan() {
        List<Cgroup> owners = online(2);
        Cache<Key, String> cache = Caches.builder().maximumSize(ENTRIES).build();
        fill(cache, 2, 1_000);
        CaffeineShrinker<Key, String> shrinker = CaffeineShrinker.of(cache, (Key key) -> owners.get(key.tenant()));
        kit.await(shrinker.register(kit.reclaimer(), SPEC));
        CgroupPath first = owners.get(0).path();
        AtomicLong inner = new AtomicLong();
        shrinker.onReclaimed((key, value) -> {
            if (inner.getAndIncrement() == 0) {
                inner.set(shrinker.scan(FakeControl.of(first, 300)) + 1);
            }
        });
        assertThat(shrinker.scan(FakeControl.of(first, 400))).isEqualTo(400);
        assertThat(shrinker.reclaimedObjects()).isEqualTo(700);
        assertThat(cache.asMap()).hasSize(1_300);
    }

    private List<Cgroup> online(int tenants) {
        return IntStream.range(0, tenants)
                .mapToObj(tenant -> kit.online("/t" + tenant))
                .toList();
    }

    private static void fill(Cache<Key, String> cache, int tenants, int each) {
        for (int number = 0; number < each; number++) {
            for (int tenant = 0; tenant < tenants; tenant++) {
                cache.put(new Key(tenant, number), "value");
            }
        }
    }

    /** Returns the number of a hot key. Hot keys are neither the first ones nor neighbours in the table. */
    private static int hotKey(int number, int each) {
        return (int) ((number * 7919L + 13) % each);
    }
}
