package io.reclaimer.scenario.model;

import java.time.Duration;
import java.util.List;

/**
 * The simulated heap of each member, watched by the real heap pressure. The objects in caches are live, by the size of an object;
 * freed objects are garbage until the next collection.
 *
 * @param limitBytes the size of the heap
 * @param other live bytes outside of the caches, in ascending order of time; each entry holds until the next
 * @param collectEvery the interval between collections, each of which removes all garbage
 */
public record HeapModel(long limitBytes, List<Other> other, Duration collectEvery) {

    /** A number of live bytes from a time on. */
    public record Other(Duration from, long bytes) {}
}
