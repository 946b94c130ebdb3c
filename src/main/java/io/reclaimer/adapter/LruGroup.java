package io.reclaimer.adapter;

import io.reclaimer.Cgroup;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The lists of one cgroup, one per node. Thread-safe. */
final class LruGroup<T> {

    /** Null for the root, which exists even if cgroups are disabled. */
    private final @Nullable Cgroup cgroup;

    private final List<LruList<T>> lists;

    LruGroup(Optional<Cgroup> cgroup, int nodes) {
        this.cgroup = cgroup.orElse(null);
        this.lists =
                IntStream.range(0, nodes).mapToObj(node -> new LruList<T>()).toList();
    }

    /** Returns the cgroup; empty for the root. */
    Optional<Cgroup> cgroup() {
        return Optional.ofNullable(cgroup);
    }

    boolean isOnline() {
        return cgroup == null || cgroup.isOnline();
    }

    boolean isOf(Cgroup other) {
        return cgroup != null && cgroup.equals(other);
    }

    LruList<T> list(int node) {
        return lists.get(node);
    }

    /** Returns whether all lists are dead: they have given their items away and accept no more. */
    boolean isDead() {
        return lists.stream().allMatch(LruList::isDead);
    }

    long size() {
        return lists.stream().mapToLong(LruList::size).sum();
    }
}
