package io.reclaimer.adapter;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.Policy.CacheEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import java.util.function.Function;
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
     * @param values the identity hash codes of their values, as many or more
     * @param whole whether there were no others
     * @param pinned how many of weight 0 were passed
     * @param size how many entries the cache had
     */
    record Read<K>(List<K> keys, int[] values, boolean whole, long pinned, long size) {}

    /** Takes the cache's order while the eviction lock is held, and reads entries off it. */
    private interface Order<K, V> extends Function<Function<Stream<CacheEntry<K, V>>, Read<K>>, Read<K>> {}

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
        return order.map(ordered ->
                        ordered.apply(coldest -> read(coldest.iterator(), size(), limit, mostPassed, spared)))
                .orElseGet(() -> new Read<>(List.of(), new int[0], false, 0, size()));
    }

    private static <K, V> Read<K> read(
            Iterator<CacheEntry<K, V>> coldest, long size, int limit, int mostPassed, long spared) {
        Keys<K> keys = new Keys<>();
        Keys<K> last = new Keys<>();
        int passed = 0;
        int pinned = 0;
        for (; keys.size() < limit && passed < mostPassed && coldest.hasNext(); passed++) {
            CacheEntry<K, V> entry = coldest.next();
            if (entry.weight() == 0) {
                pinned++;
            } else {
                (last.size() < spared ? last : keys).add(entry.getKey(), entry.getValue());
            }
        }
        boolean whole = !coldest.hasNext();
        if (whole) {
            last.moveTo(keys);
        }
        return new Read<>(keys.keys, keys.values, whole, pinned, size);
    }

    /** Keys, and the identity hash codes of their values. Confined to one thread. */
    private static final class Keys<K> {
        private final List<K> keys = new ArrayList<>();
        private int[] values = new int[16];

        int size() {
            return keys.size();
        }

        void add(K key, Object value) {
            add(key, System.identityHashCode(value));
        }

        void moveTo(Keys<K> others) {
            for (int i = 0; i < keys.size(); i++) {
                others.add(keys.get(i), values[i]);
            }
        }

        private void add(K key, int value) {
            if (keys.size() == values.length) {
                values = Arrays.copyOf(values, 2 * values.length);
            }
            values[keys.size()] = value;
            keys.add(key);
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
                .<Order<K, V>>map(eviction -> eviction::coldest)
                .or(() -> policy.expireAfterAccess().map(expiration -> expiration::oldest))
                .or(() -> policy.expireVariably().map(expiration -> expiration::oldest))
                .or(() -> policy.expireAfterWrite().map(expiration -> expiration::oldest));
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
