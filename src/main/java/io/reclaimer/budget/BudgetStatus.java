package io.reclaimer.budget;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Protection;
import io.reclaimer.shrinker.RoundOutcome;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The status of a cgroup with limits on a node: the bytes that it holds, and the rounds for it. Immutable.
 *
 * @param node its name
 * @param heldBytes of the cgroup with its descendants, as they were counted last; empty before the first count
 * @param peakBytes the most that was counted
 * @param highEvents rounds that began because it was above {@code high}
 * @param maxEvents rounds that began because it was above {@code max}
 * @param lastOutcome of the last of those rounds; empty before the first one
 * @param protection by {@code min} and {@code low} of it and of those above it, and by what is held
 */
public record BudgetStatus(
        CgroupPath cgroup,
        String node,
        Limits limits,
        OptionalLong heldBytes,
        long peakBytes,
        long highEvents,
        long maxEvents,
        Optional<RoundOutcome> lastOutcome,
        Protection protection) {

    /** Returns whether it holds no more than its limits allow, by the last count. */
    public boolean isWithinLimits() {
        long held = heldBytes.orElse(0);
        return !limits.isAboveHigh(held) && !limits.isAboveMax(held);
    }
}
