package io.reclaimer.shrinker;

/** What a shrinker says of itself. All are optional; without any it is global, quick, lossy, and its memory is the heap's. */
public enum ShrinkerTrait {
    /** Keeps its objects by cgroup; without it the shrinker is global, belongs to no cgroup, and is called with the root. */
    CGROUP_AWARE,
    /** Keeps its objects by node; without it the shrinker is called with node 0. */
    NUMA_AWARE,
    /** Is called in cgroups even while object accounting is off. */
    NON_SLAB,
    /**
     * May wait inside a call (for a disk, a lock, a socket): is called on threads of its own, where waiting holds up
     * nobody else, and not at all where the request's caller can't wait.
     */
    BLOCKING,
    /** May be called again for a (cgroup, node) pair while a call for it is under way. */
    REENTRANT,
    /** What it frees is not lost: it can be had again unchanged, without its source (compressed, spilled, pooled). */
    LOSSLESS,
    /** The memory it frees is back when the scan has answered; without it, after a garbage collection. */
    FREES_AT_ONCE
}
