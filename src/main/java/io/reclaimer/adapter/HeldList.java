package io.reclaimer.adapter;

import io.reclaimer.shrinker.Saturating;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * A list of values that an actor holds, in the order of insertion. The oldest values are freed first. Confined to the
 * actor that owns it, see {@link HeldActor}.
 *
 * <p>Pinned values keep their place in the list. A scan continues behind the values that the last one examined and
 * kept, like the hand of the CLOCK algorithm. Freeing values moves the values behind them.
 *
 * <p>An exception of {@code pinned} or {@code weigher} is thrown at the actor, and the values being examined stay. If
 * the scan had wrapped around to the front of the list, the values that it freed at the end of the list are gone and
 * not passed to {@code onReclaimed}.
 */
public final class HeldList<V> implements HeldState {

    private final List<V> values = new ArrayList<>();
    private final List<V> view = Collections.unmodifiableList(values);
    /** The scan position: the index behind the values that were examined and kept. */
    private int hand;

    private Optional<ToLongFunction<? super V>> weigher = Optional.empty();
    private Predicate<? super V> pinned = value -> false;
    private Consumer<? super V> onReclaimed = value -> {};

    /**
     * Sets the size of a value in bytes; negative sizes count as 0. Without it, freed bytes are unknown. Returns this
     * list.
     */
    public HeldList<V> weigher(ToLongFunction<? super V> bytes) {
        Objects.requireNonNull(bytes, "bytes");
        weigher = Optional.of(bytes);
        return this;
    }

    /** Sets the condition under which a value must stay now. Returns this list. */
    public HeldList<V> pinned(Predicate<? super V> mustStay) {
        Objects.requireNonNull(mustStay, "mustStay");
        pinned = mustStay;
        return this;
    }

    /**
     * Sets a listener that is called for each freed value, after its removal. It may use this list. Returns this list.
     */
    public HeldList<V> onReclaimed(Consumer<? super V> listener) {
        Objects.requireNonNull(listener, "listener");
        onReclaimed = listener;
        return this;
    }

    /** Adds a value at the end. */
    public void add(V value) {
        Objects.requireNonNull(value, "value");
        values.add(value);
    }

    /** Removes and returns the value at {@code index}. */
    public V remove(int index) {
        return values.remove(index);
    }

    /** Removes the values that {@code which} accepts. Returns whether there were any. */
    public boolean removeIf(Predicate<? super V> which) {
        Objects.requireNonNull(which, "which");
        return values.removeIf(which);
    }

    /** Returns an unmodifiable view of all values, the oldest first. */
    public List<V> values() {
        return view;
    }

    @Override
    public long size() {
        return values.size();
    }

    @Override
    public Freed free(long nrToScan) {
        List<V> freed = new ArrayList<>();
        long bytes = weigher.isPresent() ? 0 : -1;
        int toLook = (int) Math.min(nrToScan, values.size());
        try {
            while (toLook > 0) {
                int from = hand < values.size() ? hand : 0;
                int to = Math.min(values.size(), from + toLook);
                toLook -= to - from;
                long taken = take(from, to, freed);
                if (weigher.isPresent()) {
                    bytes = Saturating.add(bytes, taken);
                }
            }
        } finally {
            // A user function that throws keeps the values of its own part only.
            freed.forEach(onReclaimed);
        }
        return new Freed(freed.size(), bytes);
    }

    /**
     * Frees the unpinned values of a part of the list, and moves the scan position behind the others. Returns freed
     * bytes.
     */
    private long take(int from, int to, List<V> freed) {
        List<V> part = values.subList(from, to);
        List<V> goes = new ArrayList<>(part.size());
        List<V> stays = new ArrayList<>();
        part.forEach(value -> (pinned.test(value) ? stays : goes).add(value));
        long bytes = Saturating.sum(goes.stream().mapToLong(this::weight));
        // All user functions have been called; nothing throws from here on.
        part.clear();
        values.addAll(from, stays);
        hand = from + stays.size();
        freed.addAll(goes);
        return bytes;
    }

    private long weight(V value) {
        return weigher.map(known -> Math.max(0, known.applyAsLong(value))).orElse(0L);
    }
}
