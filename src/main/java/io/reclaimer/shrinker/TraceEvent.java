package io.reclaimer.shrinker;

import java.util.Set;

/** An event of one visit. Each visit that has something to scan has one {@link Start} and one {@link End}. */
public sealed interface TraceEvent {

    /** Returns the name of the shrinker. */
    String shrinker();

    /** Returns the visited cgroup; the root for a global shrinker. */
    CgroupPath cgroup();

    /** Returns the node of the pass, which may differ from the node that the shrinker is told. */
    int node();

    /**
     * The event before the first scan call.
     *
     * @param deferred objects that earlier visits deferred
     * @param freeable objects that could be freed, as counted
     * @param delta objects that this visit adds to the deferred ones
     * @param totalScan objects to scan now
     * @param priority of the pass, 12 to 0
     * @param flags of the request
     */
    record Start(
            String shrinker,
            CgroupPath cgroup,
            int node,
            long deferred,
            long freeable,
            long delta,
            long totalScan,
            int priority,
            Set<ReclaimFlag> flags)
            implements TraceEvent {}

    /**
     * The event after the last scan call.
     *
     * @param freed objects freed
     * @param deferredBefore objects that earlier visits deferred, as in {@link Start#deferred}
     * @param deferredAfter objects that are deferred now
     * @param unscanned objects of {@link Start#totalScan} that were not scanned
     */
    record End(
            String shrinker,
            CgroupPath cgroup,
            int node,
            long freed,
            long deferredBefore,
            long deferredAfter,
            long unscanned)
            implements TraceEvent {}
}
