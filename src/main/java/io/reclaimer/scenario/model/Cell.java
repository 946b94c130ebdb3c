package io.reclaimer.scenario.model;

/**
 * Names one cell of a cache: the objects of one shrinker in one cgroup on one node.
 *
 * @param cgroup as written in the scenario
 */
public record Cell(String shrinker, String cgroup, int node) {

    @Override
    public String toString() {
        return shrinker + " in " + cgroup + " on node " + node;
    }
}
