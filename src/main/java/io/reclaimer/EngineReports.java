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
import io.reclaimer.shrinker.SizeSource;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

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
            Map<Shortfall, Long> shortfalls,
            OptionalLong heldBytes)
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
            long unsizedObjects,
            Map<SizeSource, Long> heldBytesBySource)
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
                result.shortfalls(),
                OptionalLong.empty());
    }

    /**
     * One report of several rounds with the same scope, and of the counts between them.
     *
     * @param uncounted the shortfalls of the last count
     */
    static ReclaimReport sumOf(
            ReclaimRequest request,
            RoundOutcome outcome,
            List<ReclaimReport> rounds,
            long countVisits,
            Map<Shortfall, Long> uncounted,
            Duration elapsed,
            int listed,
            OptionalLong heldBytes) {
        Map<ShrinkerObjects, Long> byShrinker = new HashMap<>();
        Map<Shortfall, Long> shortfalls = new EnumMap<>(Shortfall.class);
        shortfalls.putAll(uncounted);
        for (ReclaimReport round : rounds) {
            for (ShrinkerObjects of : round.largest()) {
                byShrinker.merge(new ShrinkerObjects(of.cgroup(), of.shrinker(), 0), of.objects(), Saturating::add);
            }
            round.shortfalls().forEach((why, visits) -> shortfalls.merge(why, visits, Saturating::add));
        }
        List<ShrinkerObjects> largest = byShrinker.entrySet().stream()
                .map(entry -> new ShrinkerObjects(
                        entry.getKey().cgroup(), entry.getKey().shrinker(), entry.getValue()))
                .sorted(Comparator.comparingLong(ShrinkerObjects::objects).reversed())
                .limit(listed)
                .toList();
        long freed = sum(rounds, ReclaimReport::freedObjects);
        return new Reclaimed(
                request.cgroup(),
                outcome,
                freed,
                sum(rounds, ReclaimReport::freedBytes),
                sum(rounds, ReclaimReport::freedAtOnceBytes),
                sum(rounds, ReclaimReport::scannedObjects),
                Saturating.add(countVisits, sum(rounds, ReclaimReport::visits)),
                sum(rounds, ReclaimReport::skippedVisits),
                request.priority(),
                rounds.isEmpty()
                        ? request.priority()
                        : rounds.get(rounds.size() - 1).lastPriority(),
                elapsed,
                largest,
                Math.max(0, freed - Saturating.sum(largest.stream().mapToLong(ShrinkerObjects::objects))),
                Map.copyOf(shortfalls),
                heldBytes);
    }

    private static long sum(List<ReclaimReport> rounds, ToLongFunction<ReclaimReport> figure) {
        return Saturating.sum(rounds.stream().mapToLong(figure));
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
                counted.unsizedObjects(),
                counted.heldBytes());
    }

    private static long unlisted(long objects, RoundResult result) {
        return Math.max(0, objects - Saturating.sum(result.largest().stream().mapToLong(ShrinkerObjects::objects)));
    }
}
