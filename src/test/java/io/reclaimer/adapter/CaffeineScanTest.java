package io.reclaimer.adapter;

import static io.reclaimer.adapter.Caches.bounded;
import static io.reclaimer.adapter.Caches.filled;
import static io.reclaimer.adapter.Caches.keysOf;
import static io.reclaimer.adapter.Caches.unbounded;
import static io.reclaimer.adapter.Caches.use;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.RemovalListener;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.FakeControl;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which entries a scan of a cache frees, in which order, and what it reports. */
class CaffeineScanTest {

    private static final CgroupPath ROOT = CgroupPath.root();

    @RegisterExtension
    static final ReclaimerExtension kit = ReclaimerExtension.create().perClass();

    /** Caffeine does not record the uses of a cache that is less than half full. */
    @Test
    void entriesThatWereNotUsedAreFreedFirst() {
        Cache<Integer, String> cache = filled(Caches.builder().maximumSize(150).build(), 100);
        use(cache, 0, 20);
        Shrinker shrinker = CaffeineShrinker.of(cache);
        assertThat(shrinker.scan(FakeControl.of(ROOT, 30))).isEqualTo(30);
        assertThat(keysOf(cache))
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 100)
                        .filter(key -> key < 20 || key >= 50)
                        .boxed()
                        .toList());
    }

    /** Fewer and more than are read from the order at a time. */
    @ParameterizedTest
    @ValueSource(ints = {1, CaffeineScan.CHUNK - 1, CaffeineScan.CHUNK, CaffeineScan.CHUNK + 1, 700, 999, 1000})
    void asManyAreFreedAsAskedFor(int asked) {
        for (Cache<Integer, String> cache : List.of(bounded(), unbounded())) {
            filled(cache, 1000);
            assertThat(scan(cache, asked)).isEqualTo(asked);
            assertThat(keysOf(cache)).hasSize(1000 - asked);
        }
    }

    /** Used entries stay, whenever they were added. */
    @Test
    void coldestAreFreedOverManyReads() {
        Cache<Integer, String> cache = filled(bounded(), 1000);
        Shrinker shrinker = CaffeineShrinker.of(cache);
        use(cache, 0, 150);
        use(cache, 850, 1000);
        assertThat(shrinker.scan(FakeControl.of(ROOT, 700))).isEqualTo(700);
        assertThat(keysOf(cache)).hasSize(300).allMatch(key -> key < 150 || key >= 850);
    }

    /** Without help, Caffeine keeps entries in the order in which they were added until the cache is half full. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10, 1000})
    void useIsNotedInACacheThatIsFarFromFull(int alreadyThere) {
        Cache<Integer, String> cache = bounded();
        filled(cache, alreadyThere);
        Shrinker shrinker = CaffeineShrinker.of(cache);
        filled(cache, alreadyThere, 1000);
        use(cache, 0, 100);
        assertThat(Caches.maximumOf(cache)).isEqualTo(Caches.UNREACHED);
        assertThat(shrinker.scan(FakeControl.of(ROOT, 900))).isEqualTo(900);
        assertThat(keysOf(cache)).hasSize(100).allMatch(key -> key < 100);
    }

    /** Caffeine begins to record uses with the first scan, and knows of no use before. */
    @Test
    void entriesUsedLastAreLeftInALargeCacheThatIsScannedForTheFirstTime() {
        Cache<Integer, String> cache = bounded();
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        filled(cache, 9_000);
        use(cache, 0, 1_000);
        for (int i = 0; i < 10; i++) {
            assertThat(shrinker.scan(FakeControl.of(CgroupPath.root(), 500))).isEqualTo(500);
        }
        Set<Integer> left = keysOf(cache);
        assertThat(left).hasSize(4_000);
        assertThat(left.stream().filter(key -> key < 1_000)).hasSizeGreaterThan(950);
    }

    /** The step that {@link #useIsNotedInACacheThatIsFarFromFull} needs evicts no entry. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 50, 255, 256, 1000, 5000})
    void makingAShrinkerEvictsNothing(int entries) {
        Cache<Integer, String> cache = filled(bounded(), entries);
        CaffeineShrinker.of(cache);
        assertThat(keysOf(cache)).hasSize(entries);
    }

    @Test
    void makingAShrinkerEvictsNothingWhileOthersPut() throws Exception {
        for (int round = 0; round < 10; round++) {
            int there = 2_000;
            Cache<Integer, String> cache = filled(bounded(), there);
            Threads.run(
                    () -> filled(cache, there, there + 5_000),
                    () -> filled(cache, there + 5_000, there + 10_000),
                    () -> IntStream.range(0, 100).forEach(i -> CaffeineShrinker.of(cache)));
            assertThat(keysOf(cache)).hasSize(there + 10_000);
        }
    }

    @Test
    void noMoreIsFreedThanThereIs() {
        for (Cache<Integer, String> cache : List.of(bounded(), unbounded())) {
            filled(cache, 300);
            Shrinker shrinker = CaffeineShrinker.of(cache);
            assertThat(shrinker.scan(FakeControl.of(ROOT, Long.MAX_VALUE))).isEqualTo(300);
            assertThat(keysOf(cache)).isEmpty();
            assertThat(shrinker.scan(FakeControl.of(ROOT, 10))).isZero();
        }
    }

    /** An entry of a cache with a weigher is one object, too. */
    @Test
    void entriesOfAWeighedCacheAreCountedOneByOne() {
        Cache<Integer, String> cache = filled(Caches.weighted(1L << 40), 100);
        Shrinker shrinker = CaffeineShrinker.of(cache);
        assertThat(shrinker.count(FakeControl.of(ROOT, 0))).isEqualTo(100);
        assertThat(shrinker.scan(FakeControl.of(ROOT, 30))).isEqualTo(30);
        assertThat(keysOf(cache)).hasSize(70).allMatch(key -> key >= 30);
    }

    @Test
    void everyEntryOfACacheWithoutAnOrderHasItsTurn() {
        Cache<Integer, String> cache = filled(unbounded(), 1000);
        Shrinker shrinker = CaffeineShrinker.of(cache);
        long freed = 0;
        for (int i = 0; i < 20; i++) {
            freed += shrinker.scan(FakeControl.of(ROOT, 50));
        }
        assertThat(freed).isEqualTo(1000);
        assertThat(keysOf(cache)).isEmpty();
        filled(cache, 10);
        assertThat(shrinker.scan(FakeControl.of(ROOT, 10))).isEqualTo(10);
    }

    /** An entry that was just written again is no longer cold. */
    @Test
    void entryThatIsReplacedMeanwhileIsLeft() {
        Cache<Integer, String> cache = filled(unbounded(), 10);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        shrinker.onReclaimed((key, value) -> cache.put(9, "new"));
        cache.asMap().remove(0);
        assertThat(shrinker.scan(FakeControl.of(ROOT, 10))).isEqualTo(8);
        assertThat(shrinker.reclaimedObjects()).isEqualTo(8);
        assertThat(cache.asMap()).containsExactly(Map.entry(9, "new"));
    }

    @ParameterizedTest
    @CsvSource({"10, 1, 10045", "10, 8, 80360", "1, 9223372036854775807, 9223372036854775807"})
    void bytesAreAMultipleOfTheWeights(int entries, long bytesPerWeight, long bytes) {
        Cache<Integer, String> cache = filled(Caches.weighted(1L << 40), entries);
        FakeControl asked = FakeControl.of(ROOT, 100);
        assertThat(CaffeineShrinker.of(cache).bytesPerWeight(bytesPerWeight).scan(asked))
                .isEqualTo(entries);
        assertThat(asked.freedBytes()).isEqualTo(bytes);
    }

    /** A round for 3 MiB frees three entries of 1 MiB, not a batch. */
    @Test
    void scanStopsAtTheBytesThatAreWanted() {
        for (boolean many : new boolean[] {false, true}) {
            Cache<Integer, String> cache = Caches.builder()
                    .maximumWeight(1L << 40)
                    .<Integer, String>weigher((key, value) -> 1 << 20)
                    .build();
            filled(cache, 200);
            Cgroup web = kit.online(many ? "/many" : "/one");
            CaffeineShrinker<Integer, String> shrinker =
                    many ? CaffeineShrinker.of(cache, (Integer key) -> web) : CaffeineShrinker.of(cache, web);
            kit.await(shrinker.bytesPerWeight(1).register(kit.reclaimer(), ShrinkerSpec.named("images")));
            kit.settle();
            ReclaimReport report = kit.reclaim(ReclaimRequest.in(web.path()).bytes(3 << 20));
            assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_REACHED);
            assertThat(keysOf(cache)).hasSize(197).doesNotContain(0, 1, 2);
            report = kit.reclaim(ReclaimRequest.in(web.path()).bytes(50 << 20));
            assertThat(report.freedObjects()).isEqualTo(50);
            assertThat(keysOf(cache)).hasSize(147);
        }
    }

    @Test
    void nothingIsSaidOfBytesWhereWeightsMayBeAnything() {
        FakeControl asked = FakeControl.of(ROOT, 5);
        CaffeineShrinker.of(filled(bounded(), 10)).scan(asked);
        CaffeineShrinker.of(filled(unbounded(), 10)).scan(asked);
        CaffeineShrinker.of(filled(Caches.weighted(1L << 40), 10)).scan(asked);
        CaffeineShrinker.of(filled(Caches.weighted(1L << 40), 10))
                .bytesPerWeight(0)
                .scan(asked);
        assertThat(asked.freedBytes()).isEqualTo(-1);
        assertThatThrownBy(() -> CaffeineShrinker.of(bounded()).bytesPerWeight(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[-1]");
    }

    /** The cache's own policy never evicts them. */
    @Test
    void entriesWithoutWeightAreLeft() {
        Cache<Integer, String> cache = Caches.builder()
                .maximumWeight(1_000)
                .<Integer, String>weigher((key, value) -> key % 2)
                .build();
        filled(cache, 600);
        assertThat(scan(cache, 1000)).isEqualTo(300);
        assertThat(keysOf(cache)).hasSize(300).allMatch(key -> key % 2 == 0);
    }

    /** Caffeine does not record a use within one second after the last one. */
    @Test
    void entriesNotUsedForLongestAreFreedFirstWhereTheyExpire() {
        AtomicLong now = new AtomicLong();
        Cache<Integer, String> cache = Caches.builder()
                .expireAfterAccess(Duration.ofHours(1))
                .ticker(now::get)
                .build();
        filled(cache, 1000);
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        use(cache, 0, 100);
        assertThat(scan(cache, 700)).isEqualTo(700);
        assertThat(keysOf(cache)).hasSize(300).allMatch(key -> key < 100 || key >= 800);
    }

    @Test
    void entriesThatExpireFirstAreFreedFirst() {
        Cache<Integer, String> written =
                Caches.builder().expireAfterWrite(Duration.ofHours(1)).build();
        filled(written, 1000);
        assertThat(scan(written, 700)).isEqualTo(700);
        assertThat(keysOf(written)).hasSize(300).allMatch(key -> key >= 700);
        Cache<Integer, String> variable = Caches.builder()
                .expireAfter(Expiry.<Integer, String>creating((key, value) -> Duration.ofHours(2000L - key)))
                .build();
        filled(variable, 1000);
        assertThat(scan(variable, 1000)).isEqualTo(1000);
    }

    @Test
    void expiredEntriesAreNotFreedAsIfTheyWereThere() {
        AtomicLong now = new AtomicLong();
        for (Caffeine<Object, Object> builder :
                List.of(Caches.builder(), Caches.builder().maximumSize(1000))) {
            Cache<Integer, String> cache = builder.expireAfterWrite(Duration.ofNanos(10))
                    .ticker(now::get)
                    .build();
            filled(cache, 100);
            now.addAndGet(20);
            filled(cache, 100, 150);
            assertThat(scan(cache, 1000)).isEqualTo(50);
        }
    }

    @Test
    void weakValuesAndKeysMayGoAtAnyTime() {
        List<Object> kept = new ArrayList<>();
        for (Cache<Object, Object> cache : List.<Cache<Object, Object>>of(
                Caches.builder().weakValues().build(),
                Caches.builder().weakKeys().build(),
                Caches.builder().softValues().maximumSize(1000).build())) {
            for (int i = 0; i < 200; i++) {
                Object object = new Object();
                cache.put(object, object);
                kept.add(object);
            }
            assertThat(scan(cache, 150)).isEqualTo(150);
            assertThat(cache.asMap()).hasSize(50);
        }
        assertThat(kept).hasSize(600);
    }

    /** Through the cache itself and its synchronous view, with an order and without. */
    @Test
    void entriesOfAnAsynchronousCacheAreFreedUnlessTheyAreLoading() {
        for (boolean view : List.of(true, false)) {
            for (Caffeine<Object, Object> builder :
                    List.of(Caches.builder(), Caches.builder().maximumSize(1000))) {
                AsyncCache<Integer, String> cache = builder.buildAsync();
                CompletableFuture<String> loading = new CompletableFuture<>();
                cache.put(1000, loading);
                filled(cache.synchronous(), 100);
                CaffeineShrinker<Integer, String> shrinker =
                        view ? CaffeineShrinker.of(cache.synchronous()) : CaffeineShrinker.of(cache);
                assertThat(shrinker.scan(FakeControl.of(ROOT, 30))).isEqualTo(30);
                assertThat(shrinker.scan(FakeControl.of(ROOT, 100))).isEqualTo(70);
                assertThat(cache.asMap()).containsExactly(Map.entry(1000, loading));
                loading.complete("loaded");
                assertThat(shrinker.scan(FakeControl.of(ROOT, 100))).isOne();
                assertThat(cache.asMap()).isEmpty();
            }
        }
    }

    /** A scan that waited for this load would never return. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void loadThatReplacesAnEntryMeanwhileIsNotWaitedFor(boolean view) {
        AsyncCache<Integer, String> cache = Caches.builder().buildAsync();
        filled(cache.synchronous(), 10);
        CaffeineShrinker<Integer, String> shrinker =
                view ? CaffeineShrinker.of(cache.synchronous()) : CaffeineShrinker.of(cache);
        shrinker.onReclaimed((key, value) -> cache.put(9, new CompletableFuture<>()));
        assertThat(Caches.await(Threads.start(() -> shrinker.scan(FakeControl.of(ROOT, 10)))))
                .isEqualTo(9L);
    }

    @Test
    void scanEndsWhenTheRoundIsOver() {
        Cache<Integer, String> cache = filled(bounded(), 1000);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        FakeControl asked = new FakeControl(ROOT, 0, 1000, () -> shrinker.reclaimedObjects() >= 100);
        assertThat(shrinker.scan(asked)).isEqualTo(CaffeineScan.CHUNK);
        assertThat(asked.nrScanned()).isEqualTo(CaffeineScan.CHUNK);
    }

    @Test
    void listenerHearsOfEachReclaimedEntryAndOfNothingElse() {
        Map<Integer, String> heard = new HashMap<>();
        Cache<Integer, String> cache = filled(Caches.builder().maximumSize(100).build(), 150);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache).onReclaimed(heard::put);
        cache.invalidate(keysOf(cache).iterator().next());
        Map<Integer, String> before = Map.copyOf(cache.asMap());
        shrinker.scan(FakeControl.of(ROOT, 30));
        assertThat(heard).hasSize(30);
        assertThat(before).containsAllEntriesOf(heard);
        assertThat(shrinker.reclaimedObjects()).isEqualTo(30);
    }

    @Test
    void removalListenerHearsOfEveryFreedEntryOnce() {
        Map<Integer, RemovalCause> removed = new ConcurrentHashMap<>();
        Cache<Integer, String> cache = Caches.builder()
                .maximumSize(1_000_000)
                .removalListener((Integer key, String value, RemovalCause cause) ->
                        assertThat(removed.put(key, cause)).isNull())
                .build();
        filled(cache, 300);
        assertThat(CaffeineShrinker.of(cache).scan(FakeControl.of(ROOT, 200))).isEqualTo(200);
        assertThat(removed).hasSize(200).doesNotContainKeys(keysOf(cache).toArray(Integer[]::new));
        assertThat(removed.values()).containsOnly(RemovalCause.EXPLICIT);
    }

    /** Caffeine cannot evict a chosen entry, so the eviction listener is passed to the shrinker as well. */
    @Test
    void evictionListenerHearsOfReclaimedEntriesThroughOnReclaimed() {
        List<Integer> heard = new ArrayList<>();
        RemovalListener<Integer, String> listener = (key, value, cause) -> heard.add(key);
        Cache<Integer, String> cache = Caches.builder()
                .maximumSize(1_000)
                .recordStats()
                .evictionListener(listener)
                .build();
        filled(cache, 2_000);
        assertThat(scan(cache, 100)).isEqualTo(100);
        assertThat(heard).hasSize(1_000);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache)
                .onReclaimed((key, value) -> listener.onRemoval(key, value, RemovalCause.SIZE));
        assertThat(shrinker.scan(FakeControl.of(ROOT, 1_000))).isEqualTo(900);
        assertThat(heard).hasSize(1_900).doesNotHaveDuplicates();
        assertThat(cache.stats().evictionCount()).isEqualTo(1_000);
        assertThat(shrinker.reclaimedObjects()).isEqualTo(900);
    }

    /** Other threads may use the cache and read its order meanwhile. */
    @Test
    void listenerIsCalledWithoutTheCachesLock() {
        Cache<Integer, String> cache = filled(bounded(), 10);
        AtomicInteger put = new AtomicInteger(100);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        shrinker.onReclaimed((key, value) -> Caches.await(Threads.start(() -> {
            cache.put(put.getAndIncrement(), "new");
            cache.cleanUp();
            return shrinker.count(FakeControl.of(ROOT, 0));
        })));
        assertThat(shrinker.scan(FakeControl.of(ROOT, 10))).isEqualTo(10);
        assertThat(keysOf(cache)).hasSize(10).allMatch(key -> key >= 100);
    }

    @Test
    void listenerThatThrowsIsLoggedOnceAndOtherwiseIgnored() {
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(filled(bounded(), 300));
        shrinker.onReclaimed((key, value) -> {
            throw new IllegalStateException("no");
        });
        long freed = LoggingTestKit.warn("for reclaimed entries of a cache has thrown")
                .expect(kit.system(), () -> shrinker.scan(FakeControl.of(ROOT, 300)));
        assertThat(freed).isEqualTo(300);
    }

    private static <K, V> long scan(Cache<K, V> cache, long objects) {
        return CaffeineShrinker.of(cache).scan(FakeControl.of(ROOT, objects));
    }
}
