package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.BlockingReclaimer;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/** Real caches whose upkeep is done on the calling thread. */
final class Caches {

    /** More than any test puts, but small enough for the cache to have made all its tables for it. */
    static final int UNREACHED = 1_000_000;

    private Caches() {}

    static Caffeine<Object, Object> builder() {
        return Caffeine.newBuilder().executor(Runnable::run);
    }

    /** Never full, but with an order. */
    static Cache<Integer, String> bounded() {
        return builder().maximumSize(UNREACHED).build();
    }

    static Cache<Integer, String> unbounded() {
        return builder().build();
    }

    /** Each entry weighs 1,000 and its key. */
    static Cache<Integer, String> weighted(long maximum) {
        return builder()
                .maximumWeight(maximum)
                .<Integer, String>weigher((key, value) -> 1_000 + key)
                .build();
    }

    /** With the keys from 0 on. */
    static Cache<Integer, String> filled(Cache<Integer, String> cache, int count) {
        return filled(cache, 0, count);
    }

    static Cache<Integer, String> filled(Cache<Integer, String> cache, int from, int to) {
        IntStream.range(from, to).forEach(key -> cache.put(key, "value " + key));
        return cache;
    }

    /** Reads these keys, and sees to it that the cache notes each. */
    static void use(Cache<Integer, String> cache, int from, int to) {
        for (int key = from; key < to; key++) {
            assertThat(cache.getIfPresent(key)).isNotNull();
            cache.cleanUp();
        }
    }

    static Set<Integer> keysOf(Cache<Integer, ?> cache) {
        cache.cleanUp();
        return Set.copyOf(cache.asMap().keySet());
    }

    /** Registers a shrinker, and waits until rounds find its bits. */
    static <K, V> CaffeineShrinker<K, V> registered(
            BlockingReclaimer kit, ShrinkerSpec spec, CaffeineShrinker<K, V> shrinker) {
        kit.await(shrinker.register(kit.reclaimer(), spec));
        kit.settle();
        return shrinker;
    }

    static long maximumOf(Cache<?, ?> cache) {
        return cache.policy().eviction().orElseThrow().getMaximum();
    }

    static Object await(Future<?> task) {
        try {
            return task.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
