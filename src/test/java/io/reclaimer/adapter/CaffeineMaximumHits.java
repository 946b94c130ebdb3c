package io.reclaimer.adapter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.ReclaimerTestKit;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Measurement of the hit rate of a cache that rounds keep small, by its maximum. Run by hand: the figures are in {@link
 * CaffeineSketch}.
 */
final class CaffeineMaximumHits {

    private static final int KEYS = 200_000;
    private static final double EXPONENT = 0.9;
    private static final int HELD = 8_400;
    private static final int REQUESTS = 1_500_000;
    private static final int FIRST_COUNTED = 500_000;
    private static final int ROUND_INTERVAL = 500;

    private CaffeineMaximumHits() {}

    public static void main(String[] args) {
        for (int maximum : new int[] {HELD, 20_000, 50_000, 100_000, 200_000, 1_000_000}) {
            System.out.printf(Locale.ROOT, "maximum %,d: %.2f %% hits%n", maximum, hitRate(maximum));
        }
    }

    private static double hitRate(int maximum) {
        Cache<Integer, Boolean> cache = Caffeine.newBuilder()
                .executor(Runnable::run)
                .maximumSize(maximum)
                .build();
        double[] cumulative = cumulative();
        SplittableRandom random = new SplittableRandom(1);
        int hits = 0;
        try (ReclaimerTestKit kit = ReclaimerTestKit.create()) {
            kit.await(CaffeineShrinker.of(cache, kit.online("/shop"))
                    .register(kit.reclaimer(), ShrinkerSpec.named("pages").batch(16)));
            for (int request = 0; request < REQUESTS; request++) {
                int key = key(cumulative, random.nextDouble());
                if (cache.getIfPresent(key) == null) {
                    cache.put(key, true);
                } else if (request >= FIRST_COUNTED) {
                    hits++;
                }
                long tooMany = cache.estimatedSize() - HELD;
                if (request % ROUND_INTERVAL == 0 && tooMany > 0) {
                    kit.reclaim(ReclaimRequest.in("/shop").objects(tooMany));
                }
            }
        }
        return 100.0 * hits / (REQUESTS - FIRST_COUNTED);
    }

    private static double[] cumulative() {
        double[] cumulative = new double[KEYS];
        double sum = 0;
        for (int key = 0; key < KEYS; key++) {
            sum += Math.pow(key + 1, -EXPONENT);
            cumulative[key] = sum;
        }
        return cumulative;
    }

    private static int key(double[] cumulative, double random) {
        int found = Arrays.binarySearch(cumulative, random * cumulative[KEYS - 1]);
        return found < 0 ? -found - 1 : found;
    }
}
