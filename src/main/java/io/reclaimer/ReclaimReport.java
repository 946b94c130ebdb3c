package io.reclaimer;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shortfall;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The result of a round: what it did until it answered.
 *
 * <p>Instances come from the library. Later versions may add methods, so only fakes in tests implement this interface.
 */
public interface ReclaimReport {

    /** How a round ended. */
    enum Outcome {
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
    record Freed(CgroupPath cgroup, String shrinker, long objects) {}

    /**
     * Returns whether the target is out of reach: all shrinkers were asked down to the last priority, and can free no
     * more.
     */
    default boolean isExhausted() {
        return outcome() == Outcome.SHORT && shortfalls().isEmpty();
    }

    /** The top of the subtree. */
    CgroupPath cgroup();

    /** How the round ended. */
    Outcome outcome();

    /** Objects freed, of all shrinkers. */
    long freedObjects();

    /** The same in bytes: as scans reported them, otherwise by the size of each shrinker's objects. */
    long freedBytes();

    /** The part of {@code freedBytes} that is free already, without a garbage collection. */
    long freedAtOnceBytes();

    /** Objects that shrinkers report as scanned. */
    long scannedObjects();

    /** How many times shrinkers were asked. */
    long visits();

    /**
     * Visits left to a background round, because the caller could not wait; that round starts by itself, unless the
     * target was met.
     */
    long skippedVisits();

    /** Of the first pass. */
    int firstPriority();

    /** Of the last pass; not above the first. */
    int lastPriority();

    /** From the start of the round to its answer. */
    Duration elapsed();

    /** Objects freed, by cgroup and shrinker, the largest first; the number of entries is a setting. */
    List<Freed> largest();

    /** Objects freed that are not in {@code largest}. */
    long unlistedObjects();

    /**
     * Visits that were not made or ended early, by cause, without zeros. They are the reason if the target was not met;
     * if there are none, nothing was left to free.
     */
    Map<Shortfall, Long> shortfalls();
}
