package io.reclaimer.console.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.scenario.model.ScenarioResult.Event;
import io.reclaimer.scenario.model.ScenarioResult.Kind;
import io.reclaimer.scenario.model.ScenarioResult.Verdict;
import io.reclaimer.scenario.model.Step;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScenarioOutcomeTest {

    private final KnownResult known = new KnownResult();

    @Test
    void theLastTenEventsUntilAFailureAreBeforeIt() {
        IntStream.range(0, 30).forEach(i -> known.round(i * 100L, "TARGET_REACHED", i));
        ScenarioOutcome outcome = known.verdict(2_000, false, "w", 9).outcome();
        assertThat(before(outcome))
                .extracting(Event::at)
                .containsExactlyElementsOf(IntStream.rangeClosed(11, 20)
                        .mapToObj(i -> Duration.ofMillis(i * 100L))
                        .toList());
    }

    @Test
    void otherVerdictsAreNotAmongTheEventsBefore() {
        ScenarioOutcome outcome = known.round(1, "TARGET_REACHED", 1)
                .event(2, Kind.EXPECTATION, "not as expected: w")
                .verdict(2, false, "w", 9)
                .outcome();
        assertThat(before(outcome)).extracting(Event::kind).containsExactly(Kind.ROUND);
    }

    /** All events are at the same time, as in a scenario without times. */
    @Test
    void laterStepsAreNotBeforeAFailedStep() {
        ScenarioOutcome outcome = known.of(new NoisyScenario()
                        .step(5, 0, new Step.Dump())
                        .step(6, 0, new Step.Dump())
                        .step(7, 0, new Step.Dump())
                        .scenario())
                .event(0, Kind.STEP, "first")
                .event(0, Kind.STEP, "second")
                .event(0, Kind.ROUND, "its round")
                .event(0, Kind.STEP, "third")
                .verdict(0, false, "dump", 6)
                .outcome();
        assertThat(before(outcome)).extracting(Event::text).containsExactly("first", "second", "its round");
    }

    @Test
    void thePlaceIsTheFileIfTheLineIsUnknown() {
        ScenarioOutcome outcome =
                known.verdict(0, true, "w", 0).verdict(0, true, "w", 12).outcome();
        List<Verdict> verdicts = outcome.result().verdicts();
        assertThat(outcome.where(verdicts.get(0))).isEqualTo("known.conf");
        assertThat(outcome.where(verdicts.get(1))).isEqualTo("known.conf:12");
    }

    /** The events before the only verdict. */
    private static List<Event> before(ScenarioOutcome outcome) {
        return outcome.eventsBefore(outcome.result().verdicts().get(0)).stream()
                .map(outcome.result().timeline()::get)
                .toList();
    }
}
