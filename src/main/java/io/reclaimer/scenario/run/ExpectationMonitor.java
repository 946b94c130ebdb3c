package io.reclaimer.scenario.run;

import io.reclaimer.scenario.model.Expectation;
import io.reclaimer.scenario.model.Expectation.Mode;
import io.reclaimer.scenario.model.Expectation.When;
import io.reclaimer.scenario.model.Formats;
import io.reclaimer.scenario.model.ScenarioResult.Verdict;
import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** Checks one expectation, sample by sample, until it is decided. Confined to the thread of the run. */
final class ExpectationMonitor {

    private final Expectation expectation;
    private boolean sampled;
    private double last = Double.NaN;
    private Optional<Verdict> verdict = Optional.empty();

    ExpectationMonitor(Expectation expectation) {
        this.expectation = expectation;
    }

    Expectation expectation() {
        return expectation;
    }

    Optional<Verdict> verdict() {
        return verdict;
    }

    /** The time of a sample that is needed beside the regular ones; empty for none. */
    Optional<Duration> due() {
        return switch (expectation.when().mode()) {
            case AT, EVENTUALLY -> Optional.of(expectation.when().to());
            case AT_THE_END, ALWAYS, NEVER -> Optional.empty();
        };
    }

    /** Whether a sample is needed now. */
    boolean needsSample(Duration now) {
        When when = expectation.when();
        boolean begun = verdict.isEmpty() && when.mode() != Mode.AT_THE_END && now.compareTo(when.from()) >= 0;
        return begun && (due().isPresent() || now.compareTo(when.to()) <= 0);
    }

    /** Takes a sample; to be called if {@link #needsSample}. */
    void sample(Duration now, DoubleSupplier value) {
        sampled = true;
        last = value.getAsDouble();
        boolean fits = expectation.fits(last);
        boolean isDecided = switch (expectation.when().mode()) {
            case AT -> true;
            case EVENTUALLY -> fits || now.compareTo(expectation.when().to()) >= 0;
            case ALWAYS -> !fits;
            case NEVER -> fits;
            case AT_THE_END -> false;
        };
        if (isDecided) {
            decide(fits && expectation.when().mode() != Mode.NEVER, now);
        }
    }

    /** Decides what is open at the end of the run. Without a sample in its range, nothing was seen to hold. */
    void end(Duration now, DoubleSupplier value) {
        if (verdict.isPresent()) {
            return;
        }
        switch (expectation.when().mode()) {
            case ALWAYS, NEVER -> decide(sampled, now);
            case AT, AT_THE_END, EVENTUALLY -> {
                last = value.getAsDouble();
                decide(expectation.fits(last), now);
            }
        }
    }

    private void decide(boolean passed, Duration now) {
        verdict = Optional.of(new Verdict(
                expectation.line(),
                passed,
                expectation.describe(),
                expectation.describeRange(),
                Double.isNaN(last) ? "never looked at" : Formats.number(last),
                now));
    }
}
