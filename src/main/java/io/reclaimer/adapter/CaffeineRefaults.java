package io.reclaimer.adapter;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counter of refaults: of keys that are back in the cache soon after they were reclaimed. Thread-safe.
 *
 * <p>Holds the reclaimed keys and compares them with {@code equals}, so that a key that was never reclaimed never
 * counts.
 *
 * <p>Adds no hook to the cache, so that its users pay nothing. A returned key is found when it is reclaimed again, when
 * the cursor that advances a little with each scan reaches it, or when the application reports that it missed the key.
 * It is counted once.
 */
final class CaffeineRefaults<K> {

    /** Minimum number of remembered keys: 16 KiB, and the keys. */
    private static final int MIN_CAPACITY = 1 << 10;

    /** Maximum number of remembered keys: 1 MiB, and the keys. A key that returns even later did not return soon. */
    static final int MAX_CAPACITY = 1 << 16;

    /** Number of keys that are checked for each entry that a scan has tried to free. */
    private static final int CHECKS_PER_ENTRY = 2;

    /** Maximum number of keys that are checked after one scan. */
    private static final int MAX_CHECKS = 4096;

    private final CaffeineCursor<K> cursor;
    private final LongSupplier cacheSize;
    private final LongAdder refaults = new LongAdder();

    /** Null before the first key is reclaimed. */
    private volatile @Nullable GhostKeys<K> ghosts;

    private volatile int limit = MAX_CAPACITY;
    private volatile LongConsumer report = refaults -> {};

    /**
     * @param cursor goes over the keys of the cache
     * @param cacheSize number of entries in the cache; as many keys are remembered, within the limits
     */
    CaffeineRefaults(CaffeineCursor<K> cursor, LongSupplier cacheSize) {
        this.cursor = cursor;
        this.cacheSize = cacheSize;
    }

    /** Also reports refaults, from now on, to this consumer. */
    void reportTo(LongConsumer newReport) {
        report = newReport;
    }

    /** Limits the number of remembered keys; 0 for none. Forgets the keys that are remembered now. */
    void limit(int keys) {
        limit = keys;
        ghosts = null;
    }

    long refaults() {
        return refaults.sum();
    }

    /**
     * Returns the maximum number of remembered keys for the current size of the cache; 0 before the first key is
     * reclaimed.
     */
    int capacity() {
        GhostKeys<K> now = ghosts;
        return now == null ? 0 : now.capacity();
    }

    /** Records that a key was reclaimed. Counts a refault if the key is remembered: it had returned since. */
    void reclaimed(K key) {
        if (limit > 0) {
            refaulted(ghostsForSize().add(key) ? 1 : 0);
        }
    }

    /** Records that a key was requested and not found. Counts a refault if the key is remembered. */
    void missed(K key) {
        refaulted(isGhost(key) ? 1 : 0);
    }

    /** Checks some keys of the cache after a scan that has tried to free this number of entries. */
    void checkAfterScan(long tried) {
        check((int) Math.min(MAX_CHECKS, CHECKS_PER_ENTRY * Math.min(tried, MAX_CHECKS)));
    }

    /**
     * Checks whether the next keys of the cache are remembered, and counts those as refaults.
     *
     * @param keys number of keys to check
     */
    void check(int keys) {
        if (ghosts != null) {
            refaulted(cursor.next(keys).stream().filter(this::isGhost).count());
        }
    }

    private boolean isGhost(K key) {
        GhostKeys<K> now = ghosts;
        return now != null && now.remove(key);
    }

    private void refaulted(long keys) {
        if (keys > 0) {
            refaults.add(keys);
            report.accept(keys);
        }
    }

    /** Returns the remembered keys. Replaces a list that has become too small for the cache by an empty one. */
    private GhostKeys<K> ghostsForSize() {
        GhostKeys<K> now = ghosts;
        int wanted = (int) Math.min(Math.max(MIN_CAPACITY, cacheSize.getAsLong()), limit);
        if (now == null || now.capacity() < wanted / 2) {
            now = new GhostKeys<>(wanted);
            ghosts = now;
        }
        return now;
    }
}
