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
 * The result of a round: what it did until it answered.
 *
 * @param cgroup the top of the subtree
 * @param outcome how the round ended
 * @param freedObjects objects freed, of all shrinkers
 * @param freedBytes the same in bytes: as scans reported them, otherwise by the size of each shrinker's objects
 * @param freedAtOnceBytes the part of {@code freedBytes} that is free already, without a garbage collection
 * @param scannedObjects objects that shrinkers report as scanned
 * @param visits how many times shrinkers were asked
 * @param leftVisits visits left to a background round, because the caller could not wait; that round starts by itself,
 *     unless the target was met
 * @param firstPriority of the first pass
 * @param lastPriority of the last pass; not above the first
 * @param elapsed from the start of the round to its answer
 * @param largest objects freed, by cgroup and shrinker, the largest first; the number of entries is a setting
 * @param restObjects objects freed that are not in {@code largest}
 * @param shortfalls visits that were not made or ended early, by cause, without zeros. They are the reason if the
 *     target was not met; if there are none, nothing was left to free
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
        /** The round had no target, and its one pass is done. */
        DONE,
        /** The target is met. */
        MET,
        /** The target was not met down to the last priority. */
        SHORT,
        /** The deadline passed. */
        DEADLINE,
        /** The cancellation of the request was thrown. */
        CANCELLED,
        /** The actor system is shutting down. */
        SHUTDOWN,
        /** The cgroup was not online, so there was nothing to do. */
        NOT_ONLINE
    }

    /** The objects that one shrinker freed in one cgroup, on all nodes. */
    public record Freed(CgroupPath cgroup, String shrinker, long objects) {}

    /**
     * Returns whether the target is out of reach: all shrinkers were asked down to the last priority, and can free no
     * more.
     */
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
