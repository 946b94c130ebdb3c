package io.reclaimer;

import io.reclaimer.engine.RoundResult;
import io.reclaimer.engine.RoundSpec;
import io.reclaimer.engine.unit.CountTally;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The objects that could be freed, as the shrinkers counted them. A shrinker that is not NUMA aware is counted once,
 * whichever nodes were requested.
 *
 * @param cgroup the top of the subtree
 * @param outcome {@code DONE}; or {@code DEADLINE}, {@code CANCELLED} or {@code SHUTDOWN}, if the other components hold
 *     only the part counted until then; or {@code NOT_ONLINE}
 * @param freeableObjects objects that could be freed, of all shrinkers
 * @param freeableBytes the same in bytes, by the size that was learned of each shrinker's objects, otherwise by the
 *     declared one
 * @param plannedObjects by priority, 0 to {@value Shrinker#LOWEST_PRIORITY}: objects that one pass at that priority
 *     would free if each scan freed all that it is asked for, with the deferred ones
 * @param visits how many times shrinkers were asked
 * @param elapsed from the start of the count to its answer
 * @param largest objects that could be freed, by cgroup and shrinker, the largest first; up to 256 entries
 * @param restObjects objects that are not in {@code largest}
 * @param shortfalls visits that were not made or ended early, by cause, without zeros; the objects of these are not
 *     counted
 * @param unsizedObjects the part of {@code freeableObjects} whose size is neither declared nor learned; each counts as
 *     {@value ShrinkerSpec#DEFAULT_OBJECT_BYTES} bytes
 */
public record CountReport(
        CgroupPath cgroup,
        ReclaimReport.Outcome outcome,
        long freeableObjects,
        long freeableBytes,
        List<Long> plannedObjects,
        long visits,
        Duration elapsed,
        List<Counted> largest,
        long restObjects,
        Map<Shortfall, Long> shortfalls,
        long unsizedObjects) {

    /** The objects that one shrinker could free in one cgroup, on one node or more. */
    public record Counted(CgroupPath cgroup, String shrinker, long objects) {}

    static CountReport of(RoundSpec spec, RoundResult result) {
        CountTally.Counted counted = result.counted().orElseThrow();
        List<Counted> largest = result.largest().stream()
                .map(entry -> new Counted(entry.cgroup(), entry.shrinker(), entry.objects()))
                .toList();
        long listed = Saturating.sum(largest.stream().mapToLong(Counted::objects));
        return new CountReport(
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
