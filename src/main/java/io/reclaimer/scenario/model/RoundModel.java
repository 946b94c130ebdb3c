package io.reclaimer.scenario.model;

import io.reclaimer.shrinker.ReclaimFlag;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A round that a scenario requests.
 *
 * @param objects the target in objects; empty for a single pass, and for a target in bytes
 * @param bytes the target in bytes; empty for a single pass, and for a target in objects
 * @param priority of the first pass
 * @param within the deadline; empty for the configured one
 */
public record RoundModel(
        Scope scope,
        OptionalLong objects,
        OptionalLong bytes,
        int priority,
        Optional<Duration> within,
        Set<ReclaimFlag> flags) {

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

    /** The scope and the target, as in {@code /shop for 500 objects}. */
    public String describe() {
        return scope.cgroup()
                + (scope.overCluster() ? " of " + (scope.members().isEmpty() ? "all members" : scope.members()) : "")
                + (objects.isPresent() ? " for " + Formats.number(objects.getAsLong()) + " objects" : "")
                + (bytes.isPresent() ? " for " + Formats.number(bytes.getAsLong()) + " bytes" : "");
    }
}
