package io.reclaimer.console.report;

import io.reclaimer.scenario.model.ScenarioResult;
import io.reclaimer.scenario.model.ScenarioResult.Event;
import io.reclaimer.scenario.model.ScenarioResult.Kind;
import io.reclaimer.scenario.model.ScenarioResult.Verdict;
import io.reclaimer.scenario.model.Step;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A scenario that was run.
 *
 * @param file its file, as the user names it
 * @param took the time that the run took
 */
public record ScenarioOutcome(String file, ScenarioResult result, Duration took) {

    /** The number of events that are shown before a failure. */
    static final int EVENTS_BEFORE_FAILURE = 10;

    String name() {
        return result.scenario().name();
    }

    public boolean passed() {
        return result.passed();
    }

    /** Returns a verdict's place, as {@code noisy.conf:12}; the file alone if the line is unknown. */
    String where(Verdict verdict) {
        return verdict.line() == 0 ? file : file + ":" + verdict.line();
    }

    /**
     * Returns the indexes in the timeline of the last events before a verdict was decided. Other verdicts are no
     * events.
     */
    List<Integer> eventsBefore(Verdict verdict) {
        List<Event> events = result.timeline();
        List<Integer> before = IntStream.range(0, decided(verdict))
                .filter(i -> events.get(i).kind() != Kind.EXPECTATION)
                .boxed()
                .toList();
        return before.subList(Math.max(0, before.size() - EVENTS_BEFORE_FAILURE), before.size());
    }

    /**
     * Returns the number of events before a verdict was decided. The expectation of a step is decided before the next
     * step, which may happen at the same time.
     */
    private int decided(Verdict verdict) {
        List<Event> events = result.timeline();
        int byTime = (int) IntStream.range(0, events.size())
                .takeWhile(i -> events.get(i).at().compareTo(verdict.at()) <= 0)
                .count();
        int step = step(verdict);
        if (step < 0) {
            return byTime;
        }
        int[] steps = IntStream.range(0, byTime)
                .filter(i -> events.get(i).kind() == Kind.STEP)
                .toArray();
        return step + 1 < steps.length ? steps[step + 1] : byTime;
    }

    /** The number of the step that a verdict is about, by its line and its text; -1 for a verdict about an expectation. */
    private int step(Verdict verdict) {
        List<Step> steps = result.scenario().course().steps();
        return IntStream.range(0, steps.size())
                .filter(i -> steps.get(i).line() == verdict.line()
                        && steps.get(i).action().text().equals(verdict.what()))
                .findFirst()
                .orElse(-1);
    }
}
