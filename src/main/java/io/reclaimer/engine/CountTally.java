package io.reclaimer.engine;

import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.Arrays;
import java.util.List;

/**
 * What a round that only counts has found: what could be freed, and what one pass at each priority would free of it at
 * most. Any thread, under this object's lock.
 */
final class CountTally {

    /** How many (cgroup, shrinker) entries the answer lists; what is beyond is in the sums alone. */
    static final int LISTED = 256;

    /** Where there is nothing. */
    static final RoundResult.Counted NOTHING = new CountTally(List.of()).sums();

    private final List<Integer> nodes;
    private final Visit visit = new Visit();
    private final long[] planned = new long[Shrinker.LOWEST_PRIORITY + 1];
    private long freeable;
    private long freeableBytes;
    private long unsized;

    /** @param nodes those that are counted */
    CountTally(List<Integer> nodes) {
        this.nodes = nodes;
    }

    /**
     * Adds what a shrinker counted.
     *
     * @param counted objects, at least 1
     * @param deferred objects owed by visits before
     * @return false where it is counted on another node as well, and there already
     */
    boolean add(ShrinkerEntry entry, Pair pair, long counted, long deferred) {
        if (isCountedElsewhere(entry, pair)) {
            return false;
        }
        long batch = entry.spec().batch();
        int seeks = entry.seeks();
        synchronized (this) {
            freeable = Saturating.add(freeable, counted);
            long size = entry.objectSize().bytesOr(ShrinkerSpec.DEFAULT_OBJECT_BYTES);
            freeableBytes = Saturating.add(freeableBytes, Saturating.multiply(counted, size));
            if (!entry.objectSize().isKnown()) {
                unsized = Saturating.add(unsized, counted);
            }
            for (int priority = 0; priority < planned.length; priority++) {
                visit.begin(counted, deferred, priority, seeks, batch);
                planned[priority] = Saturating.add(planned[priority], visit.mostFreed());
            }
        }
        return true;
    }

    /** One that is not NUMA aware says the same on each node; the lowest one on which it is asked counts. */
    private boolean isCountedElsewhere(ShrinkerEntry entry, Pair pair) {
        if (entry.spec().numaAware()) {
            return false;
        }
        for (int node : nodes) {
            if (node < pair.node()) {
                Pair other = pair.cgroup().pair(node);
                if (pair.cgroup().isRoot() || (other != null && other.units().isSet(entry))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The sums so far. */
    synchronized RoundResult.Counted sums() {
        return new RoundResult.Counted(
                freeable, freeableBytes, unsized, Arrays.stream(planned).boxed().toList());
    }
}
