package io.reclaimer.testkit;

import io.reclaimer.ReclaimReport;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.ShrinkerObjects;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A ReclaimReport that a test makes. */
public record FakeReclaimReport(
        CgroupPath cgroup,
        RoundOutcome outcome,
        long freedObjects,
        long freedBytes,
        long freedAtOnceBytes,
        long scannedObjects,
        long visits,
        long skippedVisits,
        int firstPriority,
        int lastPriority,
        Duration elapsed,
        List<ShrinkerObjects> largest,
        long unlistedObjects,
        Map<Shortfall, Long> shortfalls)
        implements ReclaimReport {}
