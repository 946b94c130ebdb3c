package io.reclaimer.adapter;

import static io.reclaimer.adapter.Caches.bounded;
import static io.reclaimer.adapter.Caches.filled;
import static io.reclaimer.adapter.Caches.keysOf;
import static io.reclaimer.adapter.Caches.unbounded;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.testkit.Asked;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.Threads;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CaffeineRefaultTest {

    private static final CgroupPath ROOT = CgroupPath.root();

    @Test
    void keyThatWasReclaimedAndIsMissedIsARefaultOnce() {
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(filled(bounded(), 10));
        shrinker.missed(3);
        assertThat(shrinker.refaults()).isZero();
        shrinker.scan(Asked.of(ROOT, 10));
        shrinker.missed(3);
        assertThat(shrinker.refaults()).isOne();
        shrinker.missed(3);
        shrinker.missed(11);
        assertThat(shrinker.refaults()).isOne();
    }

    @Test
    void keyThatIsReclaimedAgainHadComeBack() {
        for (Cache<Integer, String> cache : List.of(bounded(), unbounded())) {
            CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(filled(cache, 10));
            for (int round = 0; round < 3; round++) {
                shrinker.scan(Asked.of(ROOT, 10));
                assertThat(shrinker.refaults()).isEqualTo(10L * round);
                filled(cache, 10);
            }
        }
    }

    /** Those are found by the hand that goes on a little with each scan. */
    @Test
    void keyThatIsBackAndStaysIsFoundByLaterScans() {
        Cache<Integer, String> cache = filled(bounded(), 1000);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        shrinker.scan(Asked.of(ROOT, 200));
        List<Integer> reclaimed = IntStream.range(0, 1000)
                .filter(key -> !keysOf(cache).contains(key))
                .boxed()
                .toList();
        reclaimed.forEach(key -> {
            cache.put(key, "back");
            for (int i = 0; i < 3; i++) {
                Caches.use(cache, key, key + 1);
            }
        });
        for (int i = 0; i < 10; i++) {
            shrinker.scan(Asked.of(ROOT, 50));
        }
        assertThat(keysOf(cache)).containsAll(reclaimed);
        // Some are forgotten for those that are reclaimed meanwhile.
        assertThat(shrinker.refaults()).isBetween(170L, 200L);
    }

    @Test
    void keyThatTheApplicationRemovedIsNoRefault() {
        Cache<Integer, String> cache = filled(bounded(), 10);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        cache.invalidate(3);
        shrinker.scan(Asked.of(ROOT, 10));
        shrinker.missed(3);
        assertThat(shrinker.refaults()).isZero();
    }

    @Test
    void keyOfAnAsynchronousCacheIsARefaultToo() {
        AsyncCache<Integer, String> cache = Caches.builder().buildAsync();
        filled(cache.synchronous(), 10);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        shrinker.scan(Asked.of(ROOT, 10));
        assertThat(cache.get(3, key -> {
                    shrinker.missed(key);
                    return "loaded";
                }))
                .isCompletedWithValue("loaded");
        assertThat(shrinker.refaults()).isOne();
    }

    /** 4 bytes for each key that is remembered, and no more of them than the cache has or 65,536. */
    @Test
    void memoryForRefaultsIsBounded() {
        Cache<Integer, String> cache = unbounded();
        CaffeineGhosts<Integer> ghosts =
                new CaffeineGhosts<>(new CaffeineHand<>(cache.asMap().keySet()), cache::estimatedSize);
        assertThat(ghosts.bytes()).isZero();
        ghosts.reclaimed(-1);
        assertThat(ghosts.bytes()).isEqualTo(4 * 1024);
        filled(cache, 10_000);
        ghosts.reclaimed(-1);
        assertThat(ghosts.bytes()).isEqualTo(4 * 16_384);
        filled(cache, 300_000);
        for (int key = 0; key < 300_000; key++) {
            ghosts.reclaimed(key);
        }
        assertThat(ghosts.bytes()).isEqualTo(4 * 65_536);
        ghosts.walk(300_000);
        assertThat(ghosts.refaults()).isBetween(60_000L, 65_536L);
    }

    @Test
    void everyRefaultIsReported() {
        Cache<Integer, String> cache = unbounded();
        AtomicLong reported = new AtomicLong();
        CaffeineGhosts<Integer> ghosts =
                new CaffeineGhosts<>(new CaffeineHand<>(cache.asMap().keySet()), cache::estimatedSize);
        ghosts.reportTo(reported::addAndGet);
        IntStream.range(0, 10).forEach(ghosts::reclaimed);
        ghosts.reclaimed(1);
        assertThat(reported).hasValue(1);
        ghosts.missed(2);
        assertThat(reported).hasValue(2);
        filled(cache, 10);
        ghosts.walk(10);
        assertThat(reported).hasValue(ghosts.refaults()).hasValue(11);
    }

    /** Whoever finds it, and how many look at the same time. */
    @Test
    void refaultIsCountedOnceByAllWhoLook() throws Exception {
        Seeded seeded = Seeded.create();
        Cache<Integer, String> cache = filled(bounded(), 1000);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        shrinker.scan(Asked.of(ROOT, 500));
        List<Integer> left = List.copyOf(keysOf(cache));
        filled(cache, 1000);
        Runnable misses = () ->
                IntStream.range(0, 1000).filter(key -> !left.contains(key)).forEach(shrinker::missed);
        Runnable scans = () -> {
            for (int i = 0; i < 50; i++) {
                shrinker.scan(Asked.of(ROOT, 1 + seeded.nextInt(5)));
            }
        };
        Threads.run(misses, misses, scans);
        misses.run();
        // Also those that were reclaimed again, and missed after that.
        assertThat(shrinker.refaults())
                .as("%s", seeded)
                .isGreaterThanOrEqualTo(490)
                .isLessThanOrEqualTo(500 + shrinker.reclaimedObjects() - 500);
    }
}
