package io.reclaimer.scenario;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Objects that come into a cache over time, as an application puts them there: where there were none, the bit is set.
 *
 * @param member empty for each
 * @param cgroup a path, or the name that a step gave it
 * @param from since the scenario's beginning
 * @param to when it ends; not below {@code from}
 * @param every above 0
 * @param objects each time
 * @param spread by up to which share of them it is more or fewer, by chance: 0 to 1
 * @param upTo it does not let the cache hold more there
 */
public record Load(
        Position position,
        Optional<String> member,
        String shrinker,
        String cgroup,
        int node,
        Duration from,
        Duration to,
        Duration every,
        long objects,
        double spread,
        OptionalLong upTo) {}
