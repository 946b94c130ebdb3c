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
 * The lists of the root, and of each cgroup that objects were added to. The lists of an offline cgroup are dropped once
 * they are dead. Thread-safe.
 */
final class LruGroups<T> {

    /*
     * Cgroups that go offline. The reclaimer first marks the cgroup offline, then calls moveUp for its path and each
     * node. A thread that adds objects may miss that call: it found the cgroup online, but gets the list only after the
     * call has ended, or adds to a list that is not in byPath yet.
     *
     * Therefore each thread that has added objects to a list checks afterwards whether the cgroup is still online. If
     * it is, the list was there before the cgroup went offline, and the reclaimer finds it. If it is not, the thread
     * moves the items up itself (moveUpAll) and checks the next cgroup in the same way. Both may do so; the items move
     * once. (LruStressTest)
     */

    private final int nodes;
    private final LruGroup<T> root;

    /** Groups for threads that add. Hashes and compares no string: cgroups are compared by identity. */
    private final Map<Cgroup, LruGroup<T>> byCgroup = new ConcurrentHashMap<>();

    /**
     * Groups for the reclaimer. If two cgroups have the same path, one after the other, the group of the later one
     * replaces that of the earlier one. The earlier group cannot come back, because its cgroup is offline.
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

    /** Returns the group of a cgroup, or of its nearest online ancestor. Creates it if needed. */
    LruGroup<T> of(Cgroup cgroup) {
        LruGroup<T> known = byCgroup.get(cgroup);
        return known != null ? known : ofNearestOnline(cgroup);
    }

    /** Returns the group of the nearest online cgroup: the cgroup itself or an ancestor. Creates it if needed. */
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

    /** Returns the group for the path that the reclaimer names; null if there is none. */
    @Nullable
    LruGroup<T> at(CgroupPath path) {
        return byPath.get(path);
    }

    /** Returns the group of a cgroup; null if there is none. */
    @Nullable
    LruGroup<T> existing(Cgroup cgroup) {
        return cgroup.path().isRoot() ? root : byCgroup.get(cgroup);
    }

    Stream<LruGroup<T>> all() {
        return Stream.concat(Stream.of(root), byCgroup.values().stream().filter(group -> group != root));
    }

    /**
     * Moves the objects of an offline cgroup on one node to its nearest online ancestor.
     *
     * @param bits called with each cgroup that received objects, and the node; not for the root, which has no bit
     * @return the number of objects that left the cgroup
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
                moveUpAll(above, bits);
            }
            return moved;
        }
    }

    /** Moves up the objects of an offline group on all nodes, as the reclaimer may have missed them. */
    void moveUpAll(LruGroup<T> offline, ObjIntConsumer<Cgroup> bits) {
        for (int node = 0; node < nodes; node++) {
            moveUp(offline, node, bits);
        }
    }

    /** Removes a group from both maps if all its lists are dead. */
    void forgetIfDead(LruGroup<T> group) {
        if (group.isDead()) {
            group.cgroup().ifPresent(cgroup -> {
                byCgroup.remove(cgroup, group);
                byPath.remove(cgroup.path(), group);
            });
        }
    }

    /** Returns the number of groups in the larger of the two maps. */
    int count() {
        return Math.max(byCgroup.size(), byPath.size());
    }
}
