package io.reclaimer.engine;

import io.reclaimer.shrinker.CgroupPath;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The unawaited reparents under way, by the path that went offline. Thread-safe; guarded by {@code this}. */
final class UnawaitedReparents {

    private final Map<CgroupPath, Set<UnawaitedReparent>> byPath = new HashMap<>();

    synchronized void add(UnawaitedReparent reparent) {
        byPath.computeIfAbsent(reparent.path(), path -> new HashSet<>(2)).add(reparent);
    }

    synchronized void remove(UnawaitedReparent reparent) {
        Set<UnawaitedReparent> there = byPath.get(reparent.path());
        if (there != null && there.remove(reparent) && there.isEmpty()) {
            byPath.remove(reparent.path());
        }
    }

    /** Tells the reparents of former cgroups of the same path that a new one is online. Called by the tree. */
    synchronized void cameOnline(CgroupHandle cgroup) {
        byPath.getOrDefault(cgroup.path(), Set.of()).forEach(reparent -> reparent.setSuccessor(cgroup));
    }
}
