package io.reclaimer.interleavings;

/** What somebody does in a scenario. Cgroups, shrinkers and rounds are named by number. */
public sealed interface Op {

    record Online(int cgroup) implements Op {}

    record Offline(int cgroup) implements Op {}

    record Allocate(int shrinker) implements Op {}

    record Register(int shrinker) implements Op {}

    record Free(int shrinker) implements Op {}

    /** Adds objects, and then sets the bit. */
    record Put(int shrinker, int cgroup, int node, int objects) implements Op {}

    /**
     * Requests a round.
     *
     * @param nodes all where it is -1
     * @param target 0: none
     */
    record Round(int number, int top, int node, int firstPriority, int target, int withinMillis) implements Op {}

    record Cancel(int round) implements Op {}

    /** Time passes until the next timer is over. */
    record Wait() implements Op {}
}
