package io.reclaimer;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The state of a reclaimer at one moment, for people and tests. It has every bit that was set before the request.
 *
 * @param nrMax the number of ids that every map has room for
 * @param scannedObjects objects scanned by all visits so far
 * @param strayBits how many times a bit was set for an id beyond a cgroup's map, which is a fault of the caller
 * @param runningRounds rounds that have not answered yet
 * @param cgroups each online cgroup on each node: the root first, then in the order in which they came online; empty if
 *     cgroups are disabled
 * @param shrinkers all shrinkers from allocation until they are freed, in the order of allocation
 */
public record ReclaimerState(
        int nrMax,
        long scannedObjects,
        long strayBits,
        int runningRounds,
        List<CgroupState> cgroups,
        List<ShrinkerState> shrinkers) {

    /**
     * The state of one cgroup on one node.
     *
     * @param nrMax the number of ids that its map has room for
     * @param bits the ids whose bit is set, in rising order
     * @param deferred deferred objects by id, without zeros
     */
    public record CgroupState(
            CgroupPath cgroup, int node, int nrMax, List<Integer> bits, Map<Integer, Long> deferred) {}

    /** The phase of a shrinker in its life. */
    public enum Phase {
        ALLOCATED,
        REGISTERED,
        FREEING
    }

    /** The way in which a shrinker is called. */
    public enum Kind {
        /** By the actor of the (cgroup, node) pair. */
        PLAIN,
        /** On a thread where it may wait. */
        BLOCKING,
        /** It answers with stages. */
        ASYNC,
        /** It is an actor. */
        ACTOR
    }

    /**
     * The state of one shrinker.
     *
     * @param id its id, or -1 if it is not cgroup aware
     * @param kind how it is called
     * @param holds the number of visits and calls that use it now
     * @param deferred deferred objects of a global shrinker: one number per node, or a single one if it is not NUMA
     *     aware; empty for a cgroup-aware one
     * @param faults since its allocation
     * @param lastFault the text of the last fault
     * @param quarantined whether it is in quarantine, and so not visited; {@code lastFault} is the reason
     * @param quarantineLeft how long the quarantine lasts, if it is not ended by hand
     * @param stuckCalls calls that have not come back by their deadline and hold a thread; 1 for an actor that has not
     *     answered two calls by their deadline. It is not visited while there are any
     * @param lateAnswers answers since its allocation that came after their call was given up, and were ignored
     * @param reclaimedObjects objects freed by visits since its allocation
     * @param refaultedObjects objects freed and soon asked for again, as the shrinker reports them
     * @param refaultRate the share of refaulted objects among those freed lately: 0 to 1
     * @param seeks the present cost of recreating an object: as in its spec, or higher if it refaults and the settings
     *     raise it
     * @param objectBytes the present size of an object in bytes: the average of those freed lately if their bytes are
     *     known, otherwise as in its spec; empty if neither is known
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
