package io.reclaimer.adapter;

import io.reclaimer.Cgroup;
import io.reclaimer.shrinker.CgroupPath;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ObjIntConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lists of all cgroups that ever had an object. Any thread.
 *
 * <p>Cgroups that go offline: the reclaimer first makes the cgroup say that it is offline, then calls
 * {@link #moveUp} for its path and each node. Somebody who adds may miss that: who found the cgroup online, but has its
 * list only after that call was through, or adds to a list that is not in {@link #byPath} yet. So whoever has put objects
 * into a list looks <em>afterwards</em> whether the cgroup is still online. If it is, the list was there before the
 * cgroup went offline, and the reclaimer finds it. If it is not, the list's items are moved up by whom has seen it
 * ({@link #rescue}), who looks at the next cgroup in the same way. Both may do it, and it is done once. (LruStressTest)
 */
final class LruGroups<T> {

    private final int nodes;
    private final LruGroup<T> root;

    /** For who adds. No string is hashed or compared here: cgroups are equal where they are the same. */
    private final Map<Cgroup, LruGroup<T>> byCgroup = new ConcurrentHashMap<>();

    /**
     * For the reclaimer. Of two cgroups of one path, one after the other online, the later has its place: its group takes
     * that of the former, whose own can't come back, for then its cgroup is offline.
     */
    private final Map<CgroupPath, LruGroup<T>> byPath = new ConcurrentHashMap<>();

    LruGroups(int nodes) {
        this.root = new LruGroup<>(Optional.empty(), nodes);
        this.nodes = nodes;
        byPath.put(CgroupPath.root(), root);
    }

    LruGroup<T> root() {
        return root;
    }

    int nodes() {
        return nodes;
    }

    /** The group of a cgroup, or of its nearest ancestor that is online; made if need be. */
    LruGroup<T> of(Cgroup cgroup) {
        LruGroup<T> known = byCgroup.get(cgroup);
        return known != null ? known : ofNearestOnline(cgroup);
    }

    /** The same for a cgroup that is, or may be, offline. */
    LruGroup<T> ofNearestOnline(Cgroup cgroup) {
        while (true) {
            Cgroup nearest = cgroup.nearestOnline();
            LruGroup<T> known = byCgroup.get(nearest);
            if (known != null && known.isOnline()) {
                return known;
            }
            LruGroup<T> group = byPath.compute(nearest.path(), (path, there) -> place(nearest, there));
            if (group != null && (nearest.path().isRoot() || group.isOf(nearest))) {
                byCgroup.putIfAbsent(nearest, group);
                return group;
            }
        }
    }

    private @Nullable LruGroup<T> place(Cgroup cgroup, @Nullable LruGroup<T> there) {
        if (cgroup.path().isRoot() || (there != null && there.isOf(cgroup)) || !cgroup.isOnline()) {
            return there;
        }
        return new LruGroup<>(Optional.of(cgroup), nodes);
    }

    /** The group that the reclaimer means by a path; null where there is none. */
    @Nullable
    LruGroup<T> at(CgroupPath path) {
        return byPath.get(path);
    }

    /** The group of a cgroup; null where there is none. */
    @Nullable
    LruGroup<T> existing(Cgroup cgroup) {
        return cgroup.path().isRoot() ? root : byCgroup.get(cgroup);
    }

    Stream<LruGroup<T>> all() {
        return Stream.concat(Stream.of(root), byCgroup.values().stream().filter(group -> group != root));
    }

    /**
     * Moves the objects of an offline cgroup to its nearest ancestor that is online, on one node.
     *
     * @param bits is told of each cgroup that got objects
     * @return how many left the cgroup
     */
    long moveUp(LruGroup<T> offline, int node, ObjIntConsumer<Cgroup> bits) {
        Cgroup cgroup = offline.cgroup().orElseThrow();
        while (true) {
            LruGroup<T> above = ofNearestOnline(cgroup);
            long moved = offline.list(node).moveTo(above.list(node));
            if (moved == LruList.DEAD) {
                forgetIfDead(above);
                continue;
            }
            forgetIfDead(offline);
            if (moved > 0) {
                above.cgroup().ifPresent(now -> bits.accept(now, node));
            }
            if (!above.isOnline()) {
                rescue(above, bits);
            }
            return moved;
        }
    }

    /** Moves up what is in a group that is offline, on all nodes, as the reclaimer may have missed it. */
    void rescue(LruGroup<T> offline, ObjIntConsumer<Cgroup> bits) {
        for (int node = 0; node < nodes; node++) {
            moveUp(offline, node, bits);
        }
    }

    /** Nobody finds a group any more in which nothing can ever be again. */
    void forgetIfDead(LruGroup<T> group) {
        if (group.isDead()) {
            group.cgroup().ifPresent(cgroup -> {
                byCgroup.remove(cgroup, group);
                byPath.remove(cgroup.path(), group);
            });
        }
    }

    /** How many groups are known, by either way. */
    int known() {
        return Math.max(byCgroup.size(), byPath.size());
    }
}
