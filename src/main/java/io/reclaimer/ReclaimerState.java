package io.reclaimer;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a reclaimer has at one moment, for people and tests: every bit set before it was asked for is in it.
 *
 * @param nrMax how many ids all maps hold at least
 * @param scannedObjects objects scanned by all visits so far
 * @param strayBits how often a bit was set for an id beyond a cgroup's map; a fault of who set it
 * @param runningRounds rounds that have yet to answer
 * @param cgroups for every cgroup that is online, the root first, then in the order they came online, each of its nodes;
 *     none where cgroups are disabled
 * @param shrinkers all that are allocated and not gone, in that order
 */
public record ReclaimerState(
        int nrMax,
        long scannedObjects,
        long strayBits,
        int runningRounds,
        List<CgroupState> cgroups,
        List<ShrinkerState> shrinkers) {

    /**
     * One cgroup on one node.
     *
     * @param answered false where a visit kept it from answering in time; the rest then says nothing
     * @param nrMax how many ids its map holds
     * @param bits the ids whose bit is set, in rising order
     * @param deferred objects owed by id, where not 0
     */
    public record CgroupState(
            CgroupPath cgroup,
            int node,
            boolean answered,
            int nrMax,
            List<Integer> bits,
            Map<Integer, Long> deferred) {}

    /** Where a shrinker is in its life. */
    public enum Phase {
        ALLOCATED,
        REGISTERED,
        FREEING
    }

    /**
     * One shrinker.
     *
     * @param id its id, or -1
     * @param holds visits that use it now
     * @param deferred objects owed by a global shrinker: a number a node, or one where it is not NUMA aware; none for
     *     one that is cgroup aware
     * @param faults since its allocation
     * @param lastFault the last one, in words
     * @param quarantined whether it is not visited for its faults
     */
    public record ShrinkerState(
            ShrinkerSpec spec,
            int id,
            Phase phase,
            int holds,
            List<Long> deferred,
            long faults,
            Optional<String> lastFault,
            boolean quarantined) {}
}
