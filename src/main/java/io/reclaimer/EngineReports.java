package io.reclaimer;

import io.reclaimer.engine.RoundResult;
import io.reclaimer.engine.RoundSpec;
import io.reclaimer.engine.unit.CountTally;
import io.reclaimer.engine.unit.Tally;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.ShrinkerObjects;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The conversion of the engine's results to the reports that users see. */
final class EngineReports {

    private record Reclaimed(
            CgroupPath cgroup,
            RoundOutcome outcome,
            long freedObjects,
            long freedBytes,
            long freedAtOnceBytes,
            long scannedObjects,
            long visits,
            long skippedVisits,
            int firstPriority,
            int lastPriority,
            Duration elapsed,
            List<ShrinkerObjects> largest,
            long unlistedObjects,
            Map<Shortfall, Long> shortfalls)
            implements ReclaimReport {}

    private record Counted(
            CgroupPath cgroup,
            RoundOutcome outcome,
            long freeableObjects,
            long freeableBytes,
            List<Long> plannedObjects,
            long visits,
            Duration elapsed,
            List<ShrinkerObjects> largest,
            long unlistedObjects,
            Map<Shortfall, Long> shortfalls,
            long unsizedObjects)
            implements CountReport {}

    private EngineReports() {}

    static ReclaimReport reclaimed(RoundSpec spec, RoundResult result) {
        Tally.Sums sums = result.sums();
        return new Reclaimed(
                spec.scope().top(),
                result.outcome(),
                sums.freedObjects(),
                sums.freedBytes(),
                sums.freedAtOnceBytes(),
                sums.scannedObjects(),
                sums.visits(),
                result.shortfalls().getOrDefault(Shortfall.MAY_NOT_BLOCK, 0L),
                spec.goal().firstPriority(),
                result.lastPriority(),
                result.elapsed(),
                result.largest(),
                unlisted(sums.freedObjects(), result),
                result.shortfalls());
    }

    static CountReport counted(RoundSpec spec, RoundResult result) {
        CountTally.Counted counted = result.counted().orElseThrow();
        return new Counted(
                spec.scope().top(),
                result.outcome(),
                counted.freeableObjects(),
                counted.freeableBytes(),
                counted.plannedObjects(),
                result.sums().visits(),
                result.elapsed(),
                result.largest(),
                unlisted(counted.freeableObjects(), result),
                result.shortfalls(),
                counted.unsizedObjects());
    }

    private static long unlisted(long objects, RoundResult result) {
        return Math.max(0, objects - Saturating.sum(result.largest().stream().mapToLong(ShrinkerObjects::objects)));
    }
}
