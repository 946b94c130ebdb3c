package io.reclaimer.engine;

import java.time.Duration;

/**
 * What an operator can change about the engine; checked by who reads the configuration.
 *
 * @param nodes how many memories there are, at least 1
 * @param cgroupsEnabled whether there is a tree at all
 * @param objectAccounting whether shrinkers that are not non-slab are called in cgroups
 * @param idLimit how many ids there may be; a multiple of 64
 * @param lateAfter how long a pass waits for a visit, and a thread for a call, before others go on without it
 * @param offlineTimeout how long the request to take a cgroup offline waits for its visits
 * @param idleAfter how long a pair is clean until its actor ends
 * @param maxRounds how many rounds may be under way
 * @param reportEntries how many entries the report of a round lists
 * @param quarantineAfter how many faults in a row put a shrinker in quarantine
 * @param quarantineFor how long the first time; doubled each time it returns without a good visit between
 * @param roundDeadline how long a round may take that nobody asked for by itself
 * @param callDeadline how long a call may take where its shrinker does not say
 * @param strictOrder whether a visit ends before the next one of its walk begins
 * @param blockingCalls how many calls of blocking shrinkers may run, but for those past their deadline
 * @param blockingCallsPerShrinker how many of one shrinker, those past their deadline too
 * @param thrash what refaults do
 */
public record EngineSettings(
        int nodes,
        boolean cgroupsEnabled,
        boolean objectAccounting,
        int idLimit,
        Duration lateAfter,
        Duration offlineTimeout,
        Duration idleAfter,
        int maxRounds,
        int reportEntries,
        int quarantineAfter,
        Duration quarantineFor,
        Duration roundDeadline,
        Duration callDeadline,
        boolean strictOrder,
        int blockingCalls,
        int blockingCallsPerShrinker,
        Refaults.Settings thrash) {}
