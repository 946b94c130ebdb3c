package io.reclaimer.shrinker;

/**
 * A property that a shrinker declares. All are optional. Without any, a shrinker is global, quick and lossy, and a
 * garbage collection frees its memory.
 */
public enum ShrinkerTrait {
    /**
     * Keeps its objects by cgroup. Without it, the shrinker is global: it belongs to no cgroup and is called with the
     * root.
     */
    CGROUP_AWARE,
    /** Keeps its objects by node. Without it, the shrinker is called with node 0. */
    NUMA_AWARE,
    /** Is called in cgroups even while object accounting is off. */
    NON_SLAB,
    /**
     * May wait inside a call, for a disk, a lock or a socket. It is called on threads of its own, where it holds up no
     * other shrinker, and is not called at all if the caller of the request can't wait.
     */
    BLOCKING,
    /** May be called again for a (cgroup, node) pair while a call for it is under way. */
    REENTRANT,
    /** Frees only objects that can be restored unchanged without their source (compressed, spilled, pooled). */
    LOSSLESS,
    /** Frees its memory before the scan has answered. Without it, a later garbage collection frees the memory. */
    FREES_AT_ONCE
}
