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
 * What could be freed, as the shrinkers counted it. A shrinker that is not NUMA aware is counted once, whichever nodes were
 * asked for.
 *
 * @param cgroup the top of the subtree
 * @param outcome {@code DONE}; or {@code DEADLINE}, {@code CANCELLED} or {@code SHUTDOWN}, and the rest says what was
 *     counted until then; or {@code NOT_ONLINE}
 * @param freeableObjects what could be freed, all shrinkers together
 * @param freeableBytes the same in bytes, by the size that each shrinker declares for its objects, or that was learned of them
 * @param plannedObjects by priority, 0 to {@value Shrinker#LOWEST_PRIORITY}: what one pass at that priority would free where
 *     each scan frees what it is asked for, deferred work included
 * @param visits how often a shrinker was asked
 * @param elapsed from request to answer
 * @param largest what could be freed by cgroup and shrinker, the largest first; up to 256 entries
 * @param restObjects objects of those that are not in {@code largest}
 * @param shortfalls visits that were not made, or ended early, by cause: what these have is not counted; none is 0
 * @param unsizedObjects of the objects, those of a size that is neither declared nor learned: they are reckoned with
 *     {@value ShrinkerSpec#DEFAULT_OBJECT_BYTES} bytes each
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

    /** What one shrinker could free in one cgroup, on one node or more. */
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
