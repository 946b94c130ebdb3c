package io.reclaimer.console;

import io.reclaimer.scenario.Position;
import io.reclaimer.scenario.ScenarioResult;
import io.reclaimer.scenario.ScenarioResult.Event;
import io.reclaimer.scenario.ScenarioResult.Kind;
import io.reclaimer.scenario.ScenarioResult.Verdict;
import io.reclaimer.scenario.Step;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A scenario that was run.
 *
 * @param file where it stands, as the user names it
 * @param took how long running it took
 */
record ScenarioOutcome(String file, ScenarioResult result, Duration took) {

    /** How many events show how it came to a failure. */
    static final int EVENTS_BEFORE = 10;

    String name() {
        return result.scenario().name();
    }

    boolean passed() {
        return result.passed();
    }

    /** As {@code noisy.conf:12}; the file alone where the line is not known. */
    String where(Verdict verdict) {
        return verdict.position().line() == 0
                ? file
                : file + ":" + verdict.position().line();
    }

    /** The last that happened before it was decided, in that order; verdicts are nothing that happens. */
    List<Event> before(Verdict verdict) {
        List<Event> all = result.timeline().subList(0, decided(verdict));
        List<Event> happened =
                all.stream().filter(event -> event.kind() != Kind.EXPECTATION).toList();
        return happened.subList(Math.max(0, happened.size() - EVENTS_BEFORE), happened.size());
    }

    /** How many events there were by then. What a step expects is decided before the next step, often at the same time. */
    private int decided(Verdict verdict) {
        List<Event> events = result.timeline();
        int byTime = (int) IntStream.range(0, events.size())
                .takeWhile(i -> events.get(i).at().compareTo(verdict.at()) <= 0)
                .count();
        int step = step(verdict.position());
        if (step < 0) {
            return byTime;
        }
        int[] steps = IntStream.range(0, byTime)
                .filter(i -> events.get(i).kind() == Kind.STEP)
                .toArray();
        return step + 1 < steps.length ? steps[step + 1] : byTime;
    }

    /** The step that stands there; each has one event, in their order. -1 where it is none, or where that is not known. */
    private int step(Position position) {
        List<Step> steps = result.scenario().steps();
        return position.equals(Position.NOWHERE)
                ? -1
                : IntStream.range(0, steps.size())
                        .filter(i -> steps.get(i).position().equals(position))
                        .findFirst()
                        .orElse(-1);
    }
}
