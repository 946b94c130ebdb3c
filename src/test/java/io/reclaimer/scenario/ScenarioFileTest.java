package io.reclaimer.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.model.ScenarioException;
import io.reclaimer.scenario.model.ScenarioException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading files, and the problems of their form. */
class ScenarioFileTest {

    /** Enough that steps can name something. */
    static final String SOME = "duration = 1m, shrinkers.s {}, cgroups = [/a]\n";

    @TempDir
    Path folder;

    /** The problems, each a line without the name of the file. */
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

    @Test
    void allConformanceScenariosAreRead() throws IOException {
        List<Scenario> all = ScenarioFile.read(Path.of("src/test/resources/conformance/engine.json"));
        assertThat(all).hasSize(131);
        assertThat(all.get(0).name()).isEqualTo("one-batch");
        assertThat(all.get(0).setup().engine().nodes()).containsExactly("node0");
    }

    @Test
    void emptyFileIsAScenarioThatDoesNothing() {
        Scenario scenario = ScenarioFile.parse("calm.conf", "").get(0);
        assertThat(scenario.name()).isEqualTo("calm");
        assertThat(scenario.setup().engine().nodes()).containsExactly("heap");
        assertThat(scenario.seed()).isEqualTo(1);
        assertThat(scenario.course().steps()).isEmpty();
        assertThat(scenario.clock().sampleEvery()).isEqualTo(Duration.ofMillis(10));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "duration = 5 parsecs|1: duration: is [5 parsecs]; allowed is a duration as in 500 ms, 10 s, 5 m, 1 h",
                "duration = -1|1: duration: is [-1]; allowed is a duration as in 500 ms, 10 s, 5 m, 1 h",
                "sampleEvery = 0s|1: sampleEvery: is [0s]; allowed is a duration as in 500 ms, 10 s, 5 m, 1 h,"
                        + " of whole milliseconds above 0",
                "sampleEvery = 10 us|1: sampleEvery: is [10 us]; allowed is a duration as in 500 ms, 10 s, 5 m, 1 h,"
                        + " of whole milliseconds above 0",
                "seed = x|1: seed: is [x]; allowed is a whole number",
                "seed = 1.5|1: seed: is [1.5]; allowed is a whole number",
                "kmemOnline = 1|1: kmemOnline: is [1]; allowed is true or false",
                "nodes = 65|1: nodes: is [65]; allowed is a whole number from 1 to 64,"
                        + " or a list of at least 1, each the name of a node, as in heap or node1",
                "nodes = []|1: nodes: is [an empty list]; allowed is a whole number from 1 to 64,"
                        + " or a list of at least 1, each the name of a node, as in heap or node1",
                "cgroups = [shop]|1: cgroups[0]: is [shop]; allowed is a path as in /shop/web",
                "cgroups = /shop|1: cgroups: is [/shop]; allowed is a list, each a path as in /shop/web",
                "shrinkers.p.seeks = -1|1: shrinkers.p.seeks: is [-1]; allowed is a whole number from 0 to 2147483647",
                "shrinkers.p.objectBytes = 0|1: shrinkers.p.objectBytes: is [0];"
                        + " allowed is a size as in 512, 10 KiB, 1 GiB, at least 1",
                "shrinkers.p.model.refaults = 1.5|1: shrinkers.p.model.refaults: is [1.5];"
                        + " allowed is a number from 0 to 1",
                "shrinkers.p.model.scan = HALVE|1: shrinkers.p.model.scan: is [HALVE]; did you mean [HALF]?"
                        + " Allowed is one of FULL, HALF, REFUSE, STOP, UNDER",
                "shrinkers.p.model.scan = 7|1: shrinkers.p.model.scan: is [7];"
                        + " allowed is one of FULL, HALF, REFUSE, STOP, UNDER",
                "shrinkers.p.model.faults.kind = STUCK|1: shrinkers.p.model.faults: lacks one or more of"
                        + " rate, every, calls",
                "shrinkers.p = 7|1: shrinkers.p: is [7]; allowed is an object { … }",
                "shrinkers.\" \" {}|1: shrinkers. : is [ ]; allowed is a name of 1 to 128 characters",
                "lod = []|1: lod: unknown; did you mean [load]? Allowed are $schema, about, cgroups, cgroupsEnabled,"
                        + " cluster, duration, expect, heap, kmemOnline, load, name, nodes, pressure, sampleEvery, seed,"
                        + " settings, shrinkers, steps",
                "settings = fast|1: settings: is [fast]; allowed is an object { … }",
                "heap { limit = 1 MiB }|1: heap: lacks [collectEvery]: a duration as in 500 ms, 10 s, 5 m, 1 h,"
                        + " of whole milliseconds above 0",
                "cluster.members = 1|1: cluster.members: is [1]; allowed is a whole number from 2 to 9",
                "steps = [{ op = onlin }]|1: steps[0].op: is [onlin]; did you mean [online]? Allowed is one of"
                        + " online, offline, alloc, register, free, put, late, add, remove, setBit, shrink, dump, round,"
                        + " change, wait, kill, freeze, wake",
                "steps = [{ at = 1s }]|1: steps[0]: lacks [op]: one of online, offline, alloc, register, free, put,"
                        + " late, add, remove, setBit, shrink, dump, round, change, wait, kill, freeze, wake",
                "steps = [{ op = wait }]|1: steps[0]: lacks [for]: a duration as in 500 ms, 10 s, 5 m, 1 h,"
                        + " of whole milliseconds above 0",
                "steps = [5]|1: steps[0]: is [5]; allowed is an object { … }",
                "steps = [{ op = dump, expect = 5 }]|1: steps[0].expect: is [5]; allowed is an object { … }",
                "expect = [{ what = lost }]|1: expect[0]: lacks one or more of is, min, max",
                "expect = [{ what = lost, is = none }]|1: expect[0].is: is [none];"
                        + " allowed is a number, or a duration as in 500 ms, 10 s, 5 m, 1 h",
                "scenarios = []|1: scenarios: is [an empty list];"
                        + " allowed is a list of at least 1, each an object { … }",
                "scenarios = [{}]|1: scenarios[0]: lacks [name]: a name of 1 to 128 characters",
                "scenarios = [{ name = a }], seed = 1|1: seed: unknown; allowed are $schema, scenarios",
                "scenarios = [{ name = a }, { name = a }]|1: scenarios[1].name: is [a], which one above has;"
                        + " allowed is a name of its own",
            })
    void whatIsWrongIsSaidWithItsPlaceAndWhatIsAllowed(String text, String problem) {
        assertThat(problems(text)).containsExactly(problem);
    }

    /** In regular expressions of Java, {@code $} also matches before a line break at the end. */
    @ParameterizedTest
    @ValueSource(strings = {"shrinkers.\"s\\n\" {}", "cgroups = [\"/a\\n\"]", "nodes = [\"heap\\n\"]"})
    void nameThatEndsWithALineBreakIsAProblem(String text) {
        assertThat(String.join("", problems(text))).contains("allowed is");
    }

    @Test
    void everyProblemOfTheFormIsReportedAtOnceInTheOrderOfTheLines() {
        assertThat(places("""
                        duration = 10 parsecs
                        expect = [
                          { what = lost, is = 0 }
                          { what = lots, is = 0 }
                          { what = freed }
                        ]
                        sed = 5
                        shrinkers {
                          pages { seks = 1, model { scan = FUL } }
                        }
                        load = [
                          { shrinker = page, cgroup = /shop, every = 1s, objects = 1 }
                          { shrinker = pages, cgroup = /shop, every = 0s, objects = 1 }
                        ]
                        cluster.members = many
                        steps = [{ at = 5s, op = wait, for = 0 }, { at = 4s, op = shrink, cgroup = /a, priority = 13 }]
                        """))
                .containsExactlyInAnyOrder(
                        "1 duration",
                        "4 expect[1].what",
                        "5 expect[2]",
                        "7 sed",
                        "9 shrinkers.pages.seks",
                        "9 shrinkers.pages.model.scan",
                        "13 load[1].every",
                        "15 cluster.members",
                        "16 steps[0].for",
                        "16 steps[1].priority")
                .isSortedAccordingTo(
                        Comparator.comparingInt(place -> Integer.parseInt(place.substring(0, place.indexOf(' ')))));
    }

    @Test
    void everyProblemOfTheMeaningIsReportedAtOnceInTheOrderOfTheLines() {
        assertThat(places("""
                        duration = 1m
                        expect = [
                          { what = heap, max = 50 }
                        ]
                        shrinkers { pages {} }
                        load = [
                          { shrinker = page, cgroup = /shop, every = 1s, objects = 1 }
                          { shrinker = pages, cgroup = /shop, from = 1h, every = 1s, objects = 1 }
                        ]
                        settings { round-deadlin = 1s }
                        steps = [
                          { at = 5s, op = kill, member = member7 }
                          { at = 4s, op = free, shrinker = pags }
                        ]
                        """))
                .containsExactly(
                        "3 expect[0].what",
                        "7 load[0].shrinker",
                        "8 load[1].from",
                        "10 settings.round-deadlin",
                        "12 steps[0].op",
                        "12 steps[0].member",
                        "13 steps[1].at",
                        "13 steps[1].shrinker");
    }

    /** As {@code 3 expect[0].what}. */
    private static List<String> places(String text) {
        return problems(text).stream()
                .map(problem -> problem.replaceFirst("^(\\d+): (\\S+): .*", "$1 $2"))
                .toList();
    }

    /** The meaning of a file is not checked while its form is invalid. */
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
                "seed = 1~a = b c = [|2: ",
                "steps = [~{ op = dump~]|3: ",
                "x = ${nothing}|1: ",
                "{ \"seed\": 1|1: ",
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
        assertThat(scenario.setup().shrinkers().get(0).spec().batch()).isEqualTo(16);
        assertThat(scenario.setup().shrinkers().get(0).spec().seeks()).isEqualTo(4);
        assertThat(scenario.setup().cgroups()).hasToString("[/shop, /batch]");
        assertThat(scenario.setup().engine().objectAccounting()).isFalse();
        assertThat(scenario.course().load().get(0).times().every()).isEqualTo(Duration.ofMillis(250));
        assertThat(scenario.course().load().get(0).times().to()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void substitutionIsResolvedAndItsProblemHasTheLineOfTheValue() {
        String text = "settings.round-deadline = 2s\nduration = ${settings.round-deadline}\n";
        assertThat(scenario(text).clock().duration()).isEqualTo(Duration.ofSeconds(2));
        assertThat(problems("settings.round-deadline = soon\n" + text.substring(text.indexOf('\n') + 1)))
                .singleElement()
                .asString()
                .startsWith("1: duration: is [soon]");
    }

    @Test
    void environmentOfTheMachineIsNotPartOfAScenario() {
        assertThat(problems("about = ${PATH}")).singleElement().asString().contains("PATH");
    }

    @Test
    void includedFileIsLookedUpInTheSameFolderAndNamedInItsProblems() throws IOException {
        Path included = Files.writeString(folder.resolve("tenants.conf"), "cgroups = [/shop]\nshrinkers.pages {}\n");
        Path file = Files.writeString(
                folder.resolve("x.conf"),
                "include \"tenants.conf\"\nload = [{ shrinker = pages, cgroup = /shop, every = 1s, objects = 5, to = 9s }]");
        Scenario scenario = ScenarioFile.read(file).get(0);
        assertThat(scenario.name()).isEqualTo("x");
        assertThat(scenario.setup().cgroups()).hasToString("[/shop]");
        Files.writeString(included, "\ncgroups = [shop]\n");
        assertThat(catchThrowableOfType(ScenarioException.class, () -> ScenarioFile.read(file))
                        .problems())
                .extracting(Problem::file, Problem::line, Problem::path)
                .containsExactly(tuple(included.toString(), 2, "cgroups[0]"));
    }

    /** The lines are those of Typesafe Config: of the value of a key, of the brace of an object. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "~sed = 1|2 sed",
                "{ # {~~\"sed\" : 1~}|3 sed",
                "seed = 1~seed = x|2 seed",
                "shrinkers { a {} }~shrinkers { b { seks = 1 } }|2 shrinkers.b.seks",
                "shrinkers.a {~batch = 1~}~shrinkers.a.seks = 2|4 shrinkers.a.seks",
                "about = \"\"\"~} b = 1 \"\"\", sed = 1|2 sed",
                "cgroups = [~/a~b~]|3 cgroups[1]",
                "cgroups = [/a]~cgroups += b|2 cgroups[1]",
                "steps = [~{ op = dump }~{~at = 1s }~]|3 steps[1]",
                "expect = [{ what = lost,~is = 0, mix = 1 }]|2 expect[0].mix",
            })
    void problemHasTheLineOfItsValue(String text, String place) {
        assertThat(places(text.replace("~", "\n"))).containsExactly(place);
        assertThat(places(text.replace("~", "\r\n"))).containsExactly(place);
    }

    @Test
    void fileThatIsNotThereIsNoScenario() {
        assertThatThrownBy(() -> ScenarioFile.read(folder.resolve("none.conf"))).isInstanceOf(IOException.class);
    }
}
