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
 * actor that owns it, see {@link ReclaimableActor}.
 *
 * <p>Pinned values keep their place in the list. A scan continues behind the values that the last one examined and
 * kept, like the hand of the CLOCK algorithm. Freeing values moves the values behind them.
 *
 * <p>{@code weigher} and {@code pinned} are called during a scan, and their results are not kept. An exception of
 * theirs is thrown at the actor; no value is lost by it, and none counts as freed.
 */
public final class ReclaimableList<V> implements ReclaimableState {

    private final List<V> values = new ArrayList<>();
    private final List<V> view = Collections.unmodifiableList(values);

    /** The index at which the next scan begins: behind the values that were examined and kept. */
    private int position;

    private Optional<ToLongFunction<? super V>> weigher = Optional.empty();
    private Predicate<? super V> pinned = value -> false;
    private Consumer<? super V> onReclaimed = value -> {};

    /**
     * Sets the size of a value in bytes; negative sizes count as 0. Without it, freed bytes are unknown. Returns this
     * list.
     */
    public ReclaimableList<V> weigher(ToLongFunction<? super V> bytes) {
        Objects.requireNonNull(bytes, "bytes");
        weigher = Optional.of(bytes);
        return this;
    }

    /** Sets the condition under which a value must stay now. Returns this list. */
    public ReclaimableList<V> pinned(Predicate<? super V> mustStay) {
        Objects.requireNonNull(mustStay, "mustStay");
        pinned = mustStay;
        return this;
    }

    /**
     * Sets a listener that is called for each freed value, after its removal. It may use this list. Returns this list.
     */
    public ReclaimableList<V> onReclaimed(Consumer<? super V> listener) {
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
        int from = position < values.size() ? position : 0;
        int toExamine = (int) Math.min(nrToScan, values.size());
        int to = Math.min(values.size(), from + toExamine);
        int wrapped = toExamine - (to - from);
        List<V> freed = new ArrayList<>();
        List<V> keptBehind = examine(from, to, freed);
        List<V> keptInFront = examine(0, wrapped, freed);
        long bytes = weight(freed);
        // No function of the user is called from here on until both parts are replaced. The one behind goes first,
        // because its removal moves no value of the other.
        replace(from, to, keptBehind);
        replace(0, wrapped, keptInFront);
        position = wrapped > 0 ? keptInFront.size() : from + keptBehind.size();
        freed.forEach(onReclaimed);
        return new Freed(freed.size(), bytes);
    }

    /** Adds the unpinned values of a part of the list to {@code freed}. Returns the pinned ones. */
    private List<V> examine(int from, int to, List<V> freed) {
        List<V> kept = new ArrayList<>();
        values.subList(from, to).forEach(value -> (pinned.test(value) ? kept : freed).add(value));
        return kept;
    }

    private void replace(int from, int to, List<V> kept) {
        values.subList(from, to).clear();
        values.addAll(from, kept);
    }

    private long weight(List<V> freed) {
        return weigher.map(known ->
                        Saturating.sum(freed.stream().mapToLong(value -> Math.max(0, known.applyAsLong(value)))))
                .orElse(-1L);
    }
}
