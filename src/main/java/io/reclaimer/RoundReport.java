package io.reclaimer;

import io.reclaimer.engine.RoundResult;
import io.reclaimer.engine.RoundSpec;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shortfall;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The report of a round of the engine. */
record RoundReport(
        CgroupPath cgroup,
        ReclaimReport.Outcome outcome,
        long freedObjects,
        long freedBytes,
        long freedAtOnceBytes,
        long scannedObjects,
        long visits,
        long skippedVisits,
        int firstPriority,
        int lastPriority,
        Duration elapsed,
        List<ReclaimReport.Freed> largest,
        long unlistedObjects,
        Map<Shortfall, Long> shortfalls)
        implements ReclaimReport {

    static ReclaimReport of(RoundSpec spec, RoundResult result) {
        List<Freed> largest = result.largest().stream()
                .map(freed -> new Freed(freed.cgroup(), freed.shrinker(), freed.objects()))
                .toList();
        long listed = Saturating.sum(largest.stream().mapToLong(Freed::objects));
        return new RoundReport(
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
