package io.reclaimer.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        Path folder = Path.of(System.getProperty(FOLDER, "src/test/resources/conformance"));
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                for (JsonNode scenario :
                        new ObjectMapper().readTree(file.toFile()).get("scenarios")) {
                    tests.add(DynamicTest.dynamicTest(
                            file.getFileName() + ": " + scenario.get("name").asText(),
                            () -> new ScenarioRun(scenario).run()));
                }
            }
        }
        assertThat(tests).as("scenarios in " + folder).isNotEmpty();
        return tests.stream();
    }
}
