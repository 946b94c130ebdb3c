package io.reclaimer.adapter;

import io.reclaimer.adapter.CaffeineEntries.Found;
import io.reclaimer.shrinker.ShrinkControl;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** One scan of a cache: what is still to be freed, and what was. The thread's alone. */
final class CaffeineScan<K, V> {

    /**
     * How many entries are taken from the cache's order at a time. It is read under the cache's eviction lock, which
     * writers wait for when their buffer is full. As many are freed at most after the round is over.
     */
    static final int CHUNK = 128;

    /** How many are taken at a time where most may belong to others. */
    static final int SHARED_CHUNK = 1024;

    /** How many entries of the table one scan looks at, at most, for those of one cgroup: about a millisecond. */
    static final int MOST_LOOKED_AT = 16 * 1024;

    private final CaffeineEntries<K, V> entries;
    private final ShrinkControl control;
    private final Consumer<Found<K, V>> onFreed;
    private long spared;
    private long left;
    private long tried;
    private long freed;
    private long freedWeight;

    /** @param spared how many at the cold end are left until there are no others */
    CaffeineScan(CaffeineEntries<K, V> entries, ShrinkControl control, long spared, Consumer<Found<K, V>> onFreed) {
        this.entries = entries;
        this.spared = spared;
        this.control = control;
        this.onFreed = onFreed;
        this.left = control.nrToScan();
    }

    /** Frees the coldest entries, or where the cache has no order those that the hand comes by. */
    void run(CaffeineHand<Map.Entry<K, V>> hand) {
        int chunk;
        int found;
        do {
            chunk = (int) Math.min(left, CHUNK);
            List<Found<K, V>> next = entries.isOrdered()
                    ? coldest(chunk)
                    : entries.reclaimable(hand.next(chunk).stream()).toList();
            next.forEach(this::free);
            found = next.size();
        } while (found == chunk && goesOn());
        end();
    }

    /**
     * Frees the coldest of the entries that are wanted, as long as they are an eighth of what there is at the cold end or
     * more; then those that the hand comes by.
     */
    void run(CaffeineHand<Map.Entry<K, V>> hand, Predicate<K> wanted) {
        boolean all = false;
        boolean more = entries.isOrdered();
        while (more && goesOn()) {
            List<Found<K, V>> next = coldest(SHARED_CHUNK);
            long before = tried;
            freeInChunks(next.stream()
                    .filter(entry -> wanted.test(entry.key()))
                    .limit(left)
                    .toList());
            all = next.size() < SHARED_CHUNK;
            more = !all && tried - before >= SHARED_CHUNK / 8;
        }
        // No more than a lap, and never more at a time than may be freed, so that the hand leaves none behind.
        long toLookAt = all ? 0 : Math.min(MOST_LOOKED_AT, entries.size());
        while (toLookAt > 0 && goesOn()) {
            int chunk = (int) Math.min(Math.min(left, CHUNK), toLookAt);
            entries.reclaimable(hand.next(chunk).stream().filter(entry -> wanted.test(entry.getKey())))
                    .forEach(this::free);
            toLookAt -= chunk;
        }
        end();
    }

    long freed() {
        return freed;
    }

    /** By the cache's weigher, or 1 each. */
    long freedWeight() {
        return freedWeight;
    }

    /** How many entries it tried to free. */
    long tried() {
        return tried;
    }

    private List<Found<K, V>> coldest(int chunk) {
        List<Found<K, V>> found = entries.coldest(chunk, spared);
        if (found.size() < chunk && spared > 0) {
            spared = 0;
            found = entries.coldest(chunk, spared);
        }
        return found;
    }

    /** Hears that the round is over as soon as a scan of a cache that nobody shares. */
    private void freeInChunks(List<Found<K, V>> found) {
        for (int from = 0; from < found.size() && goesOn(); from += CHUNK) {
            found.subList(from, Math.min(found.size(), from + CHUNK)).forEach(this::free);
        }
    }

    private boolean goesOn() {
        return left > 0 && !control.isCancelled();
    }

    private void end() {
        if (control.isCancelled() && tried > 0) {
            control.nrScanned(tried);
        }
    }

    private void free(Found<K, V> entry) {
        left--;
        tried++;
        if (entries.remove(entry)) {
            freed++;
            freedWeight += entry.weight();
            onFreed.accept(entry);
        }
    }
}
