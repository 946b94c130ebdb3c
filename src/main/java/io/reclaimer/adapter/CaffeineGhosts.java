package io.reclaimer.adapter;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which of the keys that were reclaimed last are back in the cache: refaults. Thread-safe.
 *
 * <p>The keys that were reclaimed are held and compared, so that a key that was never reclaimed is never taken for one.
 *
 * <p>Nothing is hooked into the cache, so that its users pay nothing for it. A key that is back is found where it is
 * about to be reclaimed again, where the hand comes by that goes on a little with each scan, or where somebody says that
 * it was missed; it is counted once.
 */
final class CaffeineGhosts<K> {

    /** How many keys are remembered at least: 16 KiB, and the keys. */
    private static final int LEAST_CAPACITY = 1 << 10;

    /** How many keys are remembered at most: 1 MiB, and the keys. A key that comes back later does not come back soon. */
    static final int LARGEST_CAPACITY = 1 << 16;

    private final CaffeineHand<K> hand;
    private final LongSupplier cacheSize;
    private final LongAdder refaults = new LongAdder();

    /** Null before anything is reclaimed. */
    private volatile @Nullable GhostKeys<K> ghosts;

    private volatile int largest = LARGEST_CAPACITY;
    private volatile LongConsumer report = refaults -> {};

    /**
     * @param hand over the keys of the cache
     * @param cacheSize as many are remembered as the cache has, within limits
     */
    CaffeineGhosts(CaffeineHand<K> hand, LongSupplier cacheSize) {
        this.hand = hand;
        this.cacheSize = cacheSize;
    }

    /** From now on refaults are reported there too. */
    void reportTo(LongConsumer newReport) {
        report = newReport;
    }

    /** Limits how many keys are remembered: 0 for none. Forgets those that were remembered. */
    void limit(int keys) {
        largest = keys;
        ghosts = null;
    }

    long refaults() {
        return refaults.sum();
    }

    /** How many keys are remembered at most, as things are: 0 before anything is reclaimed. */
    int capacity() {
        GhostKeys<K> now = ghosts;
        return now == null ? 0 : now.capacity();
    }

    /** The key was reclaimed; if it is one of those that were before, it had come back. */
    void reclaimed(K key) {
        if (largest > 0) {
            refaulted(enough().add(key) ? 1 : 0);
        }
    }

    /** The key was asked for and not found. */
    void missed(K key) {
        refaulted(isGhost(key) ? 1 : 0);
    }

    /** Looks whether so many keys are back. */
    void walk(int keys) {
        if (ghosts != null) {
            refaulted(hand.next(keys).stream().filter(this::isGhost).count());
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

    /** A list that is too small for what the cache has become is replaced, and what it remembered is forgotten. */
    private GhostKeys<K> enough() {
        GhostKeys<K> now = ghosts;
        int wanted = (int) Math.min(Math.max(LEAST_CAPACITY, cacheSize.getAsLong()), largest);
        if (now == null || now.capacity() < wanted / 2) {
            now = new GhostKeys<>(wanted);
            ghosts = now;
        }
        return now;
    }
}
