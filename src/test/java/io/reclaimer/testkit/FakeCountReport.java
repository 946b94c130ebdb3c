package io.reclaimer.testkit;

import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shortfall;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A CountReport that a test makes. */
public record FakeCountReport(
        CgroupPath cgroup,
        ReclaimReport.Outcome outcome,
        long freeableObjects,
        long freeableBytes,
        List<Long> plannedObjects,
        long visits,
        Duration elapsed,
        List<CountReport.Counted> largest,
        long unlistedObjects,
        Map<Shortfall, Long> shortfalls,
        long unsizedObjects)
        implements CountReport {}
