package io.reclaimer.engine;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shortfall;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a round did until it answered.
 *
 * @param freedAtOnceBytes of the bytes freed, those that did not wait for a garbage collection
 * @param shortfalls visits that were not made, or ended early, by cause; none is 0
 * @param lastPriority of the last pass that was begun
 * @param largest what was freed by cgroup and shrinker, the largest first; what was counted, where there was only counting
 * @param counted what could be freed, where there was only counting
 */
public record RoundResult(
        Outcome outcome,
        long freedObjects,
        long freedBytes,
        long freedAtOnceBytes,
        long scannedObjects,
        long visits,
        Map<Shortfall, Long> shortfalls,
        int lastPriority,
        Duration elapsed,
        List<Freed> largest,
        Optional<Counted> counted) {

    /** How it ended. */
    public enum Outcome {
        DONE,
        MET,
        SHORT,
        DEADLINE,
        CANCELLED,
        SHUTDOWN,
        NOT_ONLINE
    }

    /**
     * What could be freed.
     *
     * @param unsizedObjects of the objects, those whose size is not known
     * @param plannedObjects by priority, what a pass would free at most
     */
    public record Counted(long freeableObjects, long freeableBytes, long unsizedObjects, List<Long> plannedObjects) {}

    /** What one shrinker freed in one cgroup, on all nodes. */
    public record Freed(CgroupPath cgroup, String shrinker, long objects) {}
}
