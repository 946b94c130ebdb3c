package io.reclaimer.adapter;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.Policy.CacheEntry;
import io.reclaimer.shrinker.Saturating;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The entries of a cache as a scan sees them: in the cache's own order, if it has one, and removable one by one.
 *
 * <p>Skips the entries that the cache's own policy does not evict: entries whose load is under way, and entries of
 * weight 0, which are pinned.
 *
 * <p>Thread-safe.
 */
final class CaffeineEntries<K, V> {

    /**
     * An entry that was in the cache a moment ago.
     *
     * @param weight by the cache's weigher; 1 without a weigher
     */
    record Found<K, V>(K key, V value, int weight) {}

    /**
     * Entries at the cold end of the order.
     *
     * @param keys the coldest first
     * @param values the identity hash codes of the values
     * @param whole whether the reading reached the end of the order
     * @param pinned number of entries of weight 0 that were passed
     * @param size number of entries in the cache
     */
    record Read<K>(List<K> keys, int[] values, boolean whole, long pinned, long size) {}

    /**
     * The cache's order. Passes the entries, under the eviction lock, to a predicate until that returns true. Returns
     * whether it did.
     */
    private interface Order<K, V> extends Predicate<Predicate<CacheEntry<K, V>>> {}

    private final Cache<K, V> cache;
    private final Optional<Order<K, V>> order;
    private final Optional<Policy.Eviction<K, V>> weights;
    private final BiPredicate<K, V> removal;

    private CaffeineEntries(Cache<K, V> cache, BiPredicate<K, V> removal) {
        this.cache = cache;
        this.order = orderOf(cache.policy());
        this.weights = cache.policy().eviction().filter(Policy.Eviction::isWeighted);
        this.removal = removal;
    }

    static <K, V> CaffeineEntries<K, V> of(Cache<K, V> cache) {
        return new CaffeineEntries<>(cache, (key, value) -> removed(cache, key, value));
    }

    static <K, V> CaffeineEntries<K, V> of(AsyncCache<K, V> cache) {
        return new CaffeineEntries<>(cache.synchronous(), (key, value) -> removed(cache, key, value));
    }

    Cache<K, V> cache() {
        return cache;
    }

    /** Returns the approximate number of entries, the skipped ones included. Takes no lock. */
    long size() {
        return cache.estimatedSize();
    }

    boolean isOrdered() {
        return order.isPresent();
    }

    boolean isWeighted() {
        return weights.isPresent();
    }

    /**
     * Returns the bytes that a share of the entries holds by their weight; -1 if they have none. Takes the eviction lock
     * for a moment.
     */
    long heldBytes(long bytesPerWeight, double share) {
        OptionalLong weight = weights.map(Policy.Eviction::weightedSize).orElse(OptionalLong.empty());
        return weight.isEmpty() ? -1 : Math.round(Saturating.multiply(weight.getAsLong(), bytesPerWeight) * share);
    }

    /**
     * Reads the order from its cold end. Holds the eviction lock meanwhile. Caffeine runs its maintenance under that
     * lock first, which may call an eviction listener; no other function of the application is called.
     *
     * @param limit maximum number of keys, without the spared ones
     * @param maxPassed maximum number of entries to look at, those of weight 0 included
     * @param spared number of entries at the cold end that are placed after all others; they are left out if the
     *     reading does not reach the end of the order
     */
    Read<K> read(int limit, int maxPassed, long spared) {
        Reader<K, V> reader = new Reader<>(limit, maxPassed, spared);
        long size = size();
        boolean all = order.isPresent() && !order.get().test(reader::addAndCheckFull);
        return reader.read(all, size);
    }

    /** Collects entries from the cold end. Confined to one thread. */
    private static final class Reader<K, V> {
        private final int limit;
        private final int maxPassed;
        private final long spared;
        private final List<K> keys = new ArrayList<>();
        private final List<V> values = new ArrayList<>();
        private final List<CacheEntry<K, V>> last = new ArrayList<>();
        private int passed;
        private int pinned;

        Reader(int limit, int maxPassed, long spared) {
            this.limit = limit;
            this.maxPassed = maxPassed;
            this.spared = spared;
        }

