package io.reclaimer.scenario;

import io.reclaimer.scenario.Expectation.Always;
import io.reclaimer.scenario.Expectation.At;
import io.reclaimer.scenario.Expectation.AtTheEnd;
import io.reclaimer.scenario.Expectation.Eventually;
import io.reclaimer.scenario.Expectation.Never;
import io.reclaimer.scenario.Expectation.When;
import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** Looks at one expectation until it is decided. One thread's. */
final class Watch {

    private final Expectation expectation;
    private boolean reached;
    private double last = Double.NaN;
    private Optional<ScenarioResult.Verdict> verdict = Optional.empty();

    Watch(Expectation expectation) {
        this.expectation = expectation;
    }

    Expectation expectation() {
        return expectation;
    }

    Optional<ScenarioResult.Verdict> verdict() {
        return verdict;
    }

    /** When it has to be looked at in any case; empty where that is at the end. */
    Optional<Duration> due() {
        When when = expectation.when();
        if (when instanceof At at) {
            return Optional.of(at.time());
        }
        return when instanceof Eventually eventually ? Optional.of(eventually.to()) : Optional.empty();
    }

    /** Whether there is something to look at now. */
    boolean isOn(Duration now) {
        When when = expectation.when();
        if (verdict.isPresent() || when instanceof AtTheEnd) {
            return false;
        }
        if (when instanceof At at) {
            return now.compareTo(at.time()) >= 0;
        }
        if (when instanceof Eventually eventually) {
            return now.compareTo(eventually.from()) >= 0;
        }
        if (when instanceof Always always) {
            return isBetween(now, always.from(), always.to());
        }
        return when instanceof Never never && isBetween(now, never.from(), never.to());
    }

    private static boolean isBetween(Duration now, Duration from, Duration to) {
        return now.compareTo(from) >= 0 && now.compareTo(to) <= 0;
    }

    /** The value is that now; called where it is {@link #isOn}. */
    void look(Duration now, DoubleSupplier value) {
        double actual = value.getAsDouble();
        last = actual;
        boolean fits = fits(actual);
        When when = expectation.when();
        if (when instanceof At) {
            decide(fits, actual, now);
        } else if (when instanceof Eventually eventually) {
            if (fits || now.compareTo(eventually.to()) >= 0) {
                decide(fits, actual, now);
            }
        } else if (when instanceof Always && !fits) {
            decide(false, actual, now);
        } else if (when instanceof Never && fits) {
            decide(false, actual, now);
        }
        reached = true;
    }

    /** Everything is over. */
    void end(Duration now, DoubleSupplier value) {
        if (verdict.isPresent()) {
            return;
        }
        When when = expectation.when();
        if (when instanceof Always || when instanceof Never) {
            // Where it was never looked at, nothing was seen to be so.
            decide(reached, last, now);
        } else {
            double actual = value.getAsDouble();
            decide(fits(actual), actual, now);
        }
    }

    private boolean fits(double actual) {
        return (expectation.is().isEmpty() || expectation.is().getAsDouble() == actual)
                && (expectation.min().isEmpty() || actual >= expectation.min().getAsDouble())
                && (expectation.max().isEmpty() || actual <= expectation.max().getAsDouble());
    }

    private void decide(boolean passed, double actual, Duration now) {
        verdict = Optional.of(new ScenarioResult.Verdict(
                expectation.position(),
                passed,
                Words.of(expectation.of()) + Words.of(expectation.when()),
                Words.range(expectation),
                Double.isNaN(actual) ? "never looked at" : Words.number(actual),
                now));
    }
}
