package io.reclaimer.engine;

import io.reclaimer.shrinker.CgroupPath;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a round did until it answered.
 *
 * @param freedAtOnceBytes of the bytes freed, those that did not wait for a garbage collection
 * @param left visits left out because who asked can't wait; a background round makes them
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
        long left,
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
     * @param plannedObjects by priority, what a pass would free at most
     */
    public record Counted(long freeableObjects, long freeableBytes, List<Long> plannedObjects) {}

    /** What one shrinker freed in one cgroup, on all nodes. */
    public record Freed(CgroupPath cgroup, String shrinker, long objects) {}
}
