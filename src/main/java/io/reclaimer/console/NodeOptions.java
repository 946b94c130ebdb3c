package io.reclaimer.console;

import io.reclaimer.console.demo.Pace;
import io.reclaimer.console.demo.Tenant;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The options of a run.
 *
 * @param runFor the duration of the run; empty for a run until Ctrl-C
 * @param reclaim whether the reclaimer is on
 * @param loads the source of each tenant's keys
 */
record NodeOptions(Optional<Duration> runFor, boolean reclaim, Pace pace, List<Load> loads) {

    /** @param keys its string describes it to users */
    record Load(Tenant tenant, LongSupplier keys) {}
}
