package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.ReclaimerTestSystem;
import org.junit.jupiter.api.Test;

/** Objects that refault raise the seeks of their shrinker, if that is switched on. */
class ThrashTest {

    private static final long OBJECTS = 100_000;

    private record Losses(long comesBack, long staysAway, int seeks, double rate) {}

    @Test
    void cacheWhoseObjectsComeBackLosesLessInTheNextRounds() {
        Losses losses = losses("on");
        assertThat(losses.comesBack).isLessThan(losses.staysAway / 2);
        assertThat(losses.seeks).isGreaterThan(ShrinkerSpec.DEFAULT_SEEKS).isLessThanOrEqualTo(16);
        assertThat(losses.rate).isGreaterThan(0.8);
    }

    @Test
    void switchedOffBothLoseTheSameAndTheRateIsKnown() {
        Losses losses = losses("off");
        assertThat(losses.comesBack).isEqualTo(losses.staysAway);
        assertThat(losses.seeks).isEqualTo(ShrinkerSpec.DEFAULT_SEEKS);
        assertThat(losses.rate).isGreaterThan(0.8);
    }

    /**
     * The objects that two caches of equal size lose in five rounds. All lost objects of the first come back after each
     * round.
     */
    private static Losses losses(String raiseSeeks) {
        try (ReclaimerTestSystem kit =
                ReclaimerTestSystem.start("reclaimer.thrash { raise-seeks = " + raiseSeeks + ", half-life = 1h }")) {
            Cgroup a = kit.online("/a");
            Cache comesBack = Cache.register(kit, "comes back");
            Cache staysAway = Cache.register(kit, "stays away");
            long lostByComesBack = 0;
            long lostByStaysAway = 0;
            for (int round = 0; round < 5; round++) {
                // Filled up, so that both are asked for the same number, apart from their seeks.
                comesBack.put(a, 0, OBJECTS - comesBack.objects(a, 0));
                staysAway.put(a, 0, OBJECTS - staysAway.objects(a, 0));
                kit.settle();
                kit.pass("/a", 0, 3);
                long lost = OBJECTS - comesBack.objects(a, 0);
                comesBack.handle().recordRefaults(lost);
                lostByComesBack += round == 0 ? 0 : lost;
                lostByStaysAway += round == 0 ? 0 : OBJECTS - staysAway.objects(a, 0);
            }
            ReclaimerState.ShrinkerState state = kit.state().shrinkers().get(0);
            return new Losses(lostByComesBack, lostByStaysAway, state.seeks(), state.refaultRate());
        }
    }
}
