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
import io.reclaimer.testkit.FakeControl;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CaffeineMaximumTest {

    private static final CgroupPath ROOT = CgroupPath.root();
    private static final ShrinkerSpec SPEC = ShrinkerSpec.named("pages");
    private static final int INTERVAL = 60;

    @RegisterExtension
    static final ReclaimerExtension kit = ReclaimerExtension.create()
            .perClass()
            .with("akka.scheduler.implementation = \"akka.testkit.ExplicitlyTriggeredScheduler\"");

    @Test
    void maximumIsKeptUnlessTheApplicationSaysOtherwise() {
        Cache<Integer, String> cache = filled(bounded(), 1000);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache);
        kit.await(shrinker.register(kit.reclaimer(), SPEC));
        shrinker.scan(FakeControl.of(ROOT, 300));
        assertThat(maximumOf(cache)).isEqualTo(UNREACHED);
    }

    @Test
    void intervalIsASecondAtLeast() {
        assertThatThrownBy(() -> CaffeineShrinker.of(bounded()).lowerMaximum(Duration.ofMillis(999)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[PT0.999S]");
    }

    /** In steps of an eighth of the largest size. */
    @Test
    void maximumIsLoweredToWhatIsHeld() {
        Cache<Integer, String> cache = filled(bounded(), 800);
        lowering(cache).scan(FakeControl.of(ROOT, 310));
        assertThat(maximumOf(cache)).isEqualTo(500);
        assertThat(keysOf(cache)).hasSize(490);
    }

    @Test
    void maximumThatIsReachedIsNotLoweredForLessThanAStep() {
        Cache<Integer, String> cache = filled(Caches.builder().maximumSize(800).build(), 800);
        CaffeineShrinker<Integer, String> shrinker = lowering(cache);
        shrinker.scan(FakeControl.of(ROOT, 99));
        assertThat(maximumOf(cache)).isEqualTo(800);
        shrinker.scan(FakeControl.of(ROOT, 1));
        assertThat(maximumOf(cache)).isEqualTo(700);
    }

    /** The weight of removed entries may be counted until the next maintenance. */
    @Test
    void maximumByWeightIsLoweredToTheWeightThatIsHeld() {
        Cache<Integer, String> cache = filled(Caches.weighted(1L << 40), 100);
        long before = keysOf(cache).stream().mapToLong(key -> 1_000 + key).sum();
        lowering(cache).scan(FakeControl.of(ROOT, 50));
        long weight = keysOf(cache).stream().mapToLong(key -> 1_000 + key).sum();
        assertThat(maximumOf(cache)).isBetween(weight, weight + before / 8).isEqualTo(before / 8 * 5);
        assertThat(keysOf(cache)).hasSize(50);
    }

    /** So that the cache is of some use when all was reclaimed. */
    @Test
    void cacheKeepsAStepOfRoomWhenAllWasReclaimed() {
        Cache<Integer, String> large = filled(bounded(), 6400);
        lowering(large).scan(FakeControl.of(ROOT, 6400));
        assertThat(maximumOf(large)).isEqualTo(800);
        Cache<Integer, String> small = filled(bounded(), 3);
        lowering(small).scan(FakeControl.of(ROOT, 3));
        assertThat(maximumOf(small)).isOne();
    }

    /** Each change makes the cache forget how it has adapted. */
    @Test
    void maximumIsChangedOnceAnInterval() {
        Cache<Integer, String> cache = filled(bounded(), 800);
        CaffeineShrinker<Integer, String> shrinker = lowering(cache);
        shrinker.scan(FakeControl.of(ROOT, 100));
        assertThat(maximumOf(cache)).isEqualTo(700);
        int step = INTERVAL / 6;
        for (int second = step; second < INTERVAL; second += step) {
            pass(step);
            shrinker.scan(FakeControl.of(ROOT, 50));
            assertThat(maximumOf(cache)).isEqualTo(700);
        }
        pass(step - 1);
        shrinker.scan(FakeControl.of(ROOT, 45));
        assertThat(maximumOf(cache)).isEqualTo(700);
        pass(1);
        assertThat(maximumOf(cache)).isEqualTo(500);
    }

    @Test
    void maximumGrowsBackStepByStepAndNotBeyond() {
        Cache<Integer, String> cache = filled(Caches.builder().maximumSize(800).build(), 800);
        lowering(cache).scan(FakeControl.of(ROOT, 400));
        assertThat(maxima(cache, 6)).containsExactly(400L, 500L, 600L, 700L, 800L, 800L);
    }

    @Test
    void maximumThatWasNeverReachedIsBackWhenWhatWasHeldIs() {
        Cache<Integer, String> cache = filled(bounded(), 800);
        lowering(cache).scan(FakeControl.of(ROOT, 300));
        assertThat(maxima(cache, 4)).containsExactly(500L, 600L, 700L, (long) UNREACHED);
    }

    @Test
    void maximumIsKeptWhereNothingIsRegistered() {
        Cache<Integer, String> cache = filled(bounded(), 1000);
        CaffeineShrinker.of(cache).lowerMaximum(Duration.ofMinutes(1)).scan(FakeControl.of(ROOT, 300));
        assertThat(maximumOf(cache)).isEqualTo(UNREACHED);
    }

    @Test
    void scanThatFreesNothingLowersNothing() {
        Cache<Integer, String> cache = bounded();
        lowering(cache).scan(FakeControl.of(ROOT, 300));
        assertThat(maximumOf(cache)).isEqualTo(UNREACHED);
    }

    @Test
    void maximumThatTheApplicationSetsMeanwhileIsLeftAsItIs() {
        Cache<Integer, String> cache = filled(bounded(), 800);
        lowering(cache).scan(FakeControl.of(ROOT, 400));
        cache.policy().eviction().orElseThrow().setMaximum(2000);
        pass(20 * INTERVAL);
        assertThat(maximumOf(cache)).isEqualTo(2000);
    }

    @Test
    void maximumThatTheApplicationSetsMeanwhileIsTheOneToGoBackTo() {
        Cache<Integer, String> cache = filled(bounded(), 800);
        CaffeineShrinker<Integer, String> shrinker = lowering(cache);
        shrinker.scan(FakeControl.of(ROOT, 400));
        cache.policy().eviction().orElseThrow().setMaximum(2000);
        pass(INTERVAL);
        shrinker.scan(FakeControl.of(ROOT, 100));
        assertThat(maximumOf(cache)).isLessThan(400);
        pass(20 * INTERVAL);
        assertThat(maximumOf(cache)).isEqualTo(2000);
    }

    @Test
    void roomIsGivenBackWhenTheShrinkerIsFreedAndNoneIsTakenAgain() {
        Cache<Integer, String> cache = filled(bounded(), 800);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache).lowerMaximum(interval());
        ShrinkerHandle handle = kit.await(shrinker.register(kit.reclaimer(), SPEC));
        shrinker.scan(FakeControl.of(ROOT, 400));
        kit.await(handle.free());
        assertThat(maximumOf(cache)).isEqualTo(400);
        pass(INTERVAL);
        assertThat(maximumOf(cache)).isEqualTo(UNREACHED);
        shrinker.scan(FakeControl.of(ROOT, 100));
        pass(INTERVAL);
        assertThat(maximumOf(cache)).isEqualTo(UNREACHED);
    }

    /** The scheduler would drop a plain task that restores it. */
    @Test
    void roomIsGivenBackWhenTheSystemEnds() {
        ReclaimerTestSystem other = ReclaimerTestSystem.start("");
        Cache<Integer, String> cache = filled(bounded(), 800);
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache).lowerMaximum(interval());
        other.await(shrinker.register(other.reclaimer(), SPEC));
        shrinker.scan(FakeControl.of(ROOT, 400));
        assertThat(maximumOf(cache)).isEqualTo(400);
        other.stop();
        Threads.until(() -> maximumOf(cache) == UNREACHED);
        shrinker.scan(FakeControl.of(ROOT, 100));
        assertThat(maximumOf(cache)).isEqualTo(UNREACHED);
    }

    @Test
    void roundLowersTheMaximumOfTheCachesItFreesFrom() {
        Cache<Integer, String> cache = filled(bounded(), 800);
        CaffeineShrinker<Integer, String> shrinker =
                CaffeineShrinker.of(cache, kit.online("/shop")).lowerMaximum(interval());
        kit.await(shrinker.register(kit.reclaimer(), SPEC));
        long freed = kit.reclaim(ReclaimRequest.in("/shop").objects(300).startingAt(3))
                .freedObjects();
        assertThat(maximumOf(cache)).isBetween(800 - freed, 800L);
    }

    /** After any interleaving the cache has its maximum in the end, and no task is left. */
    @Test
    void maximumIsRightAfterScansAndChangesAtTheSameTime() throws Exception {
        Cache<Integer, String> cache = filled(bounded(), 20_000);
        CaffeineShrinker<Integer, String> shrinker = lowering(cache);
        Runnable scans = () -> {
            for (int i = 0; i < 50; i++) {
                shrinker.scan(FakeControl.of(ROOT, 100));
            }
        };
        Threads.run(scans, scans, () -> pass(50 * INTERVAL));
        assertThat(keysOf(cache)).hasSize((int) (20_000 - shrinker.reclaimedObjects()));
        pass(100 * INTERVAL);
        assertThat(maximumOf(cache)).isEqualTo(UNREACHED);
    }

    private CaffeineShrinker<Integer, String> lowering(Cache<Integer, String> cache) {
        CaffeineShrinker<Integer, String> shrinker = CaffeineShrinker.of(cache).lowerMaximum(interval());
        kit.await(shrinker.register(kit.reclaimer(), SPEC));
        return shrinker;
    }

    /** Returns the maximum before each of the next changes. */
    private List<Long> maxima(Cache<?, ?> cache, int changes) {
        List<Long> maxima = new ArrayList<>();
        for (int change = 0; change < changes; change++) {
            maxima.add(maximumOf(cache));
            pass(INTERVAL);
        }
        return maxima;
    }

    private static Duration interval() {
        return Duration.ofSeconds(INTERVAL);
    }

    private void pass(int seconds) {
        ManualTime.get(kit.system()).timePasses(Duration.ofSeconds(seconds));
    }
}
