package io.reclaimer.adapter;

import io.reclaimer.Cgroup;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Lists of the objects of a cache, by cgroup and node, from which the reclaimer frees the coldest ones. For a cache
 * that has a table of its own and wants to be told which objects to drop. The counterpart of {@code list_lru} in the
 * Linux kernel.
 *
 * <p>Thread-safe, for many threads at the same time: each list has a lock of its own, and there is no other lock. An
 * addition or removal holds it for some nanoseconds; {@link LruItem#touch} takes no lock.
 *
 * <p>Guarantees:
 *
 * <ul>
 *   <li>An object is removed by its owner or reclaimed, never both, and never lost.
 *   <li>A round finds every list that has objects: the first object sets the bit.
 *   <li>When a cgroup goes offline, its objects move to the cold end of the list of its nearest online ancestor.
 *       Objects that are added to it later belong to that ancestor, too. A cgroup that comes online again under the
 *       same path starts empty.
 * </ul>
 *
 * <p>After {@link ShrinkerHandle#free} the lists can be used as before, but nothing is reclaimed. The objects of a
 * cgroup that goes offline then stay in its lists until another object is added to it. If cgroups are disabled, there
 * is only the root.
 */
public final class LruLists<T> {

    private final LruGroups<T> groups;
    private final LruShrinker<T> shrinker;
    private final ShrinkerHandle handle;

    private LruLists(LruGroups<T> groups, LruShrinker<T> shrinker, ShrinkerHandle handle) {
        this.groups = groups;
        this.shrinker = shrinker;
        this.handle = handle;
    }

    /**
     * Registers lists that do not count refaults.
     *
     * @param spec is made cgroup-aware and NUMA-aware
     * @return the lists, registered; fails as {@link Reclaimer#register} does
     */
    public static <T> CompletionStage<LruLists<T>> register(Reclaimer reclaimer, ShrinkerSpec spec, LruOwner<T> owner) {
        Objects.requireNonNull(owner, "owner");
        return register(reclaimer, spec, owner, Optional.empty(), () -> true);
    }

    /**
     * Registers lists that count refaults: objects that are added soon after their key was reclaimed. The last {@value
     * LruShrinker#GHOSTS} reclaimed keys are held for that, with 16 bytes each.
     *
     * @param spec is made cgroup-aware and NUMA-aware
     * @param keyOf returns the key of an object, not null: equal for a reclaimed object and the one that replaces it.
     *     Called when an object is added and when it is reclaimed, so it should be cheap. Must not return the object
     *     itself, which would be held as its key.
     * @return the lists, registered; fails as {@link Reclaimer#register} does
     */
    public static <T> CompletionStage<LruLists<T>> register(
            Reclaimer reclaimer, ShrinkerSpec spec, LruOwner<T> owner, Function<? super T, ?> keyOf) {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(keyOf, "keyOf");
        return register(reclaimer, spec, owner, Optional.of(keyOf), () -> true);
    }

    /**
     * Registers lists of objects that are not always worth freeing. Scans stop while {@code isUseful} returns false.
     */
    static <T> CompletionStage<LruLists<T>> register(
            Reclaimer reclaimer,
            ShrinkerSpec spec,
            LruOwner<T> owner,
            Optional<Function<? super T, ?>> keyOf,
            BooleanSupplier isUseful) {
        LruGroups<T> groups = new LruGroups<>(reclaimer.settings().nodes().size());
        LruShrinker<T> shrinker = new LruShrinker<>(groups, owner, keyOf, isUseful);
        return reclaimer
                .register(spec.byCgroup().byNode(), shrinker)
                .thenApply(handle -> new LruLists<>(groups, shrinker, handle));
    }

    /**
     * Adds an object at the hot end of the list of a cgroup, or of its nearest online ancestor.
     *
     * @param node the number of the node, from 0
     * @throws ReclaimerException if there is no such node
     */
    public LruItem<T> add(Cgroup cgroup, int node, T value) {
        Objects.requireNonNull(cgroup, "cgroup");
        Objects.requireNonNull(value, "value");
        return add(groups.of(cgroup), checked(node), value);
    }

    /**
     * Adds an object that belongs to no cgroup at the hot end of the root's list.
     *
     * @param node the number of the node, from 0
     * @throws ReclaimerException if there is no such node
     */
    public LruItem<T> addToRoot(int node, T value) {
        Objects.requireNonNull(value, "value");
        return add(groups.root(), checked(node), value);
    }

    /** Adds to a group that was found before and may be offline now. */
    LruItem<T> add(LruGroup<T> found, int node, T value) {
        // First, because it calls the owner's code: if that throws, nothing was added.
        if (shrinker.isRefault(value)) {
            handle.recordRefaults(1);
        }
        LruItem<T> item = new LruItem<>(value);
        LruGroup<T> group = found;
        long before = group.list(node).add(item);
        while (before == LruList.DEAD) {
            groups.forgetIfDead(group);
            group = groups.ofNearestOnline(group.cgroup().orElseThrow());
            before = group.list(node).add(item);
        }
        if (!group.isOnline()) {
            groups.moveUpAll(group, handle::setBit);
        } else if (before == 0) {
            group.cgroup().ifPresent(cgroup -> handle.setBit(cgroup, node));
        }
        return item;
    }

    /**
     * Returns the number of objects in a list; 0 once the objects of an offline cgroup have moved.
     *
     * @param node the number of the node, from 0
     * @throws ReclaimerException if there is no such node
     */
    public long size(Cgroup cgroup, int node) {
        checked(node);
        LruGroup<T> group = groups.existing(cgroup);
        return group == null ? 0 : group.list(node).size();
    }

    /**
     * Returns the number of objects in the root's list.
     *
     * @param node the number of the node, from 0
     * @throws ReclaimerException if there is no such node
     */
    public long sizeOfRoot(int node) {
        return groups.root().list(checked(node)).size();
    }

    /** Returns the number of objects in all lists. Counts list by list, so it is not exact while the lists change. */
    public long size() {
        return groups.all().mapToLong(LruGroup::size).sum();
    }

    /** Returns the number of objects that were reclaimed so far. */
    public long reclaimed() {
        return shrinker.reclaimed();
    }

    /**
     * Returns the number of objects that were added soon after their key was reclaimed. The handle reports them as
     * well.
     */
    public long refaults() {
        return shrinker.refaults();
    }

    /** Returns the registered shrinker. */
    public ShrinkerHandle handle() {
        return handle;
    }

    /** Removes and returns the hottest object of a cgroup's list. */
    Optional<T> takeHottest(Cgroup cgroup, int node) {
        LruGroup<T> group = groups.existing(cgroup);
        return group == null ? Optional.empty() : takeHottest(group, node);
    }

    /** Removes and returns the hottest object of the root's list. */
    Optional<T> takeHottestOfRoot(int node) {
        return takeHottest(groups.root(), node);
    }

    /** Removes and returns an object from any list of a node. */
    Optional<T> takeAny(int node) {
        return groups.all().flatMap(group -> takeHottest(group, node).stream()).findFirst();
    }

    private static <T> Optional<T> takeHottest(LruGroup<T> group, int node) {
        return Optional.ofNullable(group.list(node).takeHottest()).map(LruItem::value);
    }

    LruGroups<T> groups() {
        return groups;
    }

    LruShrinker<T> shrinker() {
        return shrinker;
    }

    private int checked(int node) {
        if (node < 0 || node >= groups.nodes()) {
            throw new ReclaimerException(
                    Reason.NO_SUCH_NODE,
                    "There is no node [" + node + "]; there are 0 to " + (groups.nodes() - 1) + " [reclaimer.nodes]");
        }
        return node;
    }
}
