package io.reclaimer;

import io.reclaimer.engine.RoundResult;
import io.reclaimer.engine.RoundSpec;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shortfall;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a round did, until it answered.
 *
 * @param cgroup the top of its subtree
 * @param outcome how it ended
 * @param freedObjects objects freed, all shrinkers together
 * @param freedBytes the same in bytes, by the size each shrinker gave for its objects
 * @param freedAtOnceBytes of these bytes, those that are back already and do not wait for a garbage collection
 * @param scannedObjects objects shrinkers say they looked at
 * @param visits how often a shrinker was asked
 * @param leftVisits visits left to a background round, because who asked could not wait; it starts by itself, where the
 *     target was not met
 * @param firstPriority of the first pass
 * @param lastPriority of the last pass; not above the first
 * @param elapsed from request to answer
 * @param largest what was freed by cgroup and shrinker, the largest first; how many is a setting
 * @param restObjects objects freed by those that are not in {@code largest}
 * @param shortfalls visits that were not made, or ended early, by cause; none is 0. Where the target was not met, this is why;
 *     where it is empty, nothing was left to free
 */
public record ReclaimReport(
        CgroupPath cgroup,
        Outcome outcome,
        long freedObjects,
        long freedBytes,
        long freedAtOnceBytes,
        long scannedObjects,
        long visits,
        long leftVisits,
        int firstPriority,
        int lastPriority,
        Duration elapsed,
        List<Freed> largest,
        long restObjects,
        Map<Shortfall, Long> shortfalls) {

    /** How a round ended. */
    public enum Outcome {
        /** There was no target; the one pass is done. */
        DONE,
        /** The target is met. */
        MET,
        /** The target was not met at the last priority. */
        SHORT,
        /** The deadline passed. */
        DEADLINE,
        /** The request's cancellation was thrown. */
        CANCELLED,
        /** The actor system is shutting down. */
        SHUTDOWN,
        /** The cgroup is not online, so there was nothing to do. */
        NOT_ONLINE
    }

    /** What one shrinker freed in one cgroup, on all nodes. */
    public record Freed(CgroupPath cgroup, String shrinker, long objects) {}

    /** Whether everybody was asked down to the last priority and can give no more: the target is out of reach. */
    public boolean isExhausted() {
        return outcome == Outcome.SHORT && shortfalls.isEmpty();
    }

    static ReclaimReport of(RoundSpec spec, RoundResult result) {
        List<Freed> largest = result.largest().stream()
                .map(freed -> new Freed(freed.cgroup(), freed.shrinker(), freed.objects()))
                .toList();
        long listed = Saturating.sum(largest.stream().mapToLong(Freed::objects));
        return new ReclaimReport(
                spec.scope().top(),
                Outcome.valueOf(result.outcome().name()),
                result.sums().freedObjects(),
                result.sums().freedBytes(),
                result.sums().freedAtOnceBytes(),
                result.sums().scannedObjects(),
                result.sums().visits(),
                result.shortfalls().getOrDefault(Shortfall.MAY_NOT_BLOCK, 0L),
                spec.goal().firstPriority(),
                result.lastPriority(),
                result.elapsed(),
                largest,
                Math.max(0, result.sums().freedObjects() - listed),
                result.shortfalls());
    }
}
