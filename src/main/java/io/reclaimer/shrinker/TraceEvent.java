package io.reclaimer.shrinker;

import java.util.Set;

/** What happened in one visit: one {@link Start} and one {@link End} for each that had something to do. */
public sealed interface TraceEvent {

    /** The shrinker's name. */
    String shrinker();

    /** The visited cgroup; the root for a global shrinker. */
    CgroupPath cgroup();

    /** The node the pass is for, whatever node the shrinker was told. */
    int node();

    /**
     * Before the first scan call.
     *
     * @param deferred objects owed by earlier visits
     * @param freeable objects that could be freed, as counted
     * @param delta objects this visit adds to what is owed
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
     * After the last scan call.
     *
     * @param freed objects freed
     * @param deferredBefore objects owed by earlier visits, as in {@link Start#deferred}
     * @param deferredAfter objects owed now
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
