package io.reclaimer.testkit.junit;

import io.reclaimer.scenario.ScenarioRunner;
import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.model.ScenarioResult;
import io.reclaimer.scenario.model.ScenarioResult.Verdict;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** The extension of one test of {@link ScenarioFiles}: runs its scenario before it. Confined to the thread of the test. */
final class ScenarioExtension implements BeforeEachCallback, ParameterResolver {

    private static final int EVENTS_LISTED = 10;

    private final Scenario scenario;
    private @Nullable ScenarioResult result;

    ScenarioExtension(Scenario scenario) {
        this.scenario = scenario;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        ScenarioResult current = ScenarioRunner.run(scenario);
        result = current;
        if (!current.passed()) {
            throw new AssertionError(failure(current));
        }
    }

    static String failure(ScenarioResult result) {
        return "Scenario [" + result.scenario().name() + "] is not as expected:\n"
                + result.failures().stream()
                        .map(verdict -> failure(verdict, result.timeline()))
                        .collect(Collectors.joining("\n"));
    }

    private static String failure(Verdict verdict, List<ScenarioResult.Event> timeline) {
        List<ScenarioResult.Event> before = timeline.stream()
                .filter(event -> event.at().compareTo(verdict.at()) <= 0)
                .toList();
        return "  at line " + verdict.line() + ": " + verdict.what() + "\n    expected " + verdict.expected()
                + "\n    actual   " + verdict.actual() + "\n    last events:\n"
                + before.subList(Math.max(0, before.size() - EVENTS_LISTED), before.size()).stream()
                        .map(event -> "      " + event.at().toMillis() / 1e3 + " s " + event.text())
                        .collect(Collectors.joining("\n"));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == ScenarioResult.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        ScenarioResult current = result;
        if (current == null) {
            throw new IllegalStateException("The scenario has not run yet");
        }
        return current;
    }
}
