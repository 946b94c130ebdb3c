package io.reclaimer.adapter;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which of the keys that were reclaimed last are back in the cache: refaults. Any thread.
 *
 * <p>Nothing is hooked into the cache, so that its users pay nothing for it. A key that is back is found where it is
 * about to be reclaimed again, where the hand comes by that goes on a little with each scan, or where somebody says that
 * it was missed; it is counted once.
 */
final class CaffeineGhosts<K> {

    /** How many keys are remembered at least: a page of memory. */
    private static final int LEAST_CAPACITY = 1 << 10;

    /** How many keys are remembered at most: 256 KiB. Whoever comes back later does not come back soon. */
    static final int LARGEST_CAPACITY = 1 << 16;

    private final CaffeineHand<K> hand;
    private final LongSupplier cacheSize;
    private final LongAdder refaults = new LongAdder();

    /** Null before anything is reclaimed. */
    private volatile @Nullable GhostSketch ghosts;

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

    long refaults() {
        return refaults.sum();
    }

    /** How many bytes the keys that are remembered take. */
    long bytes() {
        GhostSketch now = ghosts;
        return now == null ? 0 : 4L * now.capacity();
    }

    /** The key was reclaimed; if it is one of those that were before, it had come back. */
    void reclaimed(K key) {
        GhostSketch now = enough();
        int hash = key.hashCode();
        refaulted(now.remove(hash) ? 1 : 0);
        now.add(hash);
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
        GhostSketch now = ghosts;
        return now != null && now.remove(key.hashCode());
    }

    private void refaulted(long keys) {
        if (keys > 0) {
            refaults.add(keys);
            report.accept(keys);
        }
    }

    /** One that is too small for what the cache has become is replaced, and what it remembered is forgotten. */
    private GhostSketch enough() {
        GhostSketch now = ghosts;
        long wanted = Math.max(LEAST_CAPACITY, Math.min(cacheSize.getAsLong(), LARGEST_CAPACITY));
        if (now == null || now.capacity() < wanted / 2) {
            now = new GhostSketch((int) wanted);
            ghosts = now;
        }
        return now;
    }
}
