package io.reclaimer.engine;

import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.ShrinkerObjects;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A top-K table of the objects that a round freed, by cgroup and shrinker. Thread-safe; guarded by {@code this}.
 *
 * <p>It is exact while at most K entries were freed from. Beyond that the smaller half is dropped, and an entry that is
 * not larger than the largest dropped one is refused without taking the lock. A report gives the sum of all that is not
 * in the table. So a round over very many cgroups costs bounded memory, and hardly any time.
 */
final class FreedTable {

    /** The least K. */
    private static final int FEWEST = 256;

    /** K for each listed entry, so that sums over several passes are seldom cut. */
    private static final int FOR_EACH_LISTED = 4;

    private record Key(CgroupHandle cgroup, ShrinkerEntry shrinker) {}

    private final int capacity;
    private final Map<Key, Long> freed = new HashMap<>();

    /** Entries that are not larger are refused; written under the lock. */
    private volatile long threshold;

    /** A table for a report that lists so many entries. */
    FreedTable(int listed) {
        this.capacity = Math.max(FEWEST, FOR_EACH_LISTED * listed);
    }

    /** How many entries it holds. */
    int capacity() {
        return capacity;
    }

    /**
     * Whether an entry of so many objects would be added now. Smaller ones need not be handed in; in a large round
     * these are soon nearly all.
     */
    boolean takes(long objects) {
        return objects > threshold;
    }

    /** Adds what one visit freed in a cgroup. */
    void add(CgroupHandle cgroup, ShrinkerEntry shrinker, long objects) {
        add(cgroup, new ShrinkerEntry[] {shrinker}, new long[] {objects}, 1);
    }

    /**
     * Adds what an iteration freed in a cgroup, the first {@code count} of each array: under the lock once, or not at
     * all.
     */
    void add(CgroupHandle cgroup, @Nullable ShrinkerEntry[] shrinkers, long[] objects, int count) {
        for (int i = 0; i < count; i++) {
            if (objects[i] > threshold) {
                addFrom(i, cgroup, shrinkers, objects, count);
                return;
            }
        }
    }

    private synchronized void addFrom(
            int first, CgroupHandle cgroup, @Nullable ShrinkerEntry[] shrinkers, long[] objects, int count) {
        for (int i = first; i < count; i++) {
            // Checked again under the lock, because the table may have been closed meanwhile.
            if (objects[i] > threshold) {
                add(new Key(cgroup, Objects.requireNonNull(shrinkers[i])), objects[i]);
            }
        }
    }

    private void add(Key key, long objects) {
        freed.merge(key, objects, Saturating::add);
        if (freed.size() > capacity) {
            List<Map.Entry<Key, Long>> smaller = freed.entrySet().stream()
                    .sorted(Map.Entry.comparingByValue())
                    .limit(capacity / 2)
                    .toList();
            threshold = Math.max(threshold, smaller.get(smaller.size() - 1).getValue());
            smaller.stream().map(Map.Entry::getKey).toList().forEach(freed::remove);
        }
    }

    /** Empties the table and refuses further entries, so that it keeps no freed shrinker. */
    synchronized void close() {
        threshold = Long.MAX_VALUE;
        freed.clear();
    }

    /** The largest entries, the largest first. */
    synchronized List<ShrinkerObjects> largest(int entries) {
        return freed.entrySet().stream()
                .sorted(Map.Entry.<Key, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(entry -> entry.getKey().cgroup().path())
                        .thenComparing(entry -> entry.getKey().shrinker().serial()))
                .limit(entries)
                .map(entry -> new ShrinkerObjects(
                        entry.getKey().cgroup().path(),
                        entry.getKey().shrinker().spec().name(),
                        entry.getValue()))
                .toList();
    }
}
