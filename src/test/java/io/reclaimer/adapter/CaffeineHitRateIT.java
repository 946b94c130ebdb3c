package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rounds cost only the hits of the entries that they free: Caffeine adapts to the load as without rounds. */
class CaffeineHitRateIT {

    private static final int MAXIMUM = 1_000;
    private static final int SECONDS = 80;
    private static final int TRIALS = 8;
    private static final ShrinkerSpec SPEC = ShrinkerSpec.named("pages").batch(16);
    private static final int REQUESTS_A_SECOND = 2_500;

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create();

    enum Load {
        /** A key is requested some times shortly after its first request, then never again. */
        RECENCY {
            @Override
            IntUnaryOperator keys(Random random) {
                int[] newest = {0};
                return request -> random.nextInt(4) == 0
                        ? newest[0]++
                        : Math.max(0, newest[0] - 1 - (int) exponential(random, MAXIMUM / 4));
            }
        },
        /** Half of the requests are for a set of keys that fits; the others are for keys that are requested once. */
        FREQUENCY {
            @Override
            IntUnaryOperator keys(Random random) {
                return request -> random.nextInt(2) == 0 ? random.nextInt(MAXIMUM * 9 / 10) : MAXIMUM + request;
            }
        },
        /** A set of keys that does not fit, requested again and again. */
        LOOP {
            @Override
            IntUnaryOperator keys(Random random) {
                return request -> request % (2 * MAXIMUM);
            }
        },
        /** The n-th key is requested about 1/n times as often as the first one. */
        ZIPF {
            @Override
            IntUnaryOperator keys(Random random) {
                return request -> (int) Math.exp(random.nextInt(1 << 20) / (double) (1 << 20) * Math.log(20 * MAXIMUM));
            }
        };

        /** Returns the function from the number of a request to its key. */
        abstract IntUnaryOperator keys(Random random);

        private static double exponential(Random random, int mean) {
            return -Math.log(1 - random.nextInt(1 << 20) / (double) (1 << 20)) * mean;
        }
    }

    /**
     * Number of standard errors of the difference of the means that counts as chance. Exceeded by chance in one run in
     * a thousand.
     */
    private static final int CHANCE = 3;

    /** The search for the best admission window is a random walk: its results differ by about one percentage point. */
    @ParameterizedTest
    @EnumSource
    void roundsCostNoMoreHitsThanTheEntriesThatTheyTake(Load load) {
        List<Double> byRounds = new ArrayList<>();
        List<Double> byOrder = new ArrayList<>();
        for (int trial = 0; trial < TRIALS; trial++) {
            Cache<Integer, String> reclaimed = cache();
            Cgroup cgroup = kit.online("/" + trial);
            kit.await(CaffeineShrinker.of(reclaimed, cgroup).register(kit.reclaimer(), SPEC));
            long[] taken = {0};
            byRounds.add(hitRate(load, trial, reclaimed, () -> taken[0] += freedByRound(cgroup)));
            assertThat(taken[0]).isGreaterThanOrEqualTo(16 * SECONDS);
            Cache<Integer, String> peer = cache();
            int eachSecond = (int) (taken[0] / SECONDS);
            byOrder.add(hitRate(load, trial, peer, () -> invalidateColdest(peer, eachSecond)));
        }
        double lost = mean(byOrder) - mean(byRounds);
        double error = Math.sqrt((variance(byRounds) + variance(byOrder)) / TRIALS);
        assertThat(lost).as("%s against %s", byRounds, byOrder).isLessThan(1 + CHANCE * error);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(value -> value).average().orElseThrow();
    }

    private static double variance(List<Double> values) {
        double mean = mean(values);
        return values.stream()
                        .mapToDouble(value -> (value - mean) * (value - mean))
                        .sum()
                / (values.size() - 1);
    }

    private long freedByRound(Cgroup cgroup) {
        return kit.reclaim(ReclaimRequest.in(cgroup.path().toString())
                        .objects(16)
                        .startingAt(6)
                        .within(Duration.ofMinutes(1)))
                .freedObjects();
    }

    private static void invalidateColdest(Cache<Integer, String> cache, int entries) {
        cache.invalidateAll(List.copyOf(
                cache.policy().eviction().orElseThrow().coldest(entries).keySet()));
    }

    /**
     * Returns the hit rate in percent, in the second half of the requests.
     *
     * @param take runs once per second
     */
    private static double hitRate(Load load, int seed, Cache<Integer, String> cache, Runnable take) {
        IntUnaryOperator keys = load.keys(new Random(seed));
        long hits = 0;
        for (int request = 0; request < SECONDS * REQUESTS_A_SECOND; request++) {
            int key = keys.applyAsInt(request);
            if (cache.getIfPresent(key) == null) {
                cache.put(key, "value");
            } else if (request >= SECONDS * REQUESTS_A_SECOND / 2) {
                hits++;
            }
            if ((request + 1) % REQUESTS_A_SECOND == 0) {
                take.run();
            }
        }
        return 200.0 * hits / (SECONDS * REQUESTS_A_SECOND);
    }

    private static Cache<Integer, String> cache() {
        return Caches.builder().maximumSize(MAXIMUM).build();
    }
}
