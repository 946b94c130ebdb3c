package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reclaimer.console.report.NoisyScenario;
import io.reclaimer.scenario.model.Cell;
import io.reclaimer.scenario.model.Expectation.What;
import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.model.ScenarioException;
import io.reclaimer.scenario.model.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code scenario}: options, exit codes, output. */
class ScenarioCommandTest {

    private static final NoisyScenario PASSES = new NoisyScenario().expectAtLeast(21, What.FREED, "/noisy", 1);
    private static final NoisyScenario FAILS = new NoisyScenario()
            .named("fails")
            .step(17, 30, new Step.Add(new Cell("pages", "/quiet", 0), 100))
            .expectAtLeast(21, What.FREED, "/noisy", 1)
            .expectAtLeast(22, What.FREED_SHARE, "/quiet", 90);

    /** For tests that need no course. */
    private static final NoisyScenario BRIEF = new NoisyScenario().brief();

    @TempDir
    Path folder;

    @RegisterExtension
    final CapturedOutput output = new CapturedOutput();

    private final Map<Path, List<Scenario>> files = new HashMap<>();
    private final Map<Path, ScenarioException> wrong = new HashMap<>();
    private final List<Path> read = new ArrayList<>();

    @Test
    void successEndsWithZero() throws IOException {
        file("noisy.conf", PASSES);
        assertThat(run("scenario", path("noisy.conf"))).isZero();
        assertThat(output.lines())
                .startsWith("noisy neighbour: who fills the heap pays for it, not who is beside")
                .containsSequence(
                        "",
                        "  0:01.000-0:59.000  ... 59 rounds of pressure over / for 500 objects: 59 TARGET_REACHED, freed 30,208 objects",
                        "  1:00.000           as expected: freed in /noisy, at the end: 28,544",
                        "",
                        "  PASS  freed in /noisy, at the end; expected at least 1; actual 28,544; " + path("noisy.conf")
                                + ":21",
                        "");
        assertThat(output.lines().get(1)).startsWith("  " + path("noisy.conf") + ", seed 1, 1m in ");
        assertThat(output.lastLine()).startsWith("1 scenario: 1 passed, 0 failed; 1m of virtual time in ");
        assertThat(output.err()).isEmpty();
    }

    @Test
    void aFailureEndsWithOneAndShowsTheEventsBefore() throws IOException {
        file("noisy.conf", PASSES, FAILS);
        assertThat(run("scenario", path("noisy.conf"))).isEqualTo(1);
        String where = path("noisy.conf");
        assertThat(output.lines())
                .containsSequence(
                        "  FAIL  freed share in /quiet, at the end; expected at least 90; actual 5.51; " + where
                                + ":22",
                        "        expected  at least 90",
                        "        actual    5.51",
                        "        at        1:00.000",
                        "        place     " + where + ":22",
                        "        the last events before it",
                        "          0:50.000  pressure over / for 500 objects: TARGET_REACHED, freed 512 in 0s",
                        "          0:51.000  pressure over / for 500 objects: TARGET_REACHED, freed 512 in 0s")
                .containsSequence(
                        "          0:59.000  pressure over / for 500 objects: TARGET_REACHED, freed 512 in 0s", "");
        assertThat(output.lines())
                .filteredOn(line -> line.startsWith("          0:"))
                .hasSize(10);
        assertThat(output.lastLine()).startsWith("2 scenarios: 1 passed, 1 failed; 2m of virtual time in ");
        assertThat(output.err()).isEmpty();
    }

    @Test
    void impossibleStepsAreFailures() throws IOException {
        file("step.conf", new NoisyScenario().step(17, 0, new Step.Offline("/none")));
        assertThat(run("scenario", path("step.conf"))).isEqualTo(1);
        assertThat(output.out()).contains("FAIL  offline /none; expected done; actual ", path("step.conf") + ":17");
    }

    @Test
    void membersOfAClusterAreNamed() throws IOException {
        file("cluster.conf", new NoisyScenario().members(2));
        assertThat(run("scenario", path("cluster.conf"))).isZero();
        assertThat(output.lines())
                .anyMatch(line -> line.matches("  0:01.\\d+-0:59.\\d+  member1  ... 59 rounds of pressure .*"));
        assertThat(output.out()).contains("  no expectations");
    }

