package io.reclaimer.scenario;

import java.time.Duration;
import java.util.List;

/**
 * A heap of each member, which the real heap pressure watches. What caches hold is live in it, by the size of their objects; what
 * was freed goes with the next collection.
 *
 * @param limitBytes how much can live
 * @param other what else lives in it, over time, in rising order; each until the next one
 * @param collectEvery how often a collection takes out all garbage
 */
public record HeapModel(long limitBytes, List<Other> other, Duration collectEvery) {

    /** So many bytes from then on. */
    public record Other(Duration from, long bytes) {}
}
