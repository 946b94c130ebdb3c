package io.reclaimer.shrinker;

/** How a round ended. */
public enum RoundOutcome {
    /** The round had no target, and its one pass is done. */
    DONE,
    /** The target is reached. */
    TARGET_REACHED,
    /** The target was not reached down to the last priority. */
    TARGET_MISSED,
    /** The deadline passed. */
    DEADLINE,
    /** The cancellation of the request was thrown. */
    CANCELLED,
    /** The actor system is shutting down. */
    SHUTDOWN,
    /** The cgroup was not online, so there was nothing to do. */
    NOT_ONLINE
}
