package io.reclaimer;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.ShrinkerObjects;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The common part of the reports of rounds that free ({@link ReclaimReport}) and rounds that count ({@link
 * CountReport}): what the round did until it answered.
 *
 * <p>Instances come from the library. Later versions may add methods, so only fakes in tests implement these
 * interfaces.
 */
public interface RoundReport {

    /** The top of the subtree. */
    CgroupPath cgroup();

    /** How the round ended. */
    RoundOutcome outcome();

    /** How many times shrinkers were asked. */
    long visits();

    /** From the start of the round to its answer. */
    Duration elapsed();

    /** Objects by cgroup and shrinker, the largest first. The number of entries is limited. */
    List<ShrinkerObjects> largest();

    /** Objects that are not in {@code largest}. */
    long unlistedObjects();

    /** Visits that were not made or ended early, by cause, without zeros. */
    Map<Shortfall, Long> shortfalls();
}
