package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ManualTime;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.FakeControl;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Entries that have expired, and that the cache has not removed yet. */
class CaffeineExpiredTest {

    private static final ShrinkerSpec SPEC = ShrinkerSpec.named("tokens");
    private static final CgroupPath ROOT = CgroupPath.root();
    private static final int DEAD = 5_000;

    @RegisterExtension
    static final ReclaimerExtension kit = ReclaimerExtension.create()
            .perClass()
            .with("akka.scheduler.implementation = \"akka.testkit.ExplicitlyTriggeredScheduler\"");

    private final AtomicLong now = new AtomicLong();
    private final Caffeine<Object, Object> expiring = Caches.builder().expireAfterWrite(Duration.ofMinutes(10));

    private static Stream<Caffeine<Object, Object>> expiring() {
        return Stream.of(
                Caches.builder().expireAfterWrite(Duration.ofMinutes(10)),
                Caches.builder().expireAfterAccess(Duration.ofMinutes(10)).maximumSize(Caches.UNREACHED),
                Caches.builder().expireAfter(Expiry.creating((key, value) -> Duration.ofMinutes(10))));
    }

    @ParameterizedTest
    @MethodSource("expiring")
    void deadEntriesCountFirst(Caffeine<Object, Object> builder) {
        Cache<Integer, String> cache = Caches.filled(builder.ticker(now::get).build(), DEAD);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        kit.await(shrinker.register(kit.reclaimer(), SPEC));
        now.addAndGet(Duration.ofHours(1).toNanos());
        assertThat(shrinker.count(FakeControl.of(ROOT, 0))).isEqualTo(DEAD);
        for (int scan = 1; scan <= DEAD / 100; scan++) {
            assertThat(shrinker.scan(FakeControl.of(ROOT, 100))).isEqualTo(100);
            assertThat(shrinker.count(FakeControl.of(ROOT, 0))).isEqualTo(DEAD - 100 * scan);
            if (scan == 1) {
                assertThat(cache.estimatedSize()).isZero();
            }
        }
        assertThat(shrinker.scan(FakeControl.of(ROOT, 100))).isZero();
        assertThat(shrinker.reclaimedObjects()).isZero();
    }

    @Test
    void liveEntriesAreLeftWhileThereAreDeadOnes() {
        Cache<Integer, String> tokens = withDead();
        Cache<Integer, String> pages = Caches.filled(Caches.bounded(), DEAD);
        Cgroup shop = kit.online("/shop");
        kit.await(CaffeineShrinker.of(tokens, shop).register(kit.reclaimer(), SPEC));
        kit.settle();
        kit.await(CaffeineShrinker.of(pages, shop).register(kit.reclaimer(), ShrinkerSpec.named("pages")));
        kit.settle();
        long freed = kit.reclaim(ReclaimRequest.in("/shop").objects(DEAD)).freedObjects();
        assertThat(freed).isGreaterThanOrEqualTo(DEAD);
        assertThat(DEAD - tokens.estimatedSize() + DEAD - pages.estimatedSize()).isGreaterThanOrEqualTo(freed);
    }

    /** Their memory was freed earlier, not by the present scan. */
    @Test
    void deadEntriesThatNobodyAskedForWithinASecondCountNoMore() {
        Cache<Integer, String> cache = withDead();
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        kit.await(shrinker.register(kit.reclaimer(), SPEC));
        assertThat(shrinker.scan(FakeControl.of(ROOT, 100))).isEqualTo(100);
        ManualTime.get(kit.system()).timePasses(Duration.ofSeconds(1));
        assertThat(shrinker.count(FakeControl.of(ROOT, 0))).isZero();
        assertThat(shrinker.scan(FakeControl.of(ROOT, 100))).isZero();
    }

    @Test
    void weightOfDeadEntriesIsFreedToo() {
        Cache<Integer, String> cache = expiring.ticker(now::get)
                .maximumWeight(1L << 40)
                .<Integer, String>weigher((key, value) -> 1_000)
                .build();
        Caches.filled(cache, 500);
        now.addAndGet(Duration.ofHours(1).toNanos());
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache).bytesPerWeight(1);
        kit.await(shrinker.register(kit.reclaimer(), SPEC));
        for (int scan = 0; scan < 5; scan++) {
            FakeControl asked = FakeControl.of(ROOT, 100);
            assertThat(shrinker.scan(asked)).isEqualTo(100);
            assertThat(asked.freedBytes()).isEqualTo(100_000);
        }
    }

    /**
     * The owners of removed entries are not known any more. Each cgroup counts its share of the cache, and all cgroups
     * together count no more than were removed.
     */
    @Test
    void deadEntriesOfASharedCacheCountOnce() {
        List<Cgroup> owners = List.of(kit.online("/0"), kit.online("/1"));
        Cache<Integer, String> cache = withDead();
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache, (Integer key) -> owners.get(key % 2));
        kit.await(shrinker.register(kit.reclaimer(), SPEC));
        Caches.filled(cache, DEAD, DEAD + 200);
        long freed = 0;
        for (int scan = 0; scan < 100; scan++) {
            for (Cgroup owner : owners) {
                freed += shrinker.scan(FakeControl.of(owner.path(), 100));
            }
        }
        assertThat(freed).isLessThanOrEqualTo(DEAD + 200);
        assertThat(cache.asMap()).isEmpty();
    }

    @Test
    void deadEntriesOfASharedCacheAreCountedWhereNothingElseIs() {
        Cgroup owner = kit.online("/0");
        Cache<Integer, String> cache = Caches.filled(expiring.ticker(now::get).build(), 500);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache, (Integer key) -> owner);
        kit.await(shrinker.register(kit.reclaimer(), SPEC));
        now.addAndGet(Duration.ofHours(1).toNanos());
        assertThat(shrinker.count(FakeControl.of(owner.path(), 0))).isEqualTo(500);
        assertThat(shrinker.scan(FakeControl.of(owner.path(), 1_000))).isEqualTo(500);
    }

    private Cache<Integer, String> withDead() {
        Cache<Integer, String> cache = Caches.filled(expiring.ticker(now::get).build(), DEAD);
        now.addAndGet(Duration.ofHours(1).toNanos());
        return cache;
    }
}
