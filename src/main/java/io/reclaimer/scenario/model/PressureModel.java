package io.reclaimer.scenario.model;

import java.util.Optional;

/**
 * Rounds requested over time, whatever the state of memory. A request is skipped while the previous round is under way.
 *
 * @param member the requesting member; empty for the first
 */
public record PressureModel(Optional<String> member, Repetition times, RoundModel round) {}
