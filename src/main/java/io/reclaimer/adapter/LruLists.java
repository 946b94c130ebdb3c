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
 * The objects of a cache in lists by cgroup and node, the coldest of which the reclaimer frees: for a cache that keeps its
 * own table and wants to be told what to drop. What {@code list_lru} is in the Linux kernel.
 *
 * <p>Any thread, many at a time: each list has a small lock of its own, and there is no other. Adding and removing take it
 * for some nanoseconds; {@link LruItem#touch} takes none.
 *
 * <p>What holds:
 *
 * <ul>
 *   <li>an object is removed by its owner or reclaimed, never both, and never lost;
 *   <li>where a list has objects, a round finds it: the bit is set with the first one;
 *   <li>objects of a cgroup that goes offline are their nearest online ancestor's, in its list's cold end; those that are
 *       added to it later are that ancestor's, too. A cgroup that comes online again under the same path starts empty.
 * </ul>
 *
 * <p>After {@link ShrinkerHandle#free} the lists can be used as before, but nothing is reclaimed, and the objects of a
 * cgroup that goes offline stay in its lists until another one is added to it. Where cgroups are disabled there is the
 * root only.
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
     * Registers lists that do not look for refaults.
     *
     * @param spec is made one by cgroup and by node
     * @return the lists, registered; fails as {@link Reclaimer#register} does
     */
    public static <T> CompletionStage<LruLists<T>> register(Reclaimer reclaimer, ShrinkerSpec spec, LruOwner<T> owner) {
        Objects.requireNonNull(owner, "owner");
        return register(reclaimer, spec, owner, Optional.empty(), () -> true);
    }

    /**
     * Registers lists that count refaults: objects added whose key was reclaimed not long ago. For that the last
     * {@value LruShrinker#GHOSTS} keys that were reclaimed are held, with 16 bytes for each.
     *
     * @param spec is made one by cgroup and by node
     * @param keyOf the key of an object, not null: equal for the object that was reclaimed and the one that comes in its
     *     place. Called when an object is added, and when it is reclaimed; so it should be cheap. Not the object itself, which
     *     would be held with the key.
     * @return the lists, registered; fails as {@link Reclaimer#register} does
     */
    public static <T> CompletionStage<LruLists<T>> register(
            Reclaimer reclaimer, ShrinkerSpec spec, LruOwner<T> owner, Function<? super T, ?> keyOf) {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(keyOf, "keyOf");
        return register(reclaimer, spec, owner, Optional.of(keyOf), () -> true);
    }

    /** The same, for objects that are not always of use when they are freed: else scans stop. */
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
     * Adds an object at the hot end of a list: of that cgroup, or of its nearest ancestor that is online.
     *
     * @param node its number, from 0
     * @throws ReclaimerException where there is no such node
     */
    public LruItem<T> add(Cgroup cgroup, int node, T value) {
        Objects.requireNonNull(cgroup, "cgroup");
        Objects.requireNonNull(value, "value");
        return add(groups.of(cgroup), checked(node), value);
    }

    /**
     * Adds an object that belongs to no cgroup, at the hot end of the root's list.
     *
     * @param node its number, from 0
     * @throws ReclaimerException where there is no such node
     */
    public LruItem<T> addToRoot(int node, T value) {
        Objects.requireNonNull(value, "value");
        return add(groups.root(), checked(node), value);
    }

    /** Adds to a group that was found before, be its cgroup online still or not. */
    LruItem<T> add(LruGroup<T> found, int node, T value) {
        // First, as it calls the owner's code: where that throws nothing was added.
        if (shrinker.isRefault(value)) {
            handle.refaulted(1);
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
            groups.rescue(group, handle::setBit);
        } else if (before == 0) {
            group.cgroup().ifPresent(cgroup -> handle.setBit(cgroup, node));
        }
        return item;
    }

    /**
     * How many objects there are in a list; 0 for a cgroup that is offline.
     *
     * @param node its number, from 0
     * @throws ReclaimerException where there is no such node
     */
    public long size(Cgroup cgroup, int node) {
        checked(node);
        LruGroup<T> group = groups.existing(cgroup);
        return group == null ? 0 : group.list(node).size();
    }

    /**
     * How many objects there are in the root's list.
     *
     * @param node its number, from 0
     * @throws ReclaimerException where there is no such node
     */
    public long sizeOfRoot(int node) {
        return groups.root().list(checked(node)).size();
    }

    /** How many objects there are in all lists. Counts list by list, so it is not exact while they change. */
    public long size() {
        return groups.all().mapToLong(LruGroup::size).sum();
    }

    /** How many objects the reclaimer took so far. */
    public long reclaimed() {
        return shrinker.reclaimed();
    }

    /** How many objects were added whose key was reclaimed not long before; reported to the handle as well. */
    public long refaults() {
        return shrinker.refaults();
    }

    /** The registered shrinker. */
    public ShrinkerHandle handle() {
        return handle;
    }

    /** Takes the hottest object out of a cgroup's list. */
    Optional<T> takeHottest(Cgroup cgroup, int node) {
        LruGroup<T> group = groups.existing(cgroup);
        return group == null ? Optional.empty() : takeHottest(group, node);
    }

    /** Takes the hottest object out of the root's list. */
    Optional<T> takeHottestOfRoot(int node) {
        return takeHottest(groups.root(), node);
    }

    /** Takes some object out of any list of a node. */
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
