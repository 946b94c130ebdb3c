package io.reclaimer.engine;

import io.reclaimer.engine.unit.CountTally;
import io.reclaimer.engine.unit.Tally;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.ShrinkerObjects;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The result of a round: what it did until it answered. Immutable.
 *
 * @param shortfalls visits that were not made, or ended early, by cause, without zeros
 * @param lastPriority of the last pass that was begun
 * @param largest objects freed by cgroup and shrinker, the largest first; objects counted, if the round only counts
 * @param counted objects that could be freed, if the round only counts
 */
public record RoundResult(
        RoundOutcome outcome,
        Tally.Sums sums,
        Map<Shortfall, Long> shortfalls,
        int lastPriority,
        Duration elapsed,
        List<ShrinkerObjects> largest,
        Optional<CountTally.Counted> counted) {}
