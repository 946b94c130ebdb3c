package io.reclaimer.scenario.run;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.Props;
import io.reclaimer.scenario.ScenarioFile;
import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.model.ScenarioResult;
import io.reclaimer.scenario.model.Step;
import io.reclaimer.testkit.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs every scenario of every {@code *.json} in {@code src/test/resources/conformance}, or in the folder that
 * {@code -Dreclaimer.conformance=FOLDER} names.
 */
class ConformanceTest {

    private static final String FOLDER = "reclaimer.conformance";

    @TestFactory
    Stream<DynamicTest> everyScenarioGivesItsAnswers() throws IOException {
        return scenarios(Kind.PLAIN, Long.MAX_VALUE);
    }

    static Stream<DynamicTest> scenarios(Kind kind, long mostCalls) throws IOException {
        Path folder = Path.of(System.getProperty(FOLDER, "src/test/resources/conformance"));
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                for (Scenario scenario : ScenarioFile.read(file)) {
                    if (scanCalls(scenario) <= mostCalls) {
                        tests.add(DynamicTest.dynamicTest(
                                file.getFileName() + ": " + scenario.name() + " " + kind, () -> check(scenario, kind)));
                    }
                }
            }
        }
        assertThat(tests).as("scenarios in " + folder).isNotEmpty();
        return tests.stream();
    }

    private static void check(Scenario scenario, Kind kind) {
        ScenarioResult result = ScenarioRun.run(scenario, calls(kind));
        assertThat(result.failures())
                .as("%s (%s)", scenario.name(), scenario.about())
                .isEmpty();
        long expected = scenario.course().steps().stream()
                .filter(step -> step.expect().isPresent())
                .count();
        assertThat(result.verdicts()).hasSize((int) expected);
    }

    private static ScenarioMember.CallStrategy calls(Kind kind) {
        return (reclaimer, spec, cache, time) -> switch (kind) {
            case PLAIN -> reclaimer.allocate(spec, cache);
            case BLOCKING -> reclaimer.allocate(spec.blocking(), cache);
            case ASYNC_AT_ONCE -> reclaimer.allocate(spec, Kind.async(cache, Runnable::run));
            case ASYNC -> reclaimer.allocate(spec, Kind.async(cache, time::submit));
            case ACTOR ->
                reclaimer.allocate(
                        spec,
                        reclaimer.system().systemActorOf(Kind.actor(cache), "shrinker-" + spec.name(), Props.empty()));
        };
    }

    /** How many scan calls its answers tell of. */
    private static long scanCalls(Scenario scenario) {
        Map<String, Long> batches = new HashMap<>();
        long calls = 0;
        for (Step step : scenario.course().steps()) {
            if (step.action() instanceof Step.Alloc alloc) {
                long batch = alloc.definition().spec().batch();
                batches.put(alloc.shrinker(), batch);
            }
            Object trace =
                    step.expect().map(all -> all.unwrapped().get("trace")).orElse(List.of());
            for (Object each : trace == null ? List.of() : (List<?>) trace) {
                Map<?, ?> event = (Map<?, ?>) each;
                calls += (number(event, "totalScan") - number(event, "unscanned"))
                        / batches.get(String.valueOf(event.get("shrinker")));
            }
        }
        return calls;
    }

    private static long number(Map<?, ?> event, String key) {
        return event.get(key) instanceof Number number ? number.longValue() : 0;
    }
}
