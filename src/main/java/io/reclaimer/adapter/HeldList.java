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
 * Values that an actor holds in the order they came in: the oldest are given up first. For one actor, see
 * {@link HeldActor}; not thread-safe.
 *
 * <p>Pinned values keep their place in the list; a hand passes over them, so that the next ones have their turn. To give
 * up values costs a move of those behind them. What {@code pinned} or {@code weigher} throws is thrown
 * at the actor; those it was asked for stay.
 */
public final class HeldList<V> implements HeldState {

    private final List<V> values = new ArrayList<>();
    private final List<V> view = Collections.unmodifiableList(values);
    /** Up to where values were looked at and kept. */
    private int hand;

    private Optional<ToLongFunction<? super V>> weigher = Optional.empty();
    private Predicate<? super V> pinned = value -> false;
    private Consumer<? super V> onReclaimed = value -> {};

    /** Says how many bytes a value holds; below 0 counts as 0. Returns this. */
    public HeldList<V> weigher(ToLongFunction<? super V> bytes) {
        Objects.requireNonNull(bytes, "bytes");
        weigher = Optional.of(bytes);
        return this;
    }

    /** Says which values must stay now. Returns this. */
    public HeldList<V> pinned(Predicate<? super V> mustStay) {
        Objects.requireNonNull(mustStay, "mustStay");
        pinned = mustStay;
        return this;
    }

    /** Hears of each value that was given up, when it is gone; it may use this. Returns this. */
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

    /** Takes the value at {@code index} away; answers it. */
    public V remove(int index) {
        return values.remove(index);
    }

    /** Takes away what {@code which} says; answers whether there was any. */
    public boolean removeIf(Predicate<? super V> which) {
        Objects.requireNonNull(which, "which");
        return values.removeIf(which);
    }

    /** All values, the oldest first: a view that can't be changed. */
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
        while (toLook > 0) {
            int from = hand < values.size() ? hand : 0;
            int to = Math.min(values.size(), from + toLook);
            toLook -= to - from;
            long taken = take(from, to, freed);
            if (weigher.isPresent()) {
                bytes = Saturating.add(bytes, taken);
            }
        }
        freed.forEach(onReclaimed);
        return new Freed(freed.size(), bytes);
    }

    /** Takes what may go from a part of the list, and puts the hand behind what stays of it. Answers bytes. */
    private long take(int from, int to, List<V> freed) {
        List<V> part = values.subList(from, to);
        List<V> goes = new ArrayList<>(part.size());
        List<V> stays = new ArrayList<>();
        part.forEach(value -> (pinned.test(value) ? stays : goes).add(value));
        long bytes = Saturating.sum(goes.stream().mapToLong(this::weight));
        // All of the user's functions were asked: from here on nothing throws.
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
