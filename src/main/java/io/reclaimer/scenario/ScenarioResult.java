package io.reclaimer.scenario;

import java.time.Duration;
import java.util.List;

/**
 * What a scenario came to. Immutable. The same scenario gives the same result.
 *
 * @param elapsed how much time went by in it
 * @param verdicts what was expected, in the order of the scenario: of its steps, then of its expectations
 * @param timeline what happened, in that order
 * @param series what charts show: values at the same times
 */
public record ScenarioResult(
        Scenario scenario, Duration elapsed, List<Verdict> verdicts, List<Event> timeline, List<Series> series) {

    /** What kind of thing happened. */
    public enum Kind {
        STEP,
        ROUND,
        HEAP,
        FAULT,
        MEMBER,
        EXPECTATION
    }

    /**
     * Something that happened.
     *
     * @param at since the beginning
     * @param member on which; empty where there is but one, or it was on none
     */
    public record Event(Duration at, String member, Kind kind, String text) {}

    /**
     * Whether something was as expected.
     *
     * @param position where in the file it is expected
     * @param what was expected of what, in words
     * @param expected in short
     * @param actual what it was, and where it failed the value that failed
     * @param at when that was decided
     */
    public record Verdict(
            Position position, boolean passed, String what, String expected, String actual, Duration at) {}

    /**
     * One value over time.
     *
     * @param unit as "objects" or "%"
     */
    public record Series(String name, String unit, List<Point> points) {}

    /** A value at a time. */
    public record Point(Duration at, double value) {}

    public ScenarioResult {
        verdicts = List.copyOf(verdicts);
        timeline = List.copyOf(timeline);
        series = List.copyOf(series);
    }

    /** Whether all was as expected. */
    public boolean passed() {
        return verdicts.stream().allMatch(Verdict::passed);
    }

    /** Those that were not. */
    public List<Verdict> failures() {
        return verdicts.stream().filter(verdict -> !verdict.passed()).toList();
    }
}
