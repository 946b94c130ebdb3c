package io.reclaimer.shrinker;

/**
 * A listener that receives the events of all visits. It is called on the thread of the visit, for different (cgroup,
 * node) pairs at the same time, so it must be thread-safe and quick. An exception is logged and otherwise ignored. A
 * listener whose call does not come back is skipped until it does.
 */
@FunctionalInterface
public interface TraceListener {
    void onEvent(TraceEvent event);
}
