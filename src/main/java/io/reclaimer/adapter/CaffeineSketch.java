package io.reclaimer.adapter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Policy;

/**
 * The frequency sketch of a cache that is less than half full: makes Caffeine record the uses of such a cache. Caffeine
 * creates the sketch, and begins to record reads, when a cache is half full. Before that, its order is the one in which
 * entries were added.
 *
 * <p>The only way to start recording earlier is to set the maximum to less than twice the number of entries, and back.
 * Setting a maximum resets the admission window to 1 % and the search for a better one. So this is done only to caches
 * that were never seen half full, whose window is still at 1 %: when a shrinker is created, and each time the cache has
 * doubled since. It has no effect on a cache with a weigher, and is not done to one.
 *
 * <p>Thread-safe. (Caffeine 3.3: {@code BoundedLocalCache.setMaximumSize}, {@code AddTask}, {@code climb}.)
 */
final class CaffeineSketch {

    /*
     * Hits by maximum. Caffeine's admission window is a hundredth of the maximum at first. A cache that holds no more
     * than that is all window: its order is by last use alone, not by frequency. Zipf requests (exponent 0.9, 200,000
     * keys) to a cache that rounds keep at 8,400 entries hit in 58.2 % with a maximum of 100,000, as many as with a
     * maximum of 8,400 and no rounds (58.3 %); in 57.4 % with 200,000, and in 51.0 % with a million. Printed by
     * CaffeineMaximumHits in the tests.
     */

    /**
     * Maximum number of puts that wait for Caffeine's maintenance: 128 per processor, rounded up to a power of two. A
     * thread that puts more waits for the eviction lock.
     */
    private static final long WAITING_PUTS =
            128L * powerOfTwo(Runtime.getRuntime().availableProcessors());

    /** Number of entries for which Caffeine's smallest frequency sketch is made. */
    private static final long SMALLEST_SKETCH = 256;

    private final Cache<?, ?> cache;
    private final Policy.Eviction<?, ?> eviction;

    /*
     * All fields below are guarded by this. The cache's eviction lock is taken while this lock is held, never the other
     * way round: the code that runs under the eviction lock is the cache's own and an eviction listener, which has no
     * reason to call this class.
     */

    /** Whether nothing is left to do: the cache has a weigher, or was seen half full. */
    private boolean complete;

    /** Number of entries for which the sketch is made; 0 without a sketch. */
    private long sketchSize;

    /** Number of entries when a scan last had a new sketch made. */
    private long heldAtFirst = 1;

    /** Number of entries in the admission window at that time; 0 without a new sketch. */
    private long sparedAtFirst;

    /** Number of entries reclaimed since then. */
    private long reclaimedSince;

    CaffeineSketch(Cache<?, ?> cache, Policy.Eviction<?, ?> eviction) {
        this.cache = cache;
        this.eviction = eviction;
        this.complete = eviction.isWeighted();
    }

    /**
     * Returns the number of coldest entries that are to be freed last, after all others.
     *
     * <p>0, unless a new sketch was made when the cache was reclaimed from. With a new sketch all entries seem to be
     * used equally often. Caffeine's order then begins with the admission window: the hundredth of the entries that was
     * used last. The number falls to 0 by the time that as many entries were reclaimed as there were. By then the
     * sketch has recorded enough.
     */
    synchronized long spared() {
        double gone = Math.min(1, (double) reclaimedSince / heldAtFirst);
        return sparedAtFirst - (long) (sparedAtFirst * gone);
    }

    /** Checks the size of the cache before entries are reclaimed. */
    synchronized void scanned() {
        complete = complete || isHalfFull(cache.estimatedSize());
    }

    /** Records that entries were reclaimed, and has a larger sketch made if the cache has outgrown the current one. */
    synchronized void reclaimed(long objects) {
        reclaimedSince += objects;
        long before = sketchSize;
        if (cache.estimatedSize() / 2 >= WAITING_PUTS) {
            recordUses();
        }
        if (sketchSize > before) {
            heldAtFirst = Math.max(1, cache.estimatedSize());
            sparedAtFirst = heldAtFirst / 100 + 1;
            reclaimedSince = 0;
        }
    }

    /**
     * Makes the cache record uses. Lowers the maximum for a moment, under the eviction lock, so that no other thread
     * can make the cache evict entries. The puts that wait for the lock fit, except in a cache of a few hundred entries
     * into which very many are put at that moment.
     */
    synchronized void recordUses() {
        if (complete || (sketchSize > 0 && cache.estimatedSize() <= sketchSize)) {
            return;
        }
        // The lock is reentrant (CaffeineScanTest.makingAShrinkerEvictsNothingWhileOthersPut).
        sketchSize = eviction.<Long>coldest(ignored -> makeSketch(cache.estimatedSize()));
    }

    /** Runs under the eviction lock. Returns the number of entries for which there is a sketch now. */
    private long makeSketch(long entries) {
        if (isHalfFull(entries)) {
            complete = true;
            return sketchSize;
        }
        long maximum = eviction.getMaximum();
        // Less than twice as many: some of the entries may still wait for the maintenance.
        long lower = entries + Math.min(entries / 2 + 1, 2 * WAITING_PUTS);
        if (lower < maximum) {
            eviction.setMaximum(lower);
            eviction.setMaximum(maximum);
        }
        return Math.max(SMALLEST_SKETCH, powerOfTwo(lower));
    }

    private boolean isHalfFull(long entries) {
        return entries >= eviction.getMaximum() / 2;
    }

    /** Returns the smallest power of two that is not less than the number. */
    private static long powerOfTwo(long number) {
        return number <= 1 ? 1 : 2 * Long.highestOneBit(number - 1);
    }
}
