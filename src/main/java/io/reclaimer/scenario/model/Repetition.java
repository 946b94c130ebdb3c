package io.reclaimer.scenario.model;

import java.time.Duration;

/**
 * The times of something that happens again and again: {@code from}, {@code from + every} and so on, before {@code to}.
 *
 * @param from since the start of the scenario
 * @param to since the start of the scenario; at least {@code from}
 * @param every above 0
 */
public record Repetition(Duration from, Duration to, Duration every) {}
