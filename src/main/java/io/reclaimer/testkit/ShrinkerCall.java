package io.reclaimer.testkit;

import io.reclaimer.shrinker.CgroupPath;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * One call of a shrinker.
 *
 * @param at when it began
 * @param kind what was asked
 * @param cgroup of which cgroup; of a reparenting, the one that goes offline
 * @param asked how many objects a scan was asked for; 0 otherwise
 * @param answer what it answered; empty where it threw, or has not answered
 */
public record ShrinkerCall(
        Duration at, Kind kind, String shrinker, CgroupPath cgroup, int node, long asked, OptionalLong answer) {

    /** What was asked. */
    public enum Kind {
        COUNT,
        SCAN,
        REPARENT
    }
}
