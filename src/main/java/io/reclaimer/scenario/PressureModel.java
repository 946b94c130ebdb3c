package io.reclaimer.scenario;

import java.time.Duration;
import java.util.Optional;

/**
 * Somebody who requests rounds over time, whatever there is.
 *
 * @param member on which; empty for the first
 * @param from since the scenario's beginning
 * @param to when it ends; not below {@code from}
 * @param every above 0. One is left out while the one before is under way
 */
public record PressureModel(
        Position position, Optional<String> member, Duration from, Duration to, Duration every, RoundModel round) {}
