package io.reclaimer.adapter;

import io.reclaimer.shrinker.Saturating;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.ToLongFunction;

/**
 * A map that an actor holds, in access order. The least recently used values are freed first. Confined to the actor
 * that owns it, see {@link ReclaimableActor}. A key that is looked up or put back soon after its value was freed is a
 * refault.
 *
 * <p>{@code weigher} and {@code pinned} are called during a scan, and their results are not kept. An exception of
 * theirs is thrown at the actor; no value is lost by it, and none counts as freed.
 */
public final class ReclaimableMap<K, V> implements ReclaimableState {

    private static final int MOST_GHOSTS = 1 << 16;

    /** In access order, the coldest first; each use moves a value to the end. */
    private final LinkedHashMap<K, V> values = new LinkedHashMap<>(16, 0.75f, true);

    /** The keys freed last; empty until a scan. */
    private Optional<GhostKeys<K>> ghosts = Optional.empty();

    private long refaults;

    private Optional<ToLongFunction<? super V>> weigher = Optional.empty();
    private BiPredicate<? super K, ? super V> pinned = (key, value) -> false;
    private BiConsumer<? super K, ? super V> onReclaimed = (key, value) -> {};

    /**
     * Sets the size in bytes of a value with its key; negative sizes count as 0. Without it, freed bytes are unknown.
     * Returns this map.
     */
    public ReclaimableMap<K, V> weigher(ToLongFunction<? super V> bytes) {
        Objects.requireNonNull(bytes, "bytes");
        weigher = Optional.of(bytes);
        return this;
    }

    /**
     * Sets the condition under which a value must stay; it is then examined again after all others. Returns this map.
     */
    public ReclaimableMap<K, V> pinned(BiPredicate<? super K, ? super V> mustStay) {
        Objects.requireNonNull(mustStay, "mustStay");
        pinned = mustStay;
        return this;
    }

    /**
     * Sets a listener that is called for each freed value, after its removal. It may use this map. Returns this map.
     */
    public ReclaimableMap<K, V> onReclaimed(BiConsumer<? super K, ? super V> listener) {
        Objects.requireNonNull(listener, "listener");
        onReclaimed = listener;
        return this;
    }

    /** Returns the value, and marks it as used. */
    public Optional<V> get(K key) {
        Objects.requireNonNull(key, "key");
        Optional<V> value = Optional.ofNullable(values.get(key));
        if (value.isEmpty()) {
            noteRefault(key);
        }
        return value;
    }

    /** Adds or replaces a value, and marks it as used. Returns the previous value. */
    public Optional<V> put(K key, V value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        Optional<V> before = Optional.ofNullable(values.put(key, value));
        if (before.isEmpty()) {
            noteRefault(key);
        }
        return before;
    }

    /** Removes and returns a value. */
    public Optional<V> remove(K key) {
        Objects.requireNonNull(key, "key");
        return Optional.ofNullable(values.remove(key));
    }

    /** Returns a copy of the keys, the coldest first. */
    public List<K> keys() {
        return List.copyOf(values.keySet());
    }

    @Override
    public long size() {
        return values.size();
    }

    @Override
    public long takeRefaults() {
        long taken = refaults;
        refaults = 0;
        return taken;
    }

    @Override
    public Freed free(long nrToScan) {
        int sizeBefore = values.size();
        List<K> toRotate = new ArrayList<>();
        List<Map.Entry<K, V>> toFree = new ArrayList<>();
        long bytes = weigher.isPresent() ? 0 : -1;
        Iterator<Map.Entry<K, V>> coldest = values.entrySet().iterator();
        for (long left = Math.min(nrToScan, values.size()); left > 0; left--) {
            Map.Entry<K, V> next = coldest.next();
            if (pinned.test(next.getKey(), next.getValue())) {
                toRotate.add(next.getKey());
            } else {
                if (weigher.isPresent()) {
                    bytes = Saturating.add(bytes, weight(next.getValue()));
                }
                toFree.add(Map.entry(next.getKey(), next.getValue()));
            }
        }
        // Only now, because the order must not change during the iteration, and the listener may change the map.
        toRotate.forEach(values::get);
        GhostKeys<K> freedKeys = ghostsOf(sizeBefore);
        toFree.forEach(freed -> {
            values.remove(freed.getKey());
            freedKeys.add(freed.getKey());
        });
        toFree.forEach(freed -> onReclaimed.accept(freed.getKey(), freed.getValue()));
        return new Freed(toFree.size(), bytes);
    }

    /** Counts a refault if the missed or added key was freed lately; once per freed value. */
    private void noteRefault(K key) {
        if (ghosts.isPresent() && ghosts.get().remove(key)) {
            refaults++;
        }
    }

    /**
     * Returns the list of freed keys, which remembers as many as there were values, up to {@value #MOST_GHOSTS}.
     * Replaces it by an empty one if there are more than twice as many values as its capacity.
     */
    private GhostKeys<K> ghostsOf(int size) {
        int wanted = Math.max(1, Math.min(size, MOST_GHOSTS));
        if (ghosts.isEmpty() || ghosts.get().capacity() < wanted / 2) {
            ghosts = Optional.of(new GhostKeys<>(wanted));
        }
        return ghosts.get();
    }

    private long weight(V value) {
        return weigher.map(known -> Math.max(0, known.applyAsLong(value))).orElse(0L);
    }
}
