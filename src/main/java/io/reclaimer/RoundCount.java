package io.reclaimer;

import io.reclaimer.engine.RoundResult;
import io.reclaimer.engine.RoundSpec;
import io.reclaimer.engine.unit.CountTally;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shortfall;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The report of a count of the engine. */
record RoundCount(
        CgroupPath cgroup,
        ReclaimReport.Outcome outcome,
        long freeableObjects,
        long freeableBytes,
        List<Long> plannedObjects,
        long visits,
        Duration elapsed,
        List<CountReport.Counted> largest,
        long unlistedObjects,
        Map<Shortfall, Long> shortfalls,
        long unsizedObjects)
        implements CountReport {

    static CountReport of(RoundSpec spec, RoundResult result) {
        CountTally.Counted counted = result.counted().orElseThrow();
        List<Counted> largest = result.largest().stream()
                .map(entry -> new Counted(entry.cgroup(), entry.shrinker(), entry.objects()))
                .toList();
        long listed = Saturating.sum(largest.stream().mapToLong(Counted::objects));
        return new RoundCount(
                spec.scope().top(),
                ReclaimReport.Outcome.valueOf(result.outcome().name()),
                counted.freeableObjects(),
                counted.freeableBytes(),
                counted.plannedObjects(),
                result.sums().visits(),
                result.elapsed(),
                largest,
                Math.max(0, counted.freeableObjects() - listed),
                result.shortfalls(),
                counted.unsizedObjects());
    }
}
