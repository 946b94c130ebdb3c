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
 * Values by key that an actor holds, in the order of their use: those not used for longest are given up first. For one
 * actor, see {@link HeldActor}; not thread-safe. A key that is missed or comes back soon after it was given up is a
 * refault.
 *
 * <p>What it is told of values (size, whether pinned) it asks when it gives them up, and keeps nothing of it. What one of
 * those functions throws, is thrown at the actor; no value is lost by that, and none is counted as freed.
 */
public final class HeldValues<K, V> implements HeldState {

    private static final int MOST_GHOSTS = 1 << 16;

    /** From the coldest on: moved to its end by each use. */
    private final LinkedHashMap<K, V> values = new LinkedHashMap<>(16, 0.75f, true);

    /** What was given up last; none until something was. */
    private Optional<GhostKeys<K>> ghosts = Optional.empty();

    private long refaults;

    private Optional<ToLongFunction<? super V>> weigher = Optional.empty();
    private BiPredicate<? super K, ? super V> pinned = (key, value) -> false;
    private BiConsumer<? super K, ? super V> onReclaimed = (key, value) -> {};

    /** Says how many bytes a value holds with its key; below 0 counts as 0. Returns this. */
    public HeldValues<K, V> weigher(ToLongFunction<? super V> bytes) {
        Objects.requireNonNull(bytes, "bytes");
        weigher = Optional.of(bytes);
        return this;
    }

    /** Says which values must stay now: they are asked for again when all others have had their turn. Returns this. */
    public HeldValues<K, V> pinned(BiPredicate<? super K, ? super V> mustStay) {
        Objects.requireNonNull(mustStay, "mustStay");
        pinned = mustStay;
        return this;
    }

    /** Hears of each value that was given up, when it is gone; it may use this. Returns this. */
    public HeldValues<K, V> onReclaimed(BiConsumer<? super K, ? super V> listener) {
        Objects.requireNonNull(listener, "listener");
        onReclaimed = listener;
        return this;
    }

    /** The value, which is used by that. */
    public Optional<V> get(K key) {
        Objects.requireNonNull(key, "key");
        Optional<V> value = Optional.ofNullable(values.get(key));
        if (value.isEmpty()) {
            noteRefault(key);
        }
        return value;
    }

    /** Adds or replaces a value, which is used by that; answers the one it had. */
    public Optional<V> put(K key, V value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        Optional<V> before = Optional.ofNullable(values.put(key, value));
        if (before.isEmpty()) {
            noteRefault(key);
        }
        return before;
    }

    /** Takes a value away; answers it. */
    public Optional<V> remove(K key) {
        Objects.requireNonNull(key, "key");
        return Optional.ofNullable(values.remove(key));
    }

    /** The keys, the coldest first; a copy. */
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
        // Only now, as the order must not change while it is walked, and the listener may do what it likes.
        toRotate.forEach(values::get);
        GhostKeys<K> freedKeys = ghostsOf(sizeBefore);
        toFree.forEach(freed -> {
            values.remove(freed.getKey());
            freedKeys.add(freed.getKey());
        });
        toFree.forEach(freed -> onReclaimed.accept(freed.getKey(), freed.getValue()));
        return new Freed(toFree.size(), bytes);
    }

    /** A miss on what was given up lately, or its return; told once. */
    private void noteRefault(K key) {
        if (ghosts.isPresent() && ghosts.get().remove(key)) {
            refaults++;
        }
    }

    /** Remembers as many as there were values, up to {@value #MOST_GHOSTS}; begins anew when there are far more of them than it was made for. */
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
