package io.reclaimer.scenario.model;

import com.typesafe.config.Config;
import io.reclaimer.shrinker.CgroupPath;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

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
            List<ShrinkerDefinition> shrinkers,
            Optional<HeapModel> heap,
            Optional<ClusterModel> cluster) {}

    /**
     * The settings of the reclaimer.
     *
     * @param nodes the names of the nodes
     * @param cgroupsEnabled whether there is a tree of cgroups
     * @param objectAccounting whether objects are accounted to cgroups
     * @param settings further keys of the section {@code reclaimer}
     */
    public record Engine(List<String> nodes, boolean cgroupsEnabled, boolean objectAccounting, Config settings) {}

    /** The events of a run. */
    public record Course(List<Step> steps, List<Load> load, List<PressureModel> pressure) {}

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
