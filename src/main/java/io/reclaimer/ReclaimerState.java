package io.reclaimer;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

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
     * @param nrMax how many ids its map holds
     * @param bits the ids whose bit is set, in rising order
     * @param deferred objects owed by id, where not 0
     */
    public record CgroupState(
            CgroupPath cgroup, int node, int nrMax, List<Integer> bits, Map<Integer, Long> deferred) {}

    /** Where a shrinker is in its life. */
    public enum Phase {
        ALLOCATED,
        REGISTERED,
        FREEING
    }

    /** How a shrinker is called. */
    public enum Kind {
        /** Inside the actor of the (cgroup, node) pair. */
        PLAIN,
        /** On a thread where it may wait. */
        BLOCKING,
        /** It answers with stages. */
        ASYNC,
        /** It is an actor. */
        ACTOR
    }

    /**
     * One shrinker.
     *
     * @param id its id, or -1
     * @param kind how it is called
     * @param holds visits that use it now
     * @param deferred objects owed by a global shrinker: a number a node, or one where it is not NUMA aware; none for
     *     one that is cgroup aware
     * @param faults since its allocation
     * @param lastFault the last one, in words
     * @param quarantined whether it is not visited for its faults, of which {@code lastFault} is the reason
     * @param quarantineLeft how long it still is, if it is not let out
     * @param stuckCalls calls that have not come back by their deadline and hold a thread, or 1 for an actor that has not
     *     answered two calls by theirs: while there are any it is not visited
     * @param lateAnswers answers since its allocation that came after their call was given up, and were ignored
     * @param reclaimedObjects objects freed by visits since its allocation
     * @param refaultedObjects of these, those that were asked for again soon, as it reports them
     * @param refaultRate the same for what happened lately, as a share: 0 to 1
     * @param seeks what recreating an object is reckoned to cost now: what its spec says, more where it refaults and
     *     that is to raise it
     * @param objectBytes how many bytes an object is reckoned to hold now: as those that were freed lately, where their bytes
     *     are known, otherwise as its spec says; empty where it does not
     */
    public record ShrinkerState(
            ShrinkerSpec spec,
            int id,
            Kind kind,
            Phase phase,
            int holds,
            List<Long> deferred,
            long faults,
            Optional<String> lastFault,
            boolean quarantined,
            Optional<Duration> quarantineLeft,
            int stuckCalls,
            long lateAnswers,
            long reclaimedObjects,
            long refaultedObjects,
            double refaultRate,
            int seeks,
            OptionalLong objectBytes) {}
}
