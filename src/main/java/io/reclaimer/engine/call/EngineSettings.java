package io.reclaimer.engine.call;

import java.time.Duration;

/**
 * The settings of the engine. Immutable. The reader of the configuration checks them.
 *
 * @param nodes the number of nodes, at least 1
 */
public record EngineSettings(
        int nodes, Cgroups cgroups, Rounds rounds, Calls calls, Quarantine quarantine, Refaults.Settings refaults) {

    /**
     * The settings of cgroups.
     *
     * @param enabled whether there is a tree at all
     * @param objectAccounting whether shrinkers that are not non-slab are called in cgroups
     * @param idLimit how many ids there may be; a multiple of 64
     * @param offlineTimeout how long a request to take a cgroup offline waits for its visits
     * @param idleAfter how long a cgroup is clean on a node until it is passivated there
     */
    public record Cgroups(
            boolean enabled, boolean objectAccounting, int idLimit, Duration offlineTimeout, Duration idleAfter) {}

    /**
     * The settings of rounds.
     *
     * @param max how many rounds may be under way
     * @param reportEntries how many entries the report of a round lists
     * @param deadline the deadline of a round that the engine starts by itself
     * @param strictOrder whether a visit ends before the next one of its pass begins
     */
    public record Rounds(int max, int reportEntries, Duration deadline, boolean strictOrder) {}

    /**
     * The settings of calls to shrinkers.
     *
     * @param lateAfter how long a pass waits for a visit, and a thread for a call, before others go on without it
     * @param deadline how long a call may take if its shrinker does not say
     * @param blocking how many calls of blocking shrinkers may run, without those that are slow or past their deadline
     * @param blockingPerShrinker how many calls of one shrinker may run, with those past their deadline
     */
    public record Calls(Duration lateAfter, Duration deadline, int blocking, int blockingPerShrinker) {}

    /**
     * The settings of quarantine.
     *
     * @param afterFaults how many faults in a row put a shrinker in quarantine
     * @param duration of the first one; it doubles with each return without a good visit in between
     */
    public record Quarantine(int afterFaults, Duration duration) {}
}
