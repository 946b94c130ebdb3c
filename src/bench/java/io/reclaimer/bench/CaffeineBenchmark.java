package io.reclaimer.bench;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.reclaimer.Cgroup;
import io.reclaimer.adapter.CaffeineShrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A Caffeine cache of 100,000 entries, half of the keys: one {@code get}, or one {@code put}, of a key of which few are
 * asked for often. Plain, as the cache of one cgroup, and as the cache of many, where each put is followed by
 * {@code added}, as adapters.md says. No rounds run: what is measured is what the adapter costs when nothing happens.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class CaffeineBenchmark {

    private static final int ENTRIES = 100_000;
    private static final int KEYS = 2 * ENTRIES;
    private static final int SEQUENCE = 1 << 20;
    private static final int TENANTS = 10;

    @Param({"plain", "one-cgroup", "many-cgroups"})
    public String adapter;

    private final Integer[] sequence = new Integer[SEQUENCE];
    private Reclaiming made;
    private Cache<Integer, Integer> cache;
    private CaffeineShrinker<Integer, Integer> shrinker;

    /** Where a thread is in the sequence. */
    @State(Scope.Thread)
    public static class Place {
        private int next = (int) (Thread.currentThread().getId() * 7919);
    }

    @Setup(Level.Trial)
    public void make() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < SEQUENCE; i++) {
            double share = random.nextDouble();
            sequence[i] = (int) (KEYS * share * share * share);
        }
        cache = Caffeine.newBuilder()
                .maximumSize(ENTRIES)
                .executor(Runnable::run)
                .build();
        made = new Reclaiming(1);
        List<Cgroup> cgroups = made.online(new PassCase(TENANTS, 1, 1, TENANTS, 1));
        if (adapter.equals("one-cgroup")) {
            Reclaiming.get(
                    CaffeineShrinker.of(cache, cgroups.get(0)).register(made.reclaimer(), ShrinkerSpec.named("cache")));
        } else if (adapter.equals("many-cgroups")) {
            shrinker = CaffeineShrinker.of(cache, key -> cgroups.get(key % TENANTS));
            Reclaiming.get(shrinker.register(made.reclaimer(), ShrinkerSpec.named("cache")));
        }
        for (Integer key : sequence) {
            cache.put(key, key);
        }
    }

    @TearDown(Level.Trial)
    public void end() {
        made.close();
    }

    private Integer key(Place place) {
        return sequence[place.next++ & SEQUENCE - 1];
    }

    @Benchmark
    public Integer get(Place place) {
        return cache.getIfPresent(key(place));
    }

    @Benchmark
    public void put(Place place) {
        Integer key = key(place);
        cache.put(key, key);
        if (shrinker != null) {
            shrinker.added(key);
        }
    }
}