    @Test
    void eachErrorInAnyFileIsALineAndNothingRuns() throws IOException {
        file("a.conf", PASSES);
        wrong(
                "b.conf",
                problem("b.conf", 3, "nodes", "[0] is not allowed; allowed is\n1 to 64"),
                problem("b.conf", 9, "", "no end"));
        wrong("c.conf", problem("c.conf", 1, "pace", "unknown; allowed are name, about"));
        assertThat(run("scenario", folder.toString(), path("none.conf"), "a\0b"))
                .isEqualTo(2);
        assertThat(output.err().lines())
                .containsExactly(
                        "reclaimer: [" + path("none.conf") + "]: there is no such file or folder",
                        "reclaimer: [a\0b]: that is no name of a file",
                        "reclaimer: " + path("b.conf") + ":3: nodes: [0] is not allowed; allowed is 1 to 64",
                        "reclaimer: " + path("b.conf") + ":9: no end",
                        "reclaimer: " + path("c.conf") + ":1: pace: unknown; allowed are name, about");
        assertThat(output.out()).isEmpty();
    }

    @Test
    void aFolderStandsForItsScenarioFilesInAlphabeticalOrder() throws IOException {
        Path b = file("b.conf", BRIEF);
        Path a = file("a.json", BRIEF);
        file("c.txt");
        Files.createDirectory(folder.resolve("d.conf"));
        assertThat(run("scenario", folder.toString())).isZero();
        assertThat(read).containsExactly(a, b);
    }

    @Test
    void aFileIsReadOnce() throws IOException {
        Path a = file("a.conf", BRIEF);
        Path b = file("b.conf", BRIEF);
        assertThat(run("scenario", path("b.conf"), folder.toString())).isZero();
        assertThat(read).containsExactly(b, a);
    }

    @Test
    void aFolderWithoutScenariosIsRefused() {
        assertRefused("there is no file *.conf or *.json in this folder", "scenario", folder.toString());
    }

    @Test
    void onlyRunsTheScenariosOfThatName() throws IOException {
        file("noisy.conf", PASSES, FAILS);
        assertThat(run("scenario", path("noisy.conf"), "--only", NoisyScenario.NAME))
                .isZero();
        assertThat(output.lastLine()).startsWith("1 scenario: 1 passed");
        assertThat(run("scenario", path("noisy.conf"), "--only", NoisyScenario.NAME, "--only", "fails"))
                .isEqualTo(1);
    }

    @Test
    void onlyWithAnUnknownNameIsRefused() throws IOException {
        file("noisy.conf", PASSES, FAILS);
        assertRefused(
                "--only [noisy]: there is no scenario of that name; there are [noisy neighbour], [fails]",
                "scenario",
                path("noisy.conf"),
                "--only",
                "noisy");
    }

    @Test
    void seedReplacesTheSeedOfEachScenario() throws IOException {
        file("noisy.conf", PASSES);
        JsonNode own = json("scenario", path("noisy.conf"), "--json");
        JsonNode same = json("scenario", path("noisy.conf"), "--json", "--seed", "1");
        JsonNode other = json("scenario", path("noisy.conf"), "--json", "--seed", "-7");
        assertThat(same.at("/scenarios/0/series")).isEqualTo(own.at("/scenarios/0/series"));
        assertThat(other.at("/scenarios/0/series")).isNotEqualTo(own.at("/scenarios/0/series"));
        assertThat(own.at("/scenarios/0/seed").asLong()).isEqualTo(1);
        assertThat(other.at("/scenarios/0/seed").asLong()).isEqualTo(-7);
    }

    @Test
    void explainReplacesTheTimelineByAPicture() throws IOException {
        file("noisy.conf", PASSES);
        assertThat(run("scenario", path("noisy.conf"), "--explain")).isZero();
        assertThat(output.lines())
                .anyMatch(line -> line.startsWith("  pages /quiet  █"))
                .anyMatch(line -> line.startsWith("  rounds "))
                .anyMatch(line -> line.startsWith("  PASS  freed in /noisy"))
                .noneMatch(line -> line.contains("pressure over /"));
    }

