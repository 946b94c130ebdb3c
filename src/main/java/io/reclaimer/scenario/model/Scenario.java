package io.reclaimer.scenario.model;

import com.typesafe.config.Config;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One scenario: the initial state, the course of events, and the expectations.
 *
 * @param name unique in its file
 * @param about the purpose in one sentence; may be empty
 */
public record Scenario(
        String name, String about, Clock clock, Setup setup, Course course, List<Expectation> expectations) {

    /**
     * The seed and the times of a run.
     *
     * @param seed of all random draws
     * @param duration the least time that a run takes; 0 for a run that ends with its last step
     * @param sampleEvery the interval between samples of expectations and charts
     */
    public record Clock(long seed, Duration duration, Duration sampleEvery) {}

    /**
     * The state at the start, the same on each member.
     *
     * @param cgroups online from the start, with their ancestors
     * @param shrinkers registered from the start
     * @param heap empty for a run without heap pressure
     * @param cluster empty for a single member
     */
    public record Setup(
            Engine engine,
            List<CgroupPath> cgroups,
            List<Shrinker> shrinkers,
            Optional<Heap> heap,
            Optional<Cluster> cluster) {}

    /**
     * The settings of the reclaimer.
     *
     * @param nodes the names of the nodes
     * @param cgroupsEnabled whether there is a tree of cgroups
     * @param objectAccounting whether objects are accounted to cgroups
     * @param settings further keys of the section {@code reclaimer}
     */
    public record Engine(List<String> nodes, boolean cgroupsEnabled, boolean objectAccounting, Config settings) {}

    /** A shrinker: its spec, the behaviour of the cache behind it, and the objects that it holds at the start. */
    public record Shrinker(ShrinkerSpec spec, CacheBehaviour behaviour, List<Contents> contents) {}

    /** A number of objects in one cell. */
    public record Contents(Cell cell, long objects) {}

    /**
     * The heap of each member.
     *
     * @param limitBytes the size of the heap
     * @param other live bytes outside of the caches, in ascending order of time; each entry holds until the next
     * @param collectEvery the interval between collections, each of which removes all garbage
     */
    public record Heap(long limitBytes, List<OtherBytes> other, Duration collectEvery) {}

    /** A number of live bytes from a time on. */
    public record OtherBytes(Duration from, long bytes) {}

    /**
     * The members of a cluster and the network between them.
     *
     * @param members the number of members: 2 or more
     * @param latency of a message, one way
     * @param spread the largest random deviation from the latency, as a share of it: 0 to 1
     * @param loss the share of messages that are lost: 0 to 1
     * @param noticedAfter the time that the failure detector takes to report an unreachable member
     */
    public record Cluster(int members, Duration latency, double spread, double loss, Duration noticedAfter) {}

    /** The events of a run. */
    public record Course(List<Step> steps, List<Load> load, List<Pressure> pressure) {}

    /**
     * The times of something that happens again and again: {@code from}, {@code from + every} and so on, before {@code to}.
     *
     * @param from since the start of the scenario
     * @param to since the start of the scenario; at least {@code from}
     * @param every above 0
     */
    public record Repetition(Duration from, Duration to, Duration every) {}

    /**
     * Objects that an application adds to a cache over time. The bit is set when the cell was empty.
     *
     * @param member empty for every member
     * @param objects the number added each time
     * @param spread the largest random deviation from that number, as a share of it: 0 to 1
     * @param upTo the most objects that the load lets the cell hold; empty for no limit
     */
    public record Load(
            Optional<String> member, Cell cell, Repetition times, long objects, double spread, OptionalLong upTo) {}

    /**
     * Rounds requested over time, whatever the state of memory. A request is skipped while the previous round is under way.
     *
     * @param member the requesting member; empty for the first
     */
    public record Pressure(Optional<String> member, Repetition times, Round round) {}

    /**
     * A round that is requested.
     *
     * @param objects the target in objects; empty for a single pass, and for a target in bytes
     * @param bytes the target in bytes; empty for a single pass, and for a target in objects
     * @param priority of the first pass
     * @param within the deadline; empty for the configured one
     */
    public record Round(
            Scope scope,
            OptionalLong objects,
            OptionalLong bytes,
            int priority,
            Optional<Duration> within,
            Set<ReclaimFlag> flags) {

        /** The scope and the target, as in {@code /shop for 500 objects}. */
        public String describe() {
            return scope.cgroup()
                    + (scope.overCluster()
                            ? " of " + (scope.members().isEmpty() ? "all members" : scope.members())
                            : "")
                    + (objects.isPresent() ? " for " + Formats.number(objects.getAsLong()) + " objects" : "")
                    + (bytes.isPresent() ? " for " + Formats.number(bytes.getAsLong()) + " bytes" : "");
        }
    }

    /**
     * Where a round frees.
     *
     * @param cgroup the top of the subtree
     * @param alone whether the cgroups below are left out
     * @param nodes empty for all
     * @param overCluster whether the round goes to other members, too
     * @param members the members asked by a round over the cluster; empty for all
     */
    public record Scope(String cgroup, boolean alone, List<Integer> nodes, boolean overCluster, List<String> members) {}

    /** The seed of all random draws. */
    public long seed() {
        return clock.seed();
    }

    /** The same scenario with another seed. */
    public Scenario withSeed(long seed) {
        return new Scenario(
                name, about, new Clock(seed, clock.duration(), clock.sampleEvery()), setup, course, expectations);
    }
}
