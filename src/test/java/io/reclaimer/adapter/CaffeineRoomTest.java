package io.reclaimer.adapter;

import static io.reclaimer.adapter.Caches.UNREACHED;
import static io.reclaimer.adapter.Caches.bounded;
import static io.reclaimer.adapter.Caches.filled;
import static io.reclaimer.adapter.Caches.keysOf;
import static io.reclaimer.adapter.Caches.maximumOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ManualTime;
import com.github.benmanes.caffeine.cache.Cache;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Asked;
import io.reclaimer.testkit.ReclaimerKit;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CaffeineRoomTest {

    private static final CgroupPath ROOT = CgroupPath.root();
    private static final ShrinkerSpec SPEC = ShrinkerSpec.named("pages");
    private static final int QUIET_SECONDS = 10;

    @RegisterExtension
    final ReclaimerKit kit =
            ReclaimerKit.with("akka.scheduler.implementation = \"akka.testkit.ExplicitlyTriggeredScheduler\"");

    @Test
    void maximumIsLoweredToWhatIsHeld() {
        Cache<Integer, String> cache = filled(bounded(), 1000);
        registered(cache).scan(Asked.of(ROOT, 300));
        assertThat(maximumOf(cache)).isEqualTo(700);
        assertThat(keysOf(cache)).hasSize(700);
    }

    /** Not who came first: the room that was freed is not filled by whatever comes in. */
    @Test
    void admissionPolicyDecidesWhatIsWorthTheRoomThatIsLeft() {
        Cache<Integer, String> cache = bounded();
        CaffeineShrinker<Integer, String> shrinker = registered(cache);
        filled(cache, 1000);
        shrinker.scan(Asked.of(ROOT, 100));
        List<Integer> some = keysOf(cache).stream().limit(200).toList();
        for (int i = 0; i < 5; i++) {
            some.forEach(key -> Caches.use(cache, key, key + 1));
        }
        shrinker.scan(Asked.of(ROOT, 600));
        filled(cache, 10_000, 12_000);
        assertThat(keysOf(cache)).hasSize(300).containsAll(some);
    }

    @Test
    void maximumByWeightIsLoweredToTheWeightThatIsHeld() {
        Cache<Integer, String> cache = filled(Caches.weighted(1L << 40), 100);
        registered(cache).scan(Asked.of(ROOT, 30));
        long weight = keysOf(cache).stream().mapToLong(key -> 1_000 + key).sum();
        assertThat(maximumOf(cache)).isEqualTo(weight);
        assertThat(keysOf(cache)).hasSize(70);
    }

    /** So that it is of some use when all is gone. */
    @Test
    void cacheKeepsAStepOfRoomWhenAllWasReclaimed() {
        Cache<Integer, String> large = filled(bounded(), 6400);
        registered(large).scan(Asked.of(ROOT, 6400));
        assertThat(maximumOf(large)).isEqualTo(100);
        Cache<Integer, String> small = filled(bounded(), 3);
        registered(small).scan(Asked.of(ROOT, 3));
        assertThat(maximumOf(small)).isOne();
    }

    @Test
    void maximumIsKeptWhereTheApplicationSaysSo() {
        Cache<Integer, String> cache = filled(bounded(), 1000);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache).keepMaximum();
        kit.await(shrinker.register(kit.reclaimer(), SPEC));
        shrinker.scan(Asked.of(ROOT, 300));
        assertThat(maximumOf(cache)).isEqualTo(UNREACHED);
    }

    /** There is nobody who would raise it again. */
    @Test
    void maximumIsKeptWhereNothingIsRegistered() {
        Cache<Integer, String> cache = filled(bounded(), 1000);
        CaffeineShrinker.of(cache).scan(Asked.of(ROOT, 300));
        assertThat(maximumOf(cache)).isEqualTo(UNREACHED);
    }

    @Test
    void scanThatFreesNothingLowersNothing() {
        Cache<Integer, String> cache = bounded();
        registered(cache).scan(Asked.of(ROOT, 300));
        assertThat(maximumOf(cache)).isEqualTo(UNREACHED);
    }

    @Test
    void maximumGrowsBackSlowerThanItShrank() {
        Cache<Integer, String> cache = filled(bounded(), 6400);
        registered(cache).scan(Asked.of(ROOT, 3200));
        assertThat(maximumOf(cache)).isEqualTo(3200);
        pass(QUIET_SECONDS);
        assertThat(maximumOf(cache)).isEqualTo(3200);
        List<Long> maxima = new ArrayList<>();
        do {
            pass(1);
            maxima.add(maximumOf(cache));
        } while (maximumOf(cache) < UNREACHED);
        assertThat(maxima).hasSize(32).startsWith(3300L, 3400L).endsWith(6200L, 6300L, (long) UNREACHED);
    }

    @Test
    void maximumThatWasReachedIsGrownBackToAndNotBeyond() {
        Cache<Integer, String> cache = filled(Caches.builder().maximumSize(640).build(), 640);
        registered(cache).scan(Asked.of(ROOT, 640));
        assertThat(maximumOf(cache)).isEqualTo(10);
        pass(QUIET_SECONDS + 62);
        assertThat(maximumOf(cache)).isEqualTo(630);
        pass(1);
        assertThat(maximumOf(cache)).isEqualTo(640);
        pass(100);
        assertThat(maximumOf(cache)).isEqualTo(640);
    }

    @Test
    void scanStopsTheGrowthAtOnce() {
        Cache<Integer, String> cache = filled(bounded(), 6400);
        CaffeineShrinker<Integer, String> shrinker = registered(cache);
        shrinker.scan(Asked.of(ROOT, 3200));
        pass(QUIET_SECONDS + 2);
        assertThat(maximumOf(cache)).isEqualTo(3400);
        shrinker.scan(Asked.of(ROOT, 100));
        assertThat(maximumOf(cache)).isEqualTo(3100);
        pass(QUIET_SECONDS);
        assertThat(maximumOf(cache)).isEqualTo(3100);
        pass(1);
        assertThat(maximumOf(cache)).isEqualTo(3200);
    }

    /** Else a cache that is asked for a little each second would only ever shrink, and those without a maximum grow. */
    @Test
    void maximumGrowsBetweenScansWhereNothingElseIsSaid() {
        Cache<Integer, String> cache = filled(bounded(), 1600);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        kit.await(shrinker.register(kit.reclaimer(), SPEC));
        shrinker.scan(Asked.of(ROOT, 400));
        for (int second = 1; second <= 20; second++) {
            assertThat(maximumOf(cache)).isEqualTo(1200);
            pass(1);
            assertThat(maximumOf(cache)).isEqualTo(1300);
            filled(cache, 10_000 * second, 10_000 * second + 1_000);
            shrinker.scan(Asked.of(ROOT, 100));
        }
    }

    @Test
    void growthIsAsSlowAsTheApplicationSays() {
        Cache<Integer, String> cache = filled(bounded(), 1000);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache).growth(Duration.ofMillis(1500), 10);
        kit.await(shrinker.register(kit.reclaimer(), SPEC));
        shrinker.scan(Asked.of(ROOT, 500));
        pass(2);
        assertThat(maximumOf(cache)).isEqualTo(500);
        pass(1);
        assertThat(maximumOf(cache)).isEqualTo(600);
        assertThatThrownBy(() -> shrinker.growth(Duration.ofSeconds(-1), 10)).hasMessageContaining("[PT-1S]");
        assertThatThrownBy(() -> shrinker.growth(Duration.ZERO, 0)).hasMessageContaining("[0]");
    }

    @Test
    void maximumThatTheApplicationSetsMeanwhileIsLeftAsItIs() {
        Cache<Integer, String> cache = filled(bounded(), 1000);
        registered(cache).scan(Asked.of(ROOT, 500));
        cache.policy().eviction().orElseThrow().setMaximum(2000);
        pass(QUIET_SECONDS + 100);
        assertThat(maximumOf(cache)).isEqualTo(2000);
    }

    @Test
    void maximumThatTheApplicationSetsMeanwhileIsWhatIsGrownBackTo() {
        Cache<Integer, String> cache = filled(bounded(), 1000);
        CaffeineShrinker<Integer, String> shrinker = registered(cache);
        shrinker.scan(Asked.of(ROOT, 500));
        cache.policy().eviction().orElseThrow().setMaximum(2000);
        shrinker.scan(Asked.of(ROOT, 100));
        assertThat(maximumOf(cache)).isEqualTo(400);
        pass(QUIET_SECONDS + 100);
        assertThat(maximumOf(cache)).isEqualTo(2000);
    }

    @Test
    void roomIsGivenBackWhenTheShrinkerIsFreedAndNoneIsTakenAgain() {
        Cache<Integer, String> cache = filled(bounded(), 1000);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        ShrinkerHandle handle = kit.await(shrinker.register(kit.reclaimer(), SPEC));
        shrinker.scan(Asked.of(ROOT, 500));
        kit.await(handle.free());
        assertThat(maximumOf(cache)).isEqualTo(500);
        pass(1);
        assertThat(maximumOf(cache)).isEqualTo(UNREACHED);
        shrinker.scan(Asked.of(ROOT, 100));
        pass(1);
        assertThat(maximumOf(cache)).isEqualTo(UNREACHED);
    }

    /** The task that would raise it is otherwise just forgotten by the scheduler. */
    @Test
    void roomIsGivenBackWhenTheSystemEnds() {
        ReclaimerKit other = ReclaimerKit.create().start();
        Cache<Integer, String> cache = filled(bounded(), 1000);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        other.await(shrinker.register(other.reclaimer(), SPEC));
        shrinker.scan(Asked.of(ROOT, 500));
        assertThat(maximumOf(cache)).isEqualTo(500);
        other.stop();
        Threads.until(() -> maximumOf(cache) == UNREACHED);
        shrinker.scan(Asked.of(ROOT, 100));
        assertThat(maximumOf(cache)).isEqualTo(UNREACHED);
    }

    @Test
    void roundLowersTheMaximumOfTheCachesItFreesFrom() {
        Cache<Integer, String> cache = filled(bounded(), 1000);
        kit.await(CaffeineShrinker.register(kit.reclaimer(), SPEC, cache, kit.online("/shop")));
        long freed = kit.reclaim(ReclaimRequest.in("/shop").objects(300).startingAt(3))
                .freedObjects();
        assertThat(maximumOf(cache)).isEqualTo(1000 - freed);
    }

    /** Whatever comes between, in the end the cache has its maximum, and nothing is left to be done. */
    @Test
    void maximumIsRightAfterScansAndGrowthAtTheSameTime() throws Exception {
        Cache<Integer, String> cache = filled(bounded(), 20_000);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache).growth(Duration.ZERO, 64);
        kit.await(shrinker.register(kit.reclaimer(), SPEC));
        Runnable scans = () -> {
            for (int i = 0; i < 50; i++) {
                shrinker.scan(Asked.of(ROOT, 100));
            }
        };
        Threads.run(scans, scans, () -> pass(50));
        shrinker.scan(Asked.of(ROOT, 100));
        assertThat(maximumOf(cache)).isEqualTo(20_000 - shrinker.reclaimedObjects());
        assertThat(keysOf(cache)).hasSize((int) maximumOf(cache));
        pass(100);
        assertThat(maximumOf(cache)).isEqualTo(UNREACHED);
    }

    /** Grows after a quiet time, in 64 steps. */
    private CaffeineShrinker<Integer, String> registered(Cache<Integer, String> cache) {
        CaffeineShrinker<Integer, String> shrinker =
                CaffeineShrinker.of(cache).growth(Duration.ofSeconds(QUIET_SECONDS), 64);
        kit.await(shrinker.register(kit.reclaimer(), SPEC));
        return shrinker;
    }

    private void pass(int seconds) {
        ManualTime.get(kit.system()).timePasses(Duration.ofSeconds(seconds));
    }
}
