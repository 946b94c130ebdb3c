package io.reclaimer.adapter;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.Policy.CacheEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The entries of a cache as a scan sees them: in the cache's own order, where it has one, and taken out one by one. Any
 * thread.
 *
 * <p>Entries that the cache's own policy would not evict are not seen: those whose load is under way, and those of weight
 * 0, which are pinned.
 */
final class CaffeineEntries<K, V> {

    /**
     * An entry that was in the cache a moment ago.
     *
     * @param weight by the cache's weigher; 1 where it has none
     */
    record Found<K, V>(K key, V value, int weight) {}

    /**
     * Entries at the cold end of the order.
     *
     * @param keys the coldest first
     * @param values the identity hash codes of their values
     * @param whole whether there were no others
     * @param pinned how many of weight 0 were passed
     * @param size how many entries the cache had
     */
    record Read<K>(List<K> keys, int[] values, boolean whole, long pinned, long size) {}

    /** Passes the entries, in the cache's order and while the eviction lock is held, to a function until that is true. */
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

    /** How many there are, about, those that are not seen included. Takes no lock. */
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
     * Reads the order from its cold end. Holds the eviction lock meanwhile; runs nothing of the application's.
     *
     * @param limit how many keys at most
     * @param mostPassed how many entries are looked at at most, those of weight 0 included
     * @param spared how many at the cold end come after all others, or not at all where there are more than the limit
     */
    Read<K> read(int limit, int mostPassed, long spared) {
        Reader<K, V> reader = new Reader<>(limit, mostPassed, spared);
        long size = size();
        boolean all = order.isPresent() && !order.get().test(reader::isFullWith);
        return reader.read(all, size);
    }

    /** Collects entries from the cold end. Confined to one thread. */
    private static final class Reader<K, V> {
        private final int limit;
        private final int mostPassed;
        private final long spared;
        private final List<K> keys = new ArrayList<>();
        private final List<V> values = new ArrayList<>();
        private final List<CacheEntry<K, V>> last = new ArrayList<>();
        private int passed;
        private int pinned;

        Reader(int limit, int mostPassed, long spared) {
            this.limit = limit;
            this.mostPassed = mostPassed;
            this.spared = spared;
        }

        boolean isFullWith(CacheEntry<K, V> entry) {
            passed++;
            if (entry.weight() == 0) {
                pinned++;
            } else if (last.size() < spared) {
                last.add(entry);
            } else {
                add(entry);
            }
            return keys.size() >= limit || passed >= mostPassed;
        }

        private void add(CacheEntry<K, V> entry) {
            keys.add(entry.getKey());
            values.add(entry.getValue());
        }

        /** After the lock was released. */
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
     * An entry that was read: empty where it is gone, or may not be reclaimed any more, or has another value since.
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
     * Takes an entry out, if it is there with that value still: one that was replaced since it was found to be cold is
     * not cold any more.
     */
    boolean remove(Found<K, V> entry) {
        return removal.test(entry.key(), entry.value());
    }

    /** Those of the entries that may be reclaimed. */
    Stream<Found<K, V>> reclaimable(Stream<Map.Entry<K, V>> found) {
        return found.map(entry -> new Found<>(entry.getKey(), entry.getValue(), weightOf(entry.getKey())))
                .filter(entry -> entry.weight() > 0);
    }

    /** A hand over all entries. */
    CaffeineHand<Map.Entry<K, V>> hand() {
        return new CaffeineHand<>(cache.asMap().entrySet());
    }

    /** A hand over all keys. */
    CaffeineHand<K> keyHand() {
        return new CaffeineHand<>(cache.asMap().keySet());
    }

    /** 0 for one that is loading, too. */
    private int weightOf(K key) {
        return weights.map(weigher -> weigher.weightOf(key).orElse(0)).orElse(1);
    }

    /**
     * By size or weight where there is a maximum; otherwise by the time of use or of writing where entries expire, which
     * is the order they would go in anyway.
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
     * The values are the same object unless it was replaced, so that this costs what removing the key does. The cache
     * may be the synchronous view of an asynchronous one, which waits for a load under way; it is gone past by the first
     * look, but for the nanoseconds between the two.
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
