package io.reclaimer.shrinker;

/** The objects of one shrinker in one cgroup that a round freed or counted, on all nodes together. */
public record ShrinkerObjects(CgroupPath cgroup, String shrinker, long objects) {}
