package io.reclaimer.scenario.model;

import java.time.Duration;
import java.util.List;

/**
 * The result of a run. The same scenario gives the same result.
 *
 * @param elapsed the virtual time of the run
 * @param verdicts in the order of the scenario: those of steps, then those of expectations
 * @param timeline the events in the order in which they happened
 * @param series sampled values for charts
 */
public record ScenarioResult(
        Scenario scenario, Duration elapsed, List<Verdict> verdicts, List<Event> timeline, List<Series> series) {

    /** The kind of an event. */
    public enum Kind {
        STEP,
        ROUND,
        HEAP,
        FAULT,
        EXPECTATION
    }

    /**
     * One event.
     *
     * @param at since the start
     * @param member where it happened; empty for a run without a cluster, and for an event of no member
     */
    public record Event(Duration at, String member, Kind kind, EventDetail detail) {

        /** One line for people. */
        public String text() {
            return detail.text();
        }
    }

    /**
     * The decision about one expectation.
     *
     * @param line of the step or expectation in the file; 0 for an unknown line
     * @param what the step or the value, in words
     * @param expected in short
     * @param actual the value that decided
     * @param at when it was decided
     */
    public record Verdict(int line, boolean passed, String what, String expected, String actual, Duration at)
            implements EventDetail {

        @Override
        public String subject() {
            return text();
        }

        @Override
        public String text() {
            return (passed ? "as expected: " : "not as expected: ") + what + ": " + actual
                    + (passed ? "" : ", expected " + expected);
        }
    }

    /**
     * One value over time.
     *
     * @param unit {@code objects} or {@code %}
     */
    public record Series(String name, String unit, List<Point> points) {}

    /** A value at a time. */
    public record Point(Duration at, double value) {}

    public ScenarioResult {
        verdicts = List.copyOf(verdicts);
        timeline = List.copyOf(timeline);
        series = List.copyOf(series);
    }

    /** Whether every verdict passed. */
    public boolean passed() {
        return verdicts.stream().allMatch(Verdict::passed);
    }

    /** The failed verdicts. */
    public List<Verdict> failures() {
        return verdicts.stream().filter(verdict -> !verdict.passed()).toList();
    }
}
