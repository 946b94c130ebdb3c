package io.reclaimer.shrinker;

/**
 * Hears of every visit. Called on the thread that runs the visit, for different (cgroup, node) pairs at the same time:
 * an implementation is thread-safe and quick. What it throws is logged and otherwise ignored.
 */
@FunctionalInterface
public interface TraceListener {
    void onEvent(TraceEvent event);
}
