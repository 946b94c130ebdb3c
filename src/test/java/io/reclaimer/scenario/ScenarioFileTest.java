package io.reclaimer.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is read, and what is said of files whose form is wrong. */
class ScenarioFileTest {

    /** Enough that steps can name something. */
    static final String SOME = "duration = 1m, shrinkers.s {}, cgroups = [/a]\n";

    @TempDir
    Path folder;

    /** One a line, without the file's name. */
    static List<String> problems(String text) {
        ScenarioException problems =
                catchThrowableOfType(ScenarioException.class, () -> ScenarioFile.parse("x.conf", text));
        assertThat(problems).as("it is wrong").isNotNull();
        return problems.getMessage()
                .lines()
                .map(line -> line.replaceFirst("^x\\.conf:", ""))
                .toList();
    }

    static Scenario scenario(String text) {
        return ScenarioFile.parse("x.conf", text).get(0);
    }

    static Stream<Path> files() throws IOException {
        return Stream.concat(
                        Files.list(Path.of("conf/scenarios")), Files.list(Path.of("src/test/resources/conformance")))
                .filter(file -> file.toString().matches(".*\\.(conf|json)"))
                .sorted();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyScenarioThatThereIsIsRead(Path file) throws IOException {
        assertThat(ScenarioFile.read(file)).isNotEmpty();
    }

    @Test
    void allConformanceScenariosAreRead() throws IOException {
        List<Scenario> all = ScenarioFile.read(Path.of("src/test/resources/conformance/engine.json"));
        assertThat(all).hasSize(131);
        assertThat(all.get(0).name()).isEqualTo("one-batch");
        assertThat(all.get(0).nodes()).containsExactly("node0");
    }

    @Test
    void emptyFileIsAScenarioThatDoesNothing() {
        Scenario scenario = ScenarioFile.parse("calm.conf", "").get(0);
        assertThat(scenario.name()).isEqualTo("calm");
        assertThat(scenario.nodes()).containsExactly("heap");
        assertThat(scenario.seed()).isEqualTo(1);
        assertThat(scenario.steps()).isEmpty();
        assertThat(scenario.sampleEvery()).isEqualTo(Duration.ofMillis(10));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "duration = 5 parsecs|1:1: duration: is [5 parsecs]; allowed is a duration as in 500 ms, 10 s, 5 m, 1 h",
                "duration = -1|1:1: duration: is [-1]; allowed is a duration as in 500 ms, 10 s, 5 m, 1 h",
                "sampleEvery = 0s|1:1: sampleEvery: is [0s]; allowed is a duration as in 500 ms, 10 s, 5 m, 1 h,"
                        + " of whole milliseconds above 0",
                "sampleEvery = 10 us|1:1: sampleEvery: is [10 us]; allowed is a duration as in 500 ms, 10 s, 5 m, 1 h,"
                        + " of whole milliseconds above 0",
                "seed = x|1:1: seed: is [x]; allowed is a whole number",
                "seed = 1.5|1:1: seed: is [1.5]; allowed is a whole number",
                "kmemOnline = 1|1:1: kmemOnline: is [1]; allowed is true or false",
                "nodes = 65|1:1: nodes: is [65]; allowed is a whole number from 1 to 64,"
                        + " or a list of at least 1, each the name of a node, as in heap or node1",
                "nodes = []|1:1: nodes: is [an empty list]; allowed is a whole number from 1 to 64,"
                        + " or a list of at least 1, each the name of a node, as in heap or node1",
                "cgroups = [shop]|1:12: cgroups[0]: is [shop]; allowed is a path as in /shop/web",
                "cgroups = /shop|1:1: cgroups: is [/shop]; allowed is a list, each a path as in /shop/web",
                "shrinkers.p.seeks = -1|1:13: shrinkers.p.seeks: is [-1]; allowed is a whole number from 0 to 2147483647",
                "shrinkers.p.objectBytes = 0|1:13: shrinkers.p.objectBytes: is [0];"
                        + " allowed is a size as in 512, 10 KiB, 1 GiB, at least 1",
                "shrinkers.p.model.refaults = 1.5|1:19: shrinkers.p.model.refaults: is [1.5];"
                        + " allowed is a number from 0 to 1",
                "shrinkers.p.model.scan = HALVE|1:19: shrinkers.p.model.scan: is [HALVE]; did you mean [HALF]?"
                        + " Allowed is one of FULL, HALF, REFUSE, STOP, UNDER",
                "shrinkers.p.model.scan = 7|1:19: shrinkers.p.model.scan: is [7];"
                        + " allowed is one of FULL, HALF, REFUSE, STOP, UNDER",
                "shrinkers.p.model.faults.kind = STUCK|1:19: shrinkers.p.model.faults: lacks one or more of"
                        + " rate, every, calls",
                "shrinkers.p = 7|1:11: shrinkers.p: is [7]; allowed is an object { … }",
                "shrinkers.\" \" {}|1:11: shrinkers. : is [ ]; allowed is a name of 1 to 128 characters",
                "lod = []|1:1: lod: unknown; did you mean [load]? Allowed are $schema, about, cgroups, cgroupsEnabled,"
                        + " cluster, duration, expect, heap, kmemOnline, load, name, nodes, pressure, sampleEvery, seed,"
                        + " settings, shrinkers, steps",
                "settings = fast|1:1: settings: is [fast]; allowed is an object { … }",
                "heap { limit = 1 MiB }|1:1: heap: lacks [collectEvery]: a duration as in 500 ms, 10 s, 5 m, 1 h,"
                        + " of whole milliseconds above 0",
                "cluster.members = 1|1:9: cluster.members: is [1]; allowed is a whole number from 2 to 9",
                "steps = [{ op = onlin }]|1:12: steps[0].op: is [onlin]; did you mean [online]? Allowed is one of"
                        + " online, offline, alloc, register, free, put, late, add, remove, setBit, shrink, dump, round,"
                        + " change, wait, kill, freeze, wake",
                "steps = [{ at = 1s }]|1:10: steps[0]: lacks [op]: one of online, offline, alloc, register, free, put,"
                        + " late, add, remove, setBit, shrink, dump, round, change, wait, kill, freeze, wake",
                "steps = [{ op = wait }]|1:10: steps[0]: lacks [for]: a duration as in 500 ms, 10 s, 5 m, 1 h,"
                        + " of whole milliseconds above 0",
                "steps = [5]|1:10: steps[0]: is [5]; allowed is an object { … }",
                "steps = [{ op = dump, expect = 5 }]|1:23: steps[0].expect: is [5]; allowed is an object { … }",
                "expect = [{ what = lost }]|1:11: expect[0]: lacks one or more of is, min, max",
                "expect = [{ what = lost, is = none }]|1:26: expect[0].is: is [none];"
                        + " allowed is a number, or a duration as in 500 ms, 10 s, 5 m, 1 h",
                "scenarios = []|1:1: scenarios: is [an empty list];"
                        + " allowed is a list of at least 1, each an object { … }",
                "scenarios = [{}]|1:14: scenarios[0]: lacks [name]: a name of 1 to 128 characters",
                "scenarios = [{ name = a }], seed = 1|1:29: seed: unknown; allowed are $schema, scenarios",
                "scenarios = [{ name = a }, { name = a }]|1:30: scenarios[1].name: is [a], which one above has;"
                        + " allowed is a name of its own",
            })
    void whatIsWrongIsSaidWithItsPlaceAndWhatIsAllowed(String text, String problem) {
        assertThat(problems(text)).containsExactly(problem);
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnceInTheOrderOfTheFile() {
        assertThat(problems("""
                        duration = 1m
                        expect = [
                          { what = lost, is = 0 }
                          { what = lots, is = 0 }
                          { what = heap, max = 50 }
                        ]
                        sed = 5
                        shrinkers { pages {} }
                        load = [
                          { shrinker = page, cgroup = /shop, every = 1s, objects = 1 }
                          { shrinker = pages, cgroup = /shop, every = 0s, objects = 1 }
                        ]
                        settings { round-deadlin = 1s }
                        steps = [{ at = 5s, op = wait, for = 0 }, { at = 4s, op = free, shrinker = pags }]
                        """))
                .extracting(problem -> problem.replaceFirst("(; .*)?$", "").replaceFirst(", which.*", ""))
                .containsExactly(
                        "4:5: expect[1].what: is [lots]",
                        "5:5: expect[2].what: is [heap]",
                        "7:1: sed: unknown",
                        "10:5: load[0].shrinker: is [page]",
                        "11:39: load[1].every: is [0s]",
                        "13:12: settings.round-deadlin: unknown",
                        "14:32: steps[0].for: is [0]",
                        "14:65: steps[1].shrinker: is [pags]");
    }

    /** Where the nodes are wrong, nobody knows which there are: nothing is said of those who name one. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nodes = [x y], shrinkers.s { objects = [{ cgroup = /a, node = x, objects = 1 }] }",
                "cluster.members = 10, load = [{ shrinker = s, cgroup = /a, member = member5, every = 1s, objects = 1 }]",
                "duration = long, load = [{ shrinker = s, cgroup = /a, from = 1m, every = 1s, objects = 1 }]",
                "heap.limit = 1, expect = [{ what = heap, max = 50 }]",
                "steps = [{ op = online, cgroup = a, parent = /, bad = 1 }, { op = offline, cgroup = a }]",
            })
    void whatFollowsFromSomethingWrongIsNotSaid(String text) {
        assertThat(problems("shrinkers.s {}\n" + text)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "seed = 1~a = b c = [|2:1: ",
                "steps = [~{ op = dump~]|3:1: ",
                "x = ${nothing}|1:1: ",
                "{ \"seed\": 1|1:1: ",
            })
    void whatIsNoHoconIsSaidWithItsLine(String text, String where) {
        assertThat(problems(text.replace('~', '\n')))
                .first()
                .asString()
                .startsWith(where + " can't be read as HOCON: ")
                .doesNotContain("x.conf");
    }

    @Test
    void wordsOfHoconMeanWhatTheyMeanElsewhere() {
        Scenario scenario =
                scenario("""
                \tabout = \"""two
                lines\""" // a comment
                # another one
                "seed" : 7, seed = 8
                shrinkers { pages { batch = 16 } }
                shrinkers.pages.seeks = 4
                cgroups = [/shop]
                cgroups += /batch
                kmemOnline = off
                load = [{ shrinker = "pages", cgroup = /shop, from = 0, to = 1 minute, every = 250, objects = 1 }]
                """.replace("every = 500 ms # another one\n", "").replace("\n", "\r\n"));
        assertThat(scenario.about()).isEqualTo("two\r\nlines");
        assertThat(scenario.seed()).isEqualTo(8);
        assertThat(scenario.shrinkers().get(0).batch()).isEqualTo(16);
        assertThat(scenario.shrinkers().get(0).seeks()).isEqualTo(4);
        assertThat(scenario.cgroups()).hasToString("[/shop, /batch]");
        assertThat(scenario.kmemOnline()).isFalse();
        assertThat(scenario.load().get(0).every()).isEqualTo(Duration.ofMillis(250));
        assertThat(scenario.load().get(0).to()).isEqualTo(Duration.ofMinutes(1));
        assertThat(scenario.load().get(0).position()).hasToString("10:9");
    }

    @Test
    void substitutionsWithinTheFileAreFilledInAndTheirMistakesStandWhereTheyAreUsed() {
        String text = "settings.round-deadline = 2s\nduration = ${settings.round-deadline}\n";
        assertThat(scenario(text).duration()).isEqualTo(Duration.ofSeconds(2));
        assertThat(problems("settings.round-deadline = soon\n" + text.substring(text.indexOf('\n') + 1)))
                .singleElement()
                .asString()
                .startsWith("2:1: duration: is [soon]");
    }

    @Test
    void environmentOfTheMachineIsNotPartOfAScenario() {
        assertThat(problems("about = ${PATH}")).singleElement().asString().contains("PATH");
    }

    @Test
    void whatIsIncludedIsLookedForBesideTheFile() throws IOException {
        Files.writeString(folder.resolve("tenants.conf"), "cgroups = [/shop]\nshrinkers.pages {}\n");
        Path file = Files.writeString(
                folder.resolve("x.conf"),
                "include \"tenants.conf\"\nload = [{ shrinker = pages, cgroup = /shop, every = 1s, objects = 5, to = 9s }]");
        Scenario scenario = ScenarioFile.read(file).get(0);
        assertThat(scenario.name()).isEqualTo("x");
        assertThat(scenario.cgroups()).hasToString("[/shop]");
        assertThat(scenario.load().get(0).position()).hasToString("2:9");
    }

    @Test
    void fileThatIsNotThereIsNoScenario() {
        assertThatThrownBy(() -> ScenarioFile.read(folder.resolve("none.conf"))).isInstanceOf(IOException.class);
    }

    @Test
    void hintIsTheNearestWordAndNoneWhereNoneIsNear() {
        List<String> words = List.of("online", "offline", "round", "is");
        assertThat(Problems.hint("onlin", words)).isEqualTo("; did you mean [online]?");
        assertThat(Problems.hint("offlin", words)).isEqualTo("; did you mean [offline]?");
        assertThat(Problems.hint("ground", words)).isEqualTo("; did you mean [round]?");
        assertThat(Problems.hint("iz", words)).isEqualTo("; did you mean [is]?");
        assertThat(Problems.hint("xyz", words)).isEmpty();
        assertThat(Problems.hint("x", List.of())).isEmpty();
    }
}
