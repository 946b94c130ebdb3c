package io.reclaimer.scenario;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What is expected of a value, and when.
 *
 * @param of which value
 * @param is exactly so much; empty where it is not exact
 * @param min at least; empty where there is no least
 * @param max at most; empty where there is no most
 */
public record Expectation(
        Position position, Value of, When when, OptionalDouble is, OptionalDouble min, OptionalDouble max) {

    /** What can be looked at. Of all members, shrinkers, cgroups and nodes that the value does not name, together. */
    public enum What {
        /** Objects in caches. */
        OBJECTS,
        /** Objects that came into caches since the beginning. */
        ADDED,
        /** Objects freed by scans since the beginning. */
        FREED,
        /** What was freed in the named cgroup and below, in percent of all that was freed. */
        FREED_SHARE,
        /** Objects that are owed. */
        DEFERRED,
        /** Objects scanned since the beginning. */
        SCANNED,
        /** Scan calls since the beginning. */
        CALLS,
        /** Calls of shrinkers whose freeing had been answered: 0. */
        CALLS_AFTER_FREED,
        /** Faults since the beginning. */
        FAULTS,
        /** Shrinkers in quarantine. */
        QUARANTINED,
        /** Freed objects that were asked for again. */
        REFAULTS,
        /** Bits that are set. */
        BITS,
        /** Ids that all maps hold at least. */
        NR_MAX,
        /** Rounds that have answered since the beginning. */
        ROUNDS,
        /** Of these, those that ended short of their target. */
        SHORT_ROUNDS,
        /** Of these, those that ended by their deadline. */
        LATE_ROUNDS,
        /** The longest round so far, in milliseconds. */
        LONGEST_ROUND,
        /** Rounds under way. */
        RUNNING_ROUNDS,
        /** What lives in the heap, in percent of its limit. */
        HEAP,
        /** Objects that came, less those that are there, were freed, taken out or dropped: 0. */
        LOST
    }

    /**
     * One value.
     *
     * @param cgroup a path or a name; that one alone, but for {@link What#FREED_SHARE}
     */
    public record Value(
            What what,
            Optional<String> member,
            Optional<String> shrinker,
            Optional<String> cgroup,
            Optional<Integer> node) {}

    /** When it is looked at. */
    public sealed interface When {}

    /** Once, then. */
    public record At(Duration time) implements When {}

    /** Once, when everything is over and nothing is under way. */
    public record AtTheEnd() implements When {}

    /** At some time between these two. */
    public record Eventually(Duration from, Duration to) implements When {}

    /** Whenever it is looked at between these two. */
    public record Always(Duration from, Duration to) implements When {}

    /** Never between these two. */
    public record Never(Duration from, Duration to) implements When {}
}
