package io.reclaimer.interleavings;

/** An operation of a scenario. Cgroups, shrinkers and rounds are given by number. */
public sealed interface Op {

    record Online(int cgroup) implements Op {}

    record Offline(int cgroup) implements Op {}

    record Allocate(int shrinker) implements Op {}

    record Register(int shrinker) implements Op {}

    record Free(int shrinker) implements Op {}

    /** Adds objects, then sets the bit. */
    record Put(int shrinker, int cgroup, int node, int objects) implements Op {}

    /**
     * Requests a round.
     *
     * @param node -1 for all nodes
     * @param target 0 for none
     */
    record Round(int number, int top, int node, int firstPriority, int target, int withinMillis) implements Op {}

    record Cancel(int round) implements Op {}

    /** Lets time pass until the next timer is due. */
    record Wait() implements Op {}
}
