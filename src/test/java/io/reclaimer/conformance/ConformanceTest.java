package io.reclaimer.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reclaimer.testkit.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs every scenario of every {@code *.json} in {@code src/test/resources/conformance}, or in the folder that
 * {@code -Dreclaimer.conformance=FOLDER} names.
 */
class ConformanceTest {

    /** So many scan calls, each through several threads, are enough to tell. */
    private static final long MOST_CALLS = 300;

    private static final String FOLDER = "reclaimer.conformance";

    @TestFactory
    Stream<DynamicTest> everyScenarioGivesItsAnswers() throws IOException {
        return scenarios(Kind.PLAIN, Long.MAX_VALUE);
    }

    /** However a shrinker is called, what becomes of its answers is the same. The longest scenarios are left out. */
    @TestFactory
    Stream<DynamicTest> everyScenarioGivesItsAnswersWithShrinkersOfEveryOtherKind() throws IOException {
        Stream<DynamicTest> tests = Stream.empty();
        for (Kind kind : EnumSet.complementOf(EnumSet.of(Kind.PLAIN))) {
            tests = Stream.concat(tests, scenarios(kind, MOST_CALLS));
        }
        return tests;
    }

    private static Stream<DynamicTest> scenarios(Kind kind, long mostCalls) throws IOException {
        Path folder = Path.of(System.getProperty(FOLDER, "src/test/resources/conformance"));
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                for (JsonNode scenario :
                        new ObjectMapper().readTree(file.toFile()).get("scenarios")) {
                    if (ScenarioRun.scanCalls(scenario) > mostCalls) {
                        continue;
                    }
                    tests.add(DynamicTest.dynamicTest(
                            file.getFileName() + ": " + scenario.get("name").asText() + " " + kind,
                            () -> new ScenarioRun(scenario, kind).run()));
                }
            }
        }
        assertThat(tests).as("scenarios in " + folder).isNotEmpty();
        return tests.stream();
    }
}
