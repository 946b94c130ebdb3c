package io.reclaimer.scenario;

import io.reclaimer.shrinker.ShrinkerTrait;
import java.util.List;
import java.util.Set;

/**
 * A shrinker that a scenario models: what it says of itself, and how its cache behaves.
 *
 * @param traits of its spec
 * @param seeks of its spec
 * @param batch of its spec; 0 for the default
 * @param objectBytes of its spec
 * @param objects that it holds at the beginning
 */
public record ShrinkerModel(
        String name,
        Set<ShrinkerTrait> traits,
        int seeks,
        long batch,
        long objectBytes,
        CacheModel cache,
        List<Held> objects) {

    /** So many objects of a cgroup on a node. */
    public record Held(String cgroup, int node, long objects) {}
}
