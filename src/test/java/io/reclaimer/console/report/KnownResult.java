package io.reclaimer.console.report;

import io.reclaimer.scenario.model.EventDetail;
import io.reclaimer.scenario.model.EventDetail.RoundEnded;
import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.model.ScenarioResult;
import io.reclaimer.scenario.model.ScenarioResult.Event;
import io.reclaimer.scenario.model.ScenarioResult.Kind;
import io.reclaimer.scenario.model.ScenarioResult.Point;
import io.reclaimer.scenario.model.ScenarioResult.Series;
import io.reclaimer.scenario.model.ScenarioResult.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Builds a scenario result from known events and values. Times are milliseconds. */
final class KnownResult {

    private final List<Verdict> verdicts = new ArrayList<>();
    private final List<Event> timeline = new ArrayList<>();
    private final List<Series> series = new ArrayList<>();
    private Scenario scenario = new NoisyScenario().scenario();
    private Duration elapsed = Duration.ofSeconds(10);

    KnownResult of(Scenario other) {
        scenario = other;
        return this;
    }

    KnownResult elapsed(Duration other) {
        elapsed = other;
        return this;
    }

    KnownResult event(long at, Kind kind, String text) {
        return event(at, "", kind, text);
    }

    KnownResult event(long at, String member, Kind kind, String text) {
        return event(
                at,
                member,
                kind,
                new EventDetail.Note(kind == Kind.EXPECTATION ? text : text.split("[:,] ", 2)[0], text));
    }

    KnownResult event(long at, String member, Kind kind, EventDetail detail) {
        timeline.add(new Event(Duration.ofMillis(at), member, kind, detail));
        return this;
    }

    KnownResult round(long at, String outcome, long freed) {
        return round(at, "", "pressure over /", outcome, freed);
    }

    KnownResult round(long at, String member, String subject, String outcome, long freed) {
        return event(at, member, Kind.ROUND, new RoundEnded(subject, outcome, freed, Duration.ZERO, List.of()));
    }

    KnownResult verdict(long at, boolean passed, String what, int line) {
        verdicts.add(new Verdict(line, passed, what, "at least 7", passed ? "8" : "6", Duration.ofMillis(at)));
        return this;
    }

    /** Adds a series with one value a second. */
    KnownResult series(String name, String unit, double... values) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            points.add(new Point(Duration.ofSeconds(i), values[i]));
        }
        series.add(new Series(name, unit, points));
        return this;
    }

    ScenarioResult result() {
        return new ScenarioResult(scenario, elapsed, verdicts, timeline, series);
    }

    ScenarioOutcome outcome() {
        return new ScenarioOutcome("known.conf", result(), Duration.ofMillis(12));
    }
}