    @Test
    void jsonIsOneDocumentAndNothingElse() throws IOException {
        file("noisy.conf", PASSES, FAILS);
        assertThat(run("scenario", path("noisy.conf"), "--json", "--html", path("page.html")))
                .isEqualTo(1);
        JsonNode json = new ObjectMapper().readTree(output.out());
        assertThat(json.get("scenarios")).hasSize(2);
        assertThat(output.out()).startsWith("{").endsWith("}" + System.lineSeparator());
        assertThat(output.err()).isEmpty();
    }

    @Test
    void htmlIsOnePageAboutAllScenarios() throws IOException {
        file("noisy.conf", PASSES, FAILS);
        assertThat(run("scenario", path("noisy.conf"), "--html", path("page.html")))
                .isEqualTo(1);
        assertThat(Files.readString(folder.resolve("page.html")))
                .startsWith("<!DOCTYPE html>")
                .contains("\"name\":\"noisy neighbour\"", "\"name\":\"fails\"");
        assertThat(output.lastLine()).startsWith("2 scenarios");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "none/page.html", "a\0b"})
    void anUnwritablePageIsRefusedBeforeAnythingRuns(String page) throws IOException {
        file("noisy.conf", PASSES);
        assertRefused("--html [", "scenario", path("noisy.conf"), "--html", page.contains("\0") ? page : path(page));
        assertThat(read).isEmpty();
    }

    @Test
    void jsonWithAPictureIsRefused() throws IOException {
        file("noisy.conf", PASSES);
        assertRefused("--json and --explain", "scenario", path("noisy.conf"), "--json", "--explain");
    }

    @Test
    void optionsOfANodeAreRefused() throws IOException {
        file("noisy.conf", PASSES);
        assertRefused("--run-for is not allowed before scenario", "--run-for", "1s", "scenario", path("noisy.conf"));
        output.reset();
        assertRefused("'--run-for'", "scenario", path("noisy.conf"), "--run-for", "1s");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"scenario", "scenario x.conf --seed one", "scenario x.conf --html", "scenario x.conf --wrong"})
    void aWrongOptionIsOneLine(String options) {
        assertRefused("(--help lists all options)", options.split(" "));
    }

    /** The setting is checked only where it is used. */
    @Test
    void anInvalidSettingIsRefused() throws IOException {
        file("noisy.conf", new NoisyScenario().settings("id-limit = 63"));
        assertRefused(
                path("noisy.conf") + ": [noisy neighbour]: reclaimer.id-limit is [63]", "scenario", path("noisy.conf"));
    }

    @Test
    void helpListsAllOptions() {
        assertThat(run("scenario", "--help")).isZero();
        assertThat(output.out())
                .contains(
                        "FILE",
                        "--explain",
                        "--json",
                        "--html",
                        "--only",
                        "--seed",
                        "--help",
                        "Exit codes: 0",
                        "$COLUMNS");
        output.reset();
        assertThat(run("--help")).isZero();
        assertThat(output.out()).contains("scenario", "Runs scenarios");
        assertThat(output.err()).isEmpty();
    }

    private void assertRefused(String part, String... args) {
        output.assertRefused(run(args), List.of(part));
    }

    private JsonNode json(String... args) throws IOException {
        output.reset();
        assertThat(run(args)).isZero();
        return new ObjectMapper().readTree(output.out());
    }

    private void wrong(String name, ScenarioException.Problem... problems) throws IOException {
        wrong.put(file(name), new ScenarioException(List.of(problems)));
    }

    private ScenarioException.Problem problem(String file, int line, String path, String message) {
        return new ScenarioException.Problem(path(file), line, path, message);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private Path file(String name, NoisyScenario... scenarios) throws IOException {
        Path file = Files.createFile(folder.resolve(name));
        files.put(file, List.of(scenarios).stream().map(NoisyScenario::scenario).toList());
        return file;
    }

    private List<Scenario> read(Path file) {
        read.add(file);
        if (wrong.containsKey(file)) {
            throw wrong.get(file);
        }
        return files.get(file);
    }

    private int run(String... args) {
        return Main.run(this::read, args);
    }
}
