package io.reclaimer;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerKind;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The state of a reclaimer at one moment, for people and tests. It has every bit that was set before the request.
 *
 * <p>Instances come from the library. Later versions may add methods, so only fakes in tests implement this interface.
 */
public interface ReclaimerState {

    /** The state of one cgroup on one node. */
    interface CgroupState {
        CgroupPath cgroup();

        int node();

        /** The number of ids that its map has room for. */
        int nrMax();

        /** The ids whose bit is set, in rising order. */
        List<Integer> bits();

        /** Deferred objects by id, without zeros. */
        Map<Integer, Long> deferred();
    }

    /** The phase of a shrinker in its life. */
    enum Phase {
        ALLOCATED,
        REGISTERED,
        FREEING
    }

    /** The state of one shrinker. */
    interface ShrinkerState {
        ShrinkerSpec spec();

        /** Its id, or -1 if it is not cgroup aware. */
        int id();

        /** How it is called. */
        ShrinkerKind kind();

        Phase phase();

        /** The number of visits and calls that use it now. */
        int holds();

        /**
         * Deferred objects of a global shrinker: one number per node, or a single one if it is not NUMA aware; empty
         * for a cgroup-aware one.
         */
        List<Long> deferred();

        /** Since its allocation. */
        long faults();

        /** The text of the last fault. */
        Optional<String> lastFault();

        /** Whether it is in quarantine, and so not visited; {@code lastFault} is the reason. */
        boolean isQuarantined();

        /** How long the quarantine lasts, if it is not ended by hand. */
        Optional<Duration> remainingQuarantine();

        /**
         * Calls that have not come back by their deadline and hold a thread; 1 for an actor that has not answered two
         * calls by their deadline. It is not visited while there are any.
         */
        int stuckCalls();

        /** Answers since its allocation that came after their call was given up, and were ignored. */
        long lateReplies();

        /** Objects freed by visits since its allocation. */
        long reclaimedObjects();

        /** Objects freed and soon asked for again, as the shrinker reports them. */
        long refaultedObjects();

        /** The share of refaulted objects among those freed lately: 0 to 1. */
        double refaultRate();

        /**
         * The present cost of recreating an object: as in its spec, or higher if it refaults and the settings raise it.
         */
        int seeks();

        /**
         * The present size of an object in bytes: the average of those freed lately if their bytes are known, otherwise
         * as in its spec; empty if neither is known.
         */
        OptionalLong objectBytes();
    }

    /** The number of ids that every map has room for. */
    int nrMax();

    /** Objects scanned by all visits so far. */
    long scannedObjects();

    /** How many times a bit was set for an id beyond a cgroup's map, which is a fault of the caller. */
    long bitsBeyondMap();

    /** Rounds that have not answered yet. */
    int runningRounds();

    /**
     * Each online cgroup on each node: the root first, then in the order in which they came online; empty if cgroups
     * are disabled.
     */
    List<CgroupState> cgroups();

    /** All shrinkers from allocation until they are freed, in the order of allocation. */
    List<ShrinkerState> shrinkers();
}
