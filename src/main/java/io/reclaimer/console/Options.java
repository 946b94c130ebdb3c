package io.reclaimer.console;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a node is to do.
 *
 * @param runFor when it ends by itself; empty for never
 * @param reclaim whether rounds are started
 * @param pace of the requests
 * @param loads for each tenant, where its keys come from
 */
record Options(Optional<Duration> runFor, boolean reclaim, Pace pace, List<Load> loads) {

    record Load(Tenant tenant, KeySource keys) {}
}