        boolean addAndCheckFull(CacheEntry<K, V> entry) {
            passed++;
            if (entry.weight() == 0) {
                pinned++;
            } else if (last.size() < spared) {
                last.add(entry);
            } else {
                add(entry);
            }
            return keys.size() >= limit || passed >= maxPassed;
        }

        private void add(CacheEntry<K, V> entry) {
            keys.add(entry.getKey());
            values.add(entry.getValue());
        }

        /** Returns the collected entries. Called after the lock was released. */
        Read<K> read(boolean all, long size) {
            if (all) {
                last.forEach(this::add);
            }
            int[] identities =
                    values.stream().mapToInt(System::identityHashCode).toArray();
            return new Read<>(keys, identities, all, pinned, size);
        }
    }

    /**
     * Finds an entry that was read. Empty if the entry is gone, has another value now, or may no longer be reclaimed.
     *
     * @param value the identity hash code of its value
     */
    Optional<Found<K, V>> find(K key, int value) {
        V now = cache.policy().getIfPresentQuietly(key);
        if (now == null || System.identityHashCode(now) != value) {
            return Optional.empty();
        }
        int weight = weightOf(key);
        return weight == 0 ? Optional.empty() : Optional.of(new Found<>(key, now, weight));
    }

    /**
     * Removes an entry if it still has the value that was found: an entry that was replaced in the meantime is no
     * longer cold. Returns whether it was removed.
     */
    boolean remove(Found<K, V> entry) {
        return removal.test(entry.key(), entry.value());
    }

    /** Returns the entries that may be reclaimed. */
    Stream<Found<K, V>> reclaimable(Stream<Map.Entry<K, V>> found) {
        return found.map(entry -> new Found<>(entry.getKey(), entry.getValue(), weightOf(entry.getKey())))
                .filter(entry -> entry.weight() > 0);
    }

    /** Creates a cursor over all entries. */
    CaffeineCursor<Map.Entry<K, V>> cursor() {
        return new CaffeineCursor<>(cache.asMap().entrySet());
    }

    /** Creates a cursor over all keys. */
    CaffeineCursor<K> keyCursor() {
        return new CaffeineCursor<>(cache.asMap().keySet());
    }

    /** Returns the weight of an entry; 0 also for an entry that is loading. */
    private int weightOf(K key) {
        return weights.map(weigher -> weigher.weightOf(key).orElse(0)).orElse(1);
    }

    /**
     * Returns the order in which the cache itself would drop entries: by size or weight if it has a maximum, otherwise
     * by time of use or time of writing if entries expire.
     */
    private static <K, V> Optional<Order<K, V>> orderOf(Policy<K, V> policy) {
        return policy.eviction()
                .<Order<K, V>>map(eviction -> isFull -> eviction.coldest(coldest -> coldest.anyMatch(isFull)))
                .or(() -> policy.expireAfterAccess()
                        .map(expiration -> isFull -> expiration.oldest(oldest -> oldest.anyMatch(isFull))))
                .or(() -> policy.expireVariably()
                        .map(expiration -> isFull -> expiration.oldest(oldest -> oldest.anyMatch(isFull))))
                .or(() -> policy.expireAfterWrite()
                        .map(expiration -> isFull -> expiration.oldest(oldest -> oldest.anyMatch(isFull))));
    }

    /**
     * Removes an entry. An entry that was not replaced still has the same value object, so the comparison of values
     * costs nothing extra.
     *
     * <p>The cache may be the synchronous view of an asynchronous cache, whose {@code remove} waits for a load under
     * way. The look at the value skips such an entry, unless the load begins in the nanoseconds between the two calls.
     */
    private static <K, V> boolean removed(Cache<K, V> cache, K key, V value) {
        return cache.policy().getIfPresentQuietly(key) != null && cache.asMap().remove(key, value);
    }

    private static <K, V> boolean removed(AsyncCache<K, V> cache, K key, V value) {
        CompletableFuture<V> future = cache.asMap().get(key);
        return future != null
                && future.isDone()
                && !future.isCompletedExceptionally()
                && future.getNow(null) == value
                && cache.asMap().remove(key, future);
    }
}
