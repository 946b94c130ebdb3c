package io.reclaimer.testkit;

import io.reclaimer.CountReport;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.ShrinkerObjects;
import io.reclaimer.shrinker.SizeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A CountReport that a test makes. */
public record FakeCountReport(
        CgroupPath cgroup,
        RoundOutcome outcome,
        long freeableObjects,
        long freeableBytes,
        List<Long> plannedObjects,
        long visits,
        Duration elapsed,
        List<ShrinkerObjects> largest,
        long unlistedObjects,
        Map<Shortfall, Long> shortfalls,
        long unsizedObjects)
        implements CountReport {

    @Override
    public Map<SizeSource, Long> heldBytesBySource() {
        return freeableBytes == 0 ? Map.of() : Map.of(SizeSource.DECLARED, freeableBytes);
    }
}
