package io.reclaimer.adapter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Policy;

/**
 * Has a cache that is less than half full note how it is used. Caffeine makes its frequency sketch, and begins to record
 * reads, when a cache is half full; before that its order is the one in which entries came in.
 *
 * <p>The only way to have it begin earlier is to set the maximum to less than twice the number of entries, and back. Setting a
 * maximum resets the admission window to 1 % and the search for a better one. So this is done to caches only that were never
 * seen half full, where the window is still at 1 %: when a shrinker is made, and each time the cache has doubled since. It has
 * no effect on a cache with a weigher, and is not done to one.
 *
 * <p>Thread-safe. (Caffeine 3.3: {@code BoundedLocalCache.setMaximumSize}, {@code AddTask}, {@code climb}.)
 */
final class CaffeineSketch {

    /**
     * How many puts wait for Caffeine's maintenance at most; a thread that puts more waits for the eviction lock: 128 for
     * each processor, up to a power of two.
     */
    private static final long WAITING_PUTS =
            128L * powerOfTwo(Runtime.getRuntime().availableProcessors());

    /** How many entries Caffeine's smallest frequency sketch is made for. */
    private static final long SMALLEST_SKETCH = 256;

    private final Cache<?, ?> cache;
    private final Policy.Eviction<?, ?> eviction;

    /*
     * All below is guarded by this. The cache's eviction lock is taken while it is held, never the other way round: the code
     * that runs under that lock is the cache's own and an eviction listener, which has no reason to come here.
     */

    /** Nothing is left to be done: there is a weigher, or the cache has a sketch for its maximum. */
    private boolean complete;
    /** How many entries the sketch is made for; 0 where there is none. */
    private long sketchSize;
    /** When a scan had the sketch made anew: how many entries there were, how many in the window; how many went since. */
    private long heldAtFirst = 1;

    private long sparedAtFirst;
    private long reclaimedSince;

    CaffeineSketch(Cache<?, ?> cache, Policy.Eviction<?, ?> eviction) {
        this.cache = cache;
        this.eviction = eviction;
        this.complete = eviction.isWeighted();
    }

    /**
     * How many of the coldest entries are to be left until there are no others.
     *
     * <p>0, unless a new sketch was made when the cache was reclaimed from. Then all entries seem to be used as often, and of
     * such the window is the coldest: the hundredth that was used last. This falls to 0 until as many entries as there were
     * have been reclaimed; by then the sketch has seen enough.
     */
    synchronized long spared() {
        double gone = Math.min(1, (double) reclaimedSince / heldAtFirst);
        return sparedAtFirst - (long) (sparedAtFirst * gone);
    }

    /** Entries are about to be reclaimed. */
    synchronized void scanned() {
        complete = complete || isHalfFull(cache.estimatedSize());
    }

    /** Entries were reclaimed. */
    synchronized void reclaimed(long objects) {
        reclaimedSince += objects;
        long before = sketchSize;
        if (cache.estimatedSize() / 2 >= WAITING_PUTS) {
            noteReads();
        }
        if (sketchSize > before) {
            heldAtFirst = Math.max(1, cache.estimatedSize());
            sparedAtFirst = heldAtFirst / 100 + 1;
            reclaimedSince = 0;
        }
    }

    /**
     * Has the cache note what is used. The maximum is lowered for a moment, while the eviction lock is held, so that others
     * can't have the cache evict anything; the puts that wait for the lock fit, but for a cache of some hundred entries into
     * which very many are put at that very moment.
     */
    synchronized void noteReads() {
        if (complete || (sketchSize > 0 && cache.estimatedSize() <= sketchSize)) {
            return;
        }
        // The lock is reentrant (CaffeineShrinkerTest.makingAShrinkerEvictsNothingWhileOthersPut).
        sketchSize = eviction.<Long>coldest(ignored -> makeSketch(cache.estimatedSize()));
    }

    /** Under the eviction lock. Answers for how many entries there is a sketch now. */
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

    /** The next one that is not less. */
    private static long powerOfTwo(long number) {
        return number <= 1 ? 1 : 2 * Long.highestOneBit(number - 1);
    }
}
