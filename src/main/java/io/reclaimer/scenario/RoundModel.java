package io.reclaimer.scenario;

import io.reclaimer.shrinker.Shrinker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A round that is requested.
 *
 * @param cgroup a path, or the name that a step gave it
 * @param nodes empty for all
 * @param objects to free; empty for one pass, and for a target in bytes
 * @param bytes to free; empty for one pass, and for a target in objects
 * @param overCluster whether over all members
 * @param members over these only; empty for all
 */
public record RoundModel(
        String cgroup,
        boolean alone,
        List<Integer> nodes,
        OptionalLong objects,
        OptionalLong bytes,
        int priority,
        Optional<Duration> within,
        boolean background,
        boolean losslessOnly,
        boolean overCluster,
        List<String> members) {

    /** One over everything, without a target. */
    static final RoundModel EVERYWHERE = new RoundModel(
            "/",
            false,
            List.of(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            Shrinker.LOWEST_PRIORITY,
            Optional.empty(),
            false,
            false,
            false,
            List.of());
}
