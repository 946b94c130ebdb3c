package io.reclaimer.scenario;

import com.typesafe.config.Config;
import io.reclaimer.shrinker.CgroupPath;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One situation: what there is, what happens, and what is expected of it. Immutable.
 *
 * @param name unique in its file
 * @param about what it shows, in a sentence; may be empty
 * @param seed of all that is drawn by chance
 * @param nodes the names of the memories
 * @param cgroupsEnabled whether there is a tree of cgroups
 * @param kmemOnline whether objects are accounted to cgroups
 * @param settings laid over {@code reference.conf}, as in an application's configuration
 * @param duration how long it runs at least; 0 where it ends with its last step
 * @param sampleEvery how often what is expected at all times is looked at, and what charts show
 * @param cgroups online from the beginning, with all above them
 * @param shrinkers registered from the beginning, on each member
 * @param steps in their order
 */
public record Scenario(
        String name,
        String about,
        long seed,
        List<String> nodes,
        boolean cgroupsEnabled,
        boolean kmemOnline,
        Config settings,
        Duration duration,
        Duration sampleEvery,
        List<CgroupPath> cgroups,
        List<ShrinkerModel> shrinkers,
        List<Load> load,
        List<PressureModel> pressure,
        Optional<HeapModel> heap,
        Optional<ClusterModel> cluster,
        List<Step> steps,
        List<Expectation> expect) {}
