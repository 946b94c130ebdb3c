package io.reclaimer;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The objects that could be freed, as the shrinkers counted them. A shrinker that is not NUMA aware is counted once,
 * whichever nodes were requested.
 *
 * <p>Instances come from the library. Later versions may add methods, so only fakes in tests implement this interface.
 */
public interface CountReport {

    /** The objects that one shrinker could free in one cgroup, on one node or more. */
    record Counted(CgroupPath cgroup, String shrinker, long objects) {}

    /** The top of the subtree. */
    CgroupPath cgroup();

    /**
     * {@code DONE}; or {@code DEADLINE}, {@code CANCELLED} or {@code SHUTDOWN}, if the other components hold only the
     * part counted until then; or {@code NOT_ONLINE}.
     */
    ReclaimReport.Outcome outcome();

    /** Objects that could be freed, of all shrinkers. */
    long freeableObjects();

    /** The same in bytes, by the size that was learned of each shrinker's objects, otherwise by the declared one. */
    long freeableBytes();

    /**
     * By priority, 0 to {@value Shrinker#LOWEST_PRIORITY}: objects that one pass at that priority would free if each
     * scan freed all that it is asked for, with the deferred ones.
     */
    List<Long> plannedObjects();

    /** How many times shrinkers were asked. */
    long visits();

    /** From the start of the count to its answer. */
    Duration elapsed();

    /** Objects that could be freed, by cgroup and shrinker, the largest first; up to 256 entries. */
    List<Counted> largest();

    /** Objects that are not in {@code largest}. */
    long unlistedObjects();

    /** Visits that were not made or ended early, by cause, without zeros; the objects of these are not counted. */
    Map<Shortfall, Long> shortfalls();

    /**
     * The part of {@code freeableObjects} whose size is neither declared nor learned; each counts as {@value
     * ShrinkerSpec#DEFAULT_OBJECT_BYTES} bytes.
     */
    long unsizedObjects();
}
