package io.reclaimer.scenario;

import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.model.ScenarioResult;
import io.reclaimer.scenario.run.ScenarioRun;

/** Runs scenarios on the real engine in virtual time. The same scenario and seed give the same result. Thread-safe. */
public final class ScenarioRunner {

    private ScenarioRunner() {}

    /**
     * Runs a scenario to its end, whatever the verdicts are. Occupies the calling thread meanwhile.
     *
     * @throws IllegalArgumentException if the reclaimer refuses a setting
     */
    public static ScenarioResult run(Scenario scenario) {
        return ScenarioRun.run(scenario);
    }
}
