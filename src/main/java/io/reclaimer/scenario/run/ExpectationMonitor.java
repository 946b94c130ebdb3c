package io.reclaimer.scenario.run;

import io.reclaimer.scenario.model.Expectation;
import io.reclaimer.scenario.model.Expectation.Mode;
import io.reclaimer.scenario.model.Expectation.When;
import io.reclaimer.scenario.model.Formats;
import io.reclaimer.scenario.model.ScenarioResult.Kind;
import io.reclaimer.scenario.model.ScenarioResult.Verdict;
import java.time.Duration;
import java.util.Optional;

/** Checks one expectation, sample by sample, until it is decided. Confined to the thread of the run. */
final class ExpectationMonitor {

    private final Expectation expectation;
    private final When when;
    private final Measurements measurements;
    private final Timeline timeline;
    private double last = Double.NaN;
    private Optional<Verdict> verdict = Optional.empty();

    ExpectationMonitor(Expectation expectation, Measurements measurements, Timeline timeline) {
        this.expectation = expectation;
        this.when = expectation.when();
        this.measurements = measurements;
        this.timeline = timeline;
    }

    /** The time of a sample that is needed beside the regular ones; empty for none. */
    Optional<Duration> due() {
        return when.mode() == Mode.AT || when.mode() == Mode.EVENTUALLY ? Optional.of(when.to()) : Optional.empty();
    }

    /** Takes a sample, if one is needed now. */
    void sample(Duration now) {
        boolean isOver = due().isEmpty() && now.compareTo(when.to()) > 0;
        if (verdict.isPresent() || when.mode() == Mode.AT_THE_END || now.compareTo(when.from()) < 0 || isOver) {
            return;
        }
        boolean fits = measure();
        boolean isDecided = switch (when.mode()) {
            case AT -> true;
            case EVENTUALLY -> fits || now.compareTo(when.to()) >= 0;
            case ALWAYS -> !fits;
            case NEVER -> fits;
            case AT_THE_END -> false;
        };
        if (isDecided) {
            decide(fits && when.mode() != Mode.NEVER, now);
        }
    }

    /** Returns the verdict at the end of the run. Without a sample in its range, nothing was seen to hold. */
    Verdict end(Duration now) {
        if (verdict.isEmpty()) {
            boolean isRange = when.mode() == Mode.ALWAYS || when.mode() == Mode.NEVER;
            decide(isRange ? !Double.isNaN(last) : measure(), now);
        }
        return verdict.orElseThrow();
    }

    private boolean measure() {
        last = measurements.measure(expectation.value());
        return expectation.fits(last);
    }

    private void decide(boolean passed, Duration now) {
        Verdict decision = new Verdict(
                expectation.line(),
                passed,
                expectation.describe(),
                expectation.describeRange(),
                Double.isNaN(last) ? "never looked at" : Formats.number(last),
                now);
        verdict = Optional.of(decision);
        timeline.add("", Kind.EXPECTATION, decision);
    }
}
