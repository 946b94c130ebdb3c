package io.reclaimer.engine.unit;

import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.SizeSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The sums of a round that only counts: the objects that could be freed, and how many of them one pass at each priority
 * would free at most. Thread-safe; guarded by {@code this}.
 */
public final class CountTally {

    /** How many (cgroup, shrinker) entries the report lists; further entries are in the sums only. */
    public static final int LISTED = 256;

    /** The sums of a round that counted nothing. */
    public static final Counted NOTHING = new CountTally(List.of()).sums();

    /**
     * All sums at one moment.
     *
     * @param unsizedObjects the objects of unknown size among them
     * @param plannedObjects by priority, what a pass would free at most
     * @param heldBytes what is held, by how it is known, without zeros
     */
    public record Counted(
            long freeableObjects,
            long freeableBytes,
            long unsizedObjects,
            List<Long> plannedObjects,
            Map<SizeSource, Long> heldBytes) {}

    private final List<Integer> nodes;
    private final ScanPlan plan = new ScanPlan();
    private final long[] planned = new long[Shrinker.LOWEST_PRIORITY + 1];
    private long freeable;
    private long freeableBytes;
    private long unsized;
    private final Map<SizeSource, Long> held = new EnumMap<>(SizeSource.class);

    /** @param nodes those that are counted */
    public CountTally(List<Integer> nodes) {
        this.nodes = nodes;
    }

    /** The nodes that are counted. */
    public List<Integer> nodes() {
        return nodes;
    }

    /**
     * Adds the count of a shrinker.
     *
     * @param counted objects, at least 1
     * @param deferred objects that earlier visits deferred
     * @param seeks of the shrinker
     * @param batch of the shrinker
     * @param objectSize of the shrinker
     */
    public synchronized void add(long counted, long deferred, int seeks, long batch, ObjectSize objectSize) {
        freeable = Saturating.add(freeable, counted);
        long size = objectSize.bytesOr(ShrinkerSpec.DEFAULT_OBJECT_BYTES);
        freeableBytes = Saturating.add(freeableBytes, Saturating.multiply(counted, size));
        if (!objectSize.isKnown()) {
            unsized = Saturating.add(unsized, counted);
        }
        for (int priority = 0; priority < planned.length; priority++) {
            plan.begin(counted, deferred, priority, seeks, batch);
            planned[priority] = Saturating.add(planned[priority], plan.maxFreed());
        }
    }

    /**
     * Adds what the objects of a shrinker hold.
     *
     * @param counted objects that could be freed, 0 or more
     * @param bytes as the shrinker says; below 0 if it does not: the counted objects times their size
     */
    public synchronized void addHeld(long counted, long bytes, ObjectSize objectSize) {
        SizeSource source = bytes >= 0 ? SizeSource.WEIGHED : objectSize.source();
        long sum = bytes >= 0
                ? bytes
                : Saturating.multiply(counted, objectSize.bytesOr(ShrinkerSpec.DEFAULT_OBJECT_BYTES));
        if (sum > 0) {
            held.merge(source, sum, Saturating::add);
        }
    }

    public synchronized Counted sums() {
        return new Counted(
                freeable, freeableBytes, unsized, Arrays.stream(planned).boxed().toList(), Map.copyOf(held));
    }
}
