package io.reclaimer.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When a limited cgroup is counted again, and when a warning about it is due. */
class BudgetTest {

    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final BudgetSettings settings =
            new BudgetSettings(INTERVAL, Duration.ofSeconds(1), Duration.ofMillis(500), Map.of());
    private final Budget budget = new Budget(
            new BudgetKey(CgroupPath.of("/shop"), 0), "heap", Limits.none().max(1));

    /** A round at {@code at}. */
    private void round(Duration at, RoundOutcome outcome, long freed) {
        budget.beginCount();
        assertThat(budget.isDue(at.toNanos())).isFalse();
        budget.beginRound(true);
        budget.endRound(outcome, freed);
        budget.end(at.toNanos(), settings);
    }

    private boolean isDueAt(long millis) {
        return budget.isDue(Duration.ofMillis(millis).toNanos());
    }

    @Test
    void nextCountWaitsTwiceAsLongAfterEachRoundInVain() {
        round(Duration.ZERO, RoundOutcome.TARGET_MISSED, 0);
        assertThat(isDueAt(199)).isFalse();
        assertThat(isDueAt(200)).isTrue();
        round(Duration.ZERO, RoundOutcome.DEADLINE, 0);
        assertThat(isDueAt(399)).isFalse();
        assertThat(isDueAt(400)).isTrue();
        round(Duration.ZERO, RoundOutcome.TARGET_MISSED, 0);
        assertThat(isDueAt(499)).isFalse();
        assertThat(isDueAt(500)).as("At most retry-max").isTrue();
    }

    @Test
    void roundThatFreesSomethingAndNewLimitsEndTheWait() {
        round(Duration.ZERO, RoundOutcome.TARGET_MISSED, 0);
        round(Duration.ZERO, RoundOutcome.TARGET_MISSED, 1);
        assertThat(isDueAt(0)).isTrue();
        round(Duration.ZERO, RoundOutcome.TARGET_MISSED, 0);
        assertThat(isDueAt(0)).isFalse();
        budget.setLimits(Limits.none().max(2));
        assertThat(isDueAt(0)).isTrue();
    }

    @Test
    void warningIsDueAtMostOnceAMinute() {
        assertThat(budget.isInVain()).isFalse();
        round(Duration.ZERO, RoundOutcome.TARGET_MISSED, 0);
        assertThat(budget.isInVain()).isTrue();
        assertThat(budget.isWarningDue(0)).isTrue();
        assertThat(budget.isWarningDue(0)).isFalse();
        assertThat(budget.isWarningDue(Duration.ofSeconds(59).toNanos())).isFalse();
        assertThat(budget.isWarningDue(Duration.ofSeconds(60).toNanos())).isTrue();
        round(Duration.ZERO, RoundOutcome.TARGET_REACHED, 5);
        assertThat(budget.isInVain()).isFalse();
    }
}
