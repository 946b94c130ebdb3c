package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.reclaimer.Cgroup;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two caches of equal size: one gets requests for its reclaimed keys, the other for keys that it never had. */
class CaffeineThrashTest {

    private static final int ENTRIES = 20_000;

    @RegisterExtension
    final ReclaimerExtension kit =
            ReclaimerExtension.create().with("reclaimer.thrash { raise-seeks = on, half-life = 1h }");

    private final Cache<Integer, String> comesBack = cache();
    private final Cache<Integer, String> staysAway = cache();

    @Test
    void cacheWhoseEntriesComeBackLosesLessInTheNextRounds() {
        Cgroup shop = kit.online("/shop");
        ShrinkerHandle back = register("comes back", comesBack, shop);
        ShrinkerHandle away = register("stays away", staysAway, shop);
        IntStream.range(0, ENTRIES).forEach(key -> put(comesBack, key));
        int next = 0;
        for (; next < ENTRIES; next++) {
            put(staysAway, next);
        }
        long lostByComesBack = 0;
        long lostByStaysAway = 0;
        for (int round = 0; round < 6; round++) {
            kit.pass("/shop", 0, 3);
            lostByComesBack += round < 3 ? 0 : ENTRIES - comesBack.estimatedSize();
            lostByStaysAway += round < 3 ? 0 : ENTRIES - staysAway.estimatedSize();
            IntStream.range(0, ENTRIES)
                    .filter(key -> comesBack.getIfPresent(key) == null)
                    .forEach(key -> put(comesBack, key));
            while (staysAway.estimatedSize() < ENTRIES) {
                put(staysAway, next++);
            }
        }
        assertThat(back.state().refaultedObjects()).isPositive();
        assertThat(back.state().seeks()).isGreaterThan(ShrinkerSpec.DEFAULT_SEEKS);
        assertThat(away.state().refaultedObjects()).isZero();
        assertThat(away.state().seeks()).isEqualTo(ShrinkerSpec.DEFAULT_SEEKS);
        assertThat(lostByComesBack).isLessThan(lostByStaysAway * 3 / 4);
    }

    private ShrinkerHandle register(String name, Cache<Integer, String> cache, Cgroup cgroup) {
        return kit.await(
                CaffeineShrinker.of(cache, cgroup).register(kit.reclaimer(), ShrinkerSpec.named(name)));
    }

    private static void put(Cache<Integer, String> cache, int key) {
        cache.put(key, "value");
    }

    private static Cache<Integer, String> cache() {
        return Caffeine.newBuilder()
                .maximumSize(10L * ENTRIES)
                .executor(Runnable::run)
                .build();
    }
}
