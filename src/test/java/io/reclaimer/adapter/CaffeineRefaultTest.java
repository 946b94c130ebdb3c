package io.reclaimer.adapter;

import static io.reclaimer.adapter.Caches.bounded;
import static io.reclaimer.adapter.Caches.filled;
import static io.reclaimer.adapter.Caches.keysOf;
import static io.reclaimer.adapter.Caches.unbounded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.testkit.FakeControl;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CaffeineRefaultTest {

    private static final CgroupPath ROOT = CgroupPath.root();

    @Test
    void keyThatWasReclaimedAndIsMissedIsARefaultOnce() {
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(filled(bounded(), 10));
        shrinker.missed(3);
        assertThat(shrinker.refaults()).isZero();
        shrinker.scan(FakeControl.of(ROOT, 10));
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
                shrinker.scan(FakeControl.of(ROOT, 10));
                assertThat(shrinker.refaults()).isEqualTo(10L * round);
                filled(cache, 10);
            }
        }
    }

    /** Found by the cursor that advances a little with each scan. */
    @Test
    void keyThatIsBackAndStaysIsFoundByLaterScans() {
        Cache<Integer, String> cache = filled(bounded(), 1000);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        shrinker.scan(FakeControl.of(ROOT, 200));
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
            shrinker.scan(FakeControl.of(ROOT, 50));
        }
        assertThat(keysOf(cache)).containsAll(reclaimed);
        assertThat(shrinker.refaults()).isEqualTo(200);
    }

    @Test
    void keyThatTheApplicationRemovedIsNoRefault() {
        Cache<Integer, String> cache = filled(bounded(), 10);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        cache.invalidate(3);
        shrinker.scan(FakeControl.of(ROOT, 10));
        shrinker.missed(3);
        assertThat(shrinker.refaults()).isZero();
    }

    @Test
    void keyOfAnAsynchronousCacheIsARefaultToo() {
        AsyncCache<Integer, String> cache = Caches.builder().buildAsync();
        filled(cache.synchronous(), 10);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        shrinker.scan(FakeControl.of(ROOT, 10));
        assertThat(cache.get(3, key -> {
                    shrinker.missed(key);
                    return "loaded";
                }))
                .isCompletedWithValue("loaded");
        assertThat(shrinker.refaults()).isOne();
    }

    /**
     * As many keys are remembered as the cache has, at least 1,024, at most 65,536 or the application's limit; rounded
     * up to a power of two.
     */
    @Test
    void memoryForRefaultsIsBounded() {
        Cache<Integer, String> cache = unbounded();
        CaffeineRefaults<Integer> ghosts =
                new CaffeineRefaults<>(new CaffeineCursor<>(cache.asMap().keySet()), cache::estimatedSize);
        assertThat(ghosts.capacity()).isZero();
        ghosts.reclaimed(-1);
        assertThat(ghosts.capacity()).isEqualTo(1024);
        filled(cache, 10_000);
        ghosts.reclaimed(-1);
        assertThat(ghosts.capacity()).isEqualTo(16_384);
        filled(cache, 300_000);
        for (int key = 0; key < 300_000; key++) {
            ghosts.reclaimed(key);
        }
        assertThat(ghosts.capacity()).isEqualTo(65_536);
        ghosts.check(300_000);
        assertThat(ghosts.refaults()).isEqualTo(65_536);
        ghosts.limit(100);
        ghosts.reclaimed(-1);
        assertThat(ghosts.capacity()).isEqualTo(128);
    }

    @Test
    void nothingIsRememberedWhereTheApplicationSaysSo() {
        Cache<Integer, String> cache = filled(bounded(), 10);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache).rememberedKeys(0);
        shrinker.scan(FakeControl.of(ROOT, 10));
        shrinker.missed(3);
        filled(cache, 10);
        shrinker.scan(FakeControl.of(ROOT, 10));
        assertThat(shrinker.refaults()).isZero();
        assertThatThrownBy(() -> shrinker.rememberedKeys(-1)).hasMessageContaining("[-1]");
        assertThatThrownBy(() -> shrinker.rememberedKeys(65_537)).hasMessageContaining("[65537]");
    }

    /** Kinds of keys of which many have the same hash code. */
    private static Stream<Arguments> keys() {
        return Stream.of(
                Arguments.of("record of two numbers", (IntFunction<Object>) n -> new Pair(n / 100, n % 100)),
                Arguments.of("record of records", (IntFunction<Object>)
                        n -> new Nested(new Pair(n / 1_000, n / 100 % 10), new Pair(0, n % 100))),
                Arguments.of("list", (IntFunction<Object>) n -> List.of(n / 100, n % 100)),
                Arguments.of("class that says nothing of itself", (IntFunction<Object>) Few::new),
                Arguments.of("number", (IntFunction<Object>) n -> (long) (n / 100) << 32 | n % 100),
                Arguments.of("string", (IntFunction<Object>) n -> twin(n)),
                Arguments.of("uuid", (IntFunction<Object>) n -> new UUID((long) (n / 100) << 32, n % 100)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void keyThatWasNeverReclaimedIsNoRefault(String kind, IntFunction<Object> keyOf) {
        Cache<Object, String> cache = with8000(keyOf);
        CaffeineShrinker<Object, String> shrinker = CaffeineShrinker.of(cache);
        for (int round = 0; round < 20; round++) {
            assertThat(shrinker.scan(FakeControl.of(ROOT, 500))).isEqualTo(500);
            int next = 8_000 + round * 500;
            IntStream.range(next, next + 500).forEach(n -> {
                shrinker.missed(keyOf.apply(n));
                cache.put(keyOf.apply(n), "value");
            });
        }
        assertThat(shrinker.refaults()).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void keysThatComeBackAreFoundWhateverTheirHashCodesAre(String kind, IntFunction<Object> keyOf) {
        Cache<Object, String> cache = with8000(keyOf);
        CaffeineShrinker<Object, String> shrinker = CaffeineShrinker.of(cache);
        List<Object> reclaimed = new ArrayList<>();
        shrinker.onReclaimed((key, value) -> reclaimed.add(key));
        shrinker.scan(FakeControl.of(ROOT, 2_000));
        List.copyOf(reclaimed).forEach(key -> cache.put(key, "back"));
        for (int scan = 0; scan < 16; scan++) {
            shrinker.scan(FakeControl.of(ROOT, 500));
        }
        assertThat(shrinker.refaults()).isEqualTo(2_000);
    }

    private static Cache<Object, String> with8000(IntFunction<Object> keyOf) {
        Cache<Object, String> cache =
                Caches.builder().maximumSize(Caches.UNREACHED).build();
        IntStream.range(0, 8_000).forEach(n -> cache.put(keyOf.apply(n), "value"));
        assertThat(cache.asMap()).hasSize(8_000);
        return cache;
    }

    private record Pair(int tenant, int number) {}

    private record Nested(Pair first, Pair second) {}

    /** Has 100 hash codes, and the {@code toString} of Object. */
    private static final class Few {
        private final int number;

        Few(int number) {
            this.number = number;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Few few && few.number == number;
        }

        @Override
        public int hashCode() {
            return number % 100;
        }
    }

    /** Returns a string with five parts that have two forms of the same hash code. */
    private static String twin(int number) {
        StringBuilder twin = new StringBuilder();
        for (int bit = 0; bit < 5; bit++) {
            twin.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return twin.append(number >> 5).toString();
    }

    @Test
    void everyRefaultIsReported() {
        Cache<Integer, String> cache = unbounded();
        AtomicLong reported = new AtomicLong();
        CaffeineRefaults<Integer> ghosts =
                new CaffeineRefaults<>(new CaffeineCursor<>(cache.asMap().keySet()), cache::estimatedSize);
        ghosts.reportTo(reported::addAndGet);
        IntStream.range(0, 10).forEach(ghosts::reclaimed);
        ghosts.reclaimed(1);
        assertThat(reported).hasValue(1);
        ghosts.missed(2);
        assertThat(reported).hasValue(2);
        filled(cache, 10);
        ghosts.check(10);
        assertThat(reported).hasValue(ghosts.refaults()).hasValue(11);
    }

    /** By whichever way it is found, and by any number of threads at the same time. */
    @Test
    void refaultIsCountedOnceByAllWhoLook() throws Exception {
        Seeded seeded = Seeded.create();
        Cache<Integer, String> cache = filled(bounded(), 1000);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        shrinker.scan(FakeControl.of(ROOT, 500));
        List<Integer> left = List.copyOf(keysOf(cache));
        filled(cache, 1000);
        Runnable misses = () ->
                IntStream.range(0, 1000).filter(key -> !left.contains(key)).forEach(shrinker::missed);
        Runnable scans = () -> {
            for (int i = 0; i < 50; i++) {
                shrinker.scan(FakeControl.of(ROOT, 1 + seeded.nextInt(5)));
            }
        };
        Threads.run(misses, misses, scans);
        misses.run();
        // Includes the keys that were reclaimed again, and missed after that.
        assertThat(shrinker.refaults())
                .as("%s", seeded)
                .isGreaterThanOrEqualTo(490)
                .isLessThanOrEqualTo(500 + shrinker.reclaimedObjects() - 500);
    }
}
