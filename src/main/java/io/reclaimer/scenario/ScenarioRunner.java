package io.reclaimer.scenario;

import java.util.HashSet;
import java.util.Set;

/**
 * Runs scenarios on the real engine, in a time of their own: an hour takes as long as what is done in it. The same scenario with
 * the same seed gives the same result. Any thread; a run keeps it until its end.
 */
public final class ScenarioRunner {

    private ScenarioRunner() {}

    /** Runs it to its end, whatever its verdicts are. */
    public static ScenarioResult run(Scenario scenario) {
        return run(scenario, new VirtualCalls(late(scenario)));
    }

    /** The same, with caches called another way. */
    static ScenarioResult run(Scenario scenario, ScenarioMember.Calls calls) {
        try (ScenarioRun run = new ScenarioRun(scenario, calls)) {
            return run.run();
        }
    }

    private static Set<String> late(Scenario scenario) {
        Set<String> late = new HashSet<>();
        scenario.shrinkers().stream()
                .filter(shrinker -> isLate(shrinker.cache()))
                .forEach(shrinker -> late.add(shrinker.name()));
        for (Step step : scenario.steps()) {
            if (step.action() instanceof Step.Alloc alloc
                    && isLate(alloc.shrinker().cache())) {
                late.add(alloc.shrinker().name());
            } else if (step.action() instanceof Step.Change change && isLate(change.cache())) {
                late.add(change.shrinker());
            }
        }
        return late;
    }

    private static boolean isLate(CacheModel cache) {
        return !cache.latency().isZero()
                || cache.faults()
                        .filter(faults -> faults.kind() == CacheModel.Fault.STUCK)
                        .isPresent();
    }
}
