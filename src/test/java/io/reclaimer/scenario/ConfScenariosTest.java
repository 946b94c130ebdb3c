package io.reclaimer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.scenario.model.ScenarioResult;
import io.reclaimer.testkit.junit.ScenarioFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The scenarios of conf. */
class ConfScenariosTest {

    private static final Path FOLDER = Path.of("conf", "scenarios");

    @ScenarioFiles("conf/scenarios")
    void isAsExpected(ScenarioResult result) {
        assertThat(result.verdicts()).hasSizeGreaterThan(2);
    }

    /** For people: what it shows stands above it. */
    @Test
    void eachBeginsWithWhatItShows() throws Exception {
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.toList()) {
                List<String> lines = Files.readAllLines(file);
                assertThat(lines.get(0)).as("%s", file).matches("# .{40,}\\.");
                assertThat(ScenarioFile.read(file))
                        .allMatch(scenario -> !scenario.about().isEmpty());
            }
        }
    }

    /** What loses messages is drawn, too; rounds over members are as exact as any. */
    @Test
    void sameClusterGivesTheSameResult() throws Exception {
        String text = Files.readString(FOLDER.resolve("surge-in-a-cluster.conf")) + "\ncluster.loss = 0.3";
        ScenarioResult one = ScenarioRunner.run(ScenarioFile.parse("one", text).get(0));
        ScenarioResult same = ScenarioRunner.run(ScenarioFile.parse("one", text).get(0));
        assertThat(same.timeline()).isEqualTo(one.timeline());
        assertThat(same.series()).isEqualTo(one.series());
    }
}
