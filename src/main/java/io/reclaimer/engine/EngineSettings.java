package io.reclaimer.engine;

import java.time.Duration;

/**
 * What an operator can change about the engine; checked by who reads the configuration.
 *
 * @param nodes how many memories there are, at least 1
 * @param cgroupsEnabled whether there is a tree at all
 * @param objectAccounting whether shrinkers that are not non-slab are called in cgroups
 * @param idLimit how many ids there may be; a multiple of 64
 * @param growthTimeout how long a cgroup may take to grow its map
 * @param offlineTimeout how long the request to take a cgroup offline waits for its visits
 * @param maxRounds how many rounds may be under way
 * @param reportEntries how many entries the report of a round lists
 * @param quarantineAfter how many faults in a row put a shrinker in quarantine
 * @param quarantineFor how long the first time; doubled each time it returns without a good visit between
 */
public record EngineSettings(
        int nodes,
        boolean cgroupsEnabled,
        boolean objectAccounting,
        int idLimit,
        Duration growthTimeout,
        Duration offlineTimeout,
        int maxRounds,
        int reportEntries,
        int quarantineAfter,
        Duration quarantineFor) {}
