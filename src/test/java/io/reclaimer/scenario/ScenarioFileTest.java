package io.reclaimer.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.reclaimer.testkit.Seeded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is read from files, and what is said of those that are wrong. */
class ScenarioFileTest {

    @TempDir
    Path folder;

    private static List<String> wrong(String text) {
        ScenarioException wrong =
                catchThrowableOfType(ScenarioException.class, () -> ScenarioFile.parse("f.conf", text));
        assertThat(wrong).as(text).isNotNull();
        return wrong.getMessage().lines().toList();
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("seed = soon", "1:1: seed: is [soon]; allowed is a whole number"),
                mistake("  sede = 1", "1:3: sede: unknown; did you mean [seed]? Allowed are about, cgroups"),
                mistake("colour = red", "1:1: colour: unknown; allowed are about, cgroups"),
                mistake("duration = 10 parsecs", "1:1: duration: is [10 parsecs]; allowed is a duration as in 500 ms"),
                mistake("duration = -1 s", "1:1: duration: is [-1 s]; allowed is a duration"),
                mistake(
                        "sampleEvery = 0 s",
                        "1:1: sampleEvery: is [0 s]; allowed is a duration as in 500 ms, 10 s, 5 m, 1 h, above 0"),
                mistake("nodes = 0", "1:1: nodes: is [0]; allowed is a whole number from 1 to 64, or a list"),
                mistake("nodes = [a, a]", "1:1: nodes: is [a, a]; allowed are one name or more, none twice"),
                mistake("cgroups = [/a, b]", "1:16: cgroups[1]: is [b]; allowed is a path as in /shop/web"),
                mistake("cgroups = /a", "1:1: cgroups: is [/a]; allowed is a list of a path"),
                mistake("cgroupsEnabled = perhaps", "1:1: cgroupsEnabled: is [perhaps]; allowed is true or false"),
                mistake(
                        "settings.quarantin.after-faults = 1",
                        "1:1: settings.quarantin: unknown; did you mean [quarantine]?"),
                mistake("settings.quarantine.after = 1", "1:1: settings.quarantine.after: unknown"),
                mistake("shrinkers.p { flags = [FAST] }", "1:24: shrinkers.p.flags[0]: is [FAST]; allowed is one of"),
                mistake("shrinkers.p.model.scan = FUL", "1:1: shrinkers.p.model.scan: is [FUL]; did you mean [FULL]?"),
                mistake(
                        "shrinkers.p.model.faults.kind = THROW",
                        "1:1: shrinkers.p.model.faults: lacks which calls are faulty"),
                mistake("shrinkers.p.objectBytes = 0", "1:1: shrinkers.p.objectBytes: is [0]; allowed is a size"),
                mistake(
                        "shrinkers.p.objects = [{ cgroup = /a, node = gpu, objects = 1 }]",
                        "1:39: shrinkers.p.objects[0].node: is [gpu], which is no node; there are [heap]"),
                mistake(
                        "steps = [{ op = shrink, cgroup = /a, priority = 13 }]",
                        "1:38: steps[0].priority: is [13]; allowed is a whole number from 0 to 12"),
                mistake(
                        "steps = [{ op = shrnk }]",
                        "1:12: steps[0].op: is [shrnk]; did you mean [shrink]? Allowed is one of"),
                mistake("steps = [{ cgroup = /a }]", "1:10: steps[0]: lacks [op]: one of online, offline"),
                mistake("steps = [{ op = register }]", "1:10: steps[0]: lacks [shrinker]"),
                mistake(
                        "steps = [{ op = register, shrinker = p }]",
                        "1:27: steps[0].shrinker: is [p], which is no shrinker; there are here none"),
                mistake(
                        "steps = [{ op = offline, cgroup = a }]",
                        "1:26: steps[0].cgroup: is [a], which no online step has named"),
                mistake(
                        "steps = [{ op = online, cgroup = a }]",
                        "1:25: steps[0].cgroup: is [a]; allowed is a path as in /shop/web, or a name and its parent"),
                mistake(
                        "steps = [{ op = kill, member = member1 }]",
                        "1:23: steps[0].member: needs several members; give the scenario cluster"),
                mistake("cluster.members = 2\nsteps = [{ op = kill }]", "2:10: steps[0]: lacks [member]"),
                mistake(
                        "cluster.members = 2\nsteps = [{ op = kill, member = member3 }]",
                        "2:23: steps[0].member: is [member3]; there are member1 to member2"),
                mistake("cluster.members = 1", "1:1: cluster.members: is [1]; allowed is a whole number from 2 to 9"),
                mistake(
                        "steps = [{ op = dump, at = 2s }, { op = dump, at = 1s }]",
                        "1:47: steps[1].at: is [1s], before that of a step above; allowed is 2s or later"),
                mistake(
                        "shrinkers.p {}\nload = [{ shrinker = p, cgroup = /a, every = 1s, objects = 1, from = 2s, to = 1s }]",
                        "2:74: load[0].to: ends at [1s], before it begins"),
                mistake("pressure = [{ every = 1s }]", "1:13: pressure[0]: lacks [round]"),
                mistake(
                        "pressure = [{ every = 1s, round.overCluster = true }]",
                        "1:27: pressure[0].round.overCluster: needs several members"),
                mistake(
                        "expect = [{ what = heap, max = 1 }]",
                        "1:13: expect[0].what: is [heap], and the scenario has none"),
                mistake("expect = [{ what = freedShare, max = 1 }]", "1:11: expect[0]: lacks [cgroup]"),
                mistake("expect = [{ what = freed }]", "1:11: expect[0]: lacks what is expected: is, min or max"),
                mistake(
                        "expect = [{ what = freed, is = 1, at = 1s, always = true }]",
                        "1:11: expect[0]: has [at, always]; allowed is one of them"),
                mistake("scenarios = [{}]", "1:14: scenarios[0]: lacks [name]"),
                mistake(
                        "scenarios = [{ name = a }, { name = a }]",
                        "1:30: scenarios[1].name: is [a], which another one has"),
                mistake("scenarios = []", "1:1: scenarios: is empty"),
                mistake("scenarios = [{ name = a }], seed = 1", "1:29: seed: unknown"));
    }

    private static Arguments mistake(String text, String problem) {
        return Arguments.of(text, problem);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakeIsSaidWithItsPlaceAndWhatIsAllowed(String text, String problem) {
        assertThat(wrong(text)).hasSize(1).allMatch(line -> line.startsWith("f.conf:" + problem));
    }

    @Test
    void everythingThatIsWrongIsSaidInTheOrderOfTheFile() {
        assertThat(wrong("""
                # A comment with { and "quotes.
                seed = x, duration = y   // and another one
                shrinkers {
                \tpages { seks = 1
                    model { arg = 0 } }
                }
                steps = [
                  { op = add, shrinker = pages }
                ]
                """))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("f.conf:2:1: seed"),
                        line -> assertThat(line).startsWith("f.conf:2:11: duration"),
                        line -> assertThat(line)
                                .startsWith("f.conf:4:10: shrinkers.pages.seks: unknown; did you mean [seeks]?"),
                        line -> assertThat(line).startsWith("f.conf:5:13: shrinkers.pages.model.arg"),
                        line -> assertThat(line).startsWith("f.conf:8:3: steps[0]: lacks [cgroup]"),
                        line -> assertThat(line).startsWith("f.conf:8:3: steps[0]: lacks [objects]"));
    }

    @Test
    void whatIsNoHoconIsSaidWithItsLine() {
        assertThat(wrong("seed = 1\nload = [\n{ a = 1\n"))
                .singleElement()
                .asString()
                .startsWith("f.conf:")
                .contains("can't be read as HOCON");
        assertThat(wrong("seed = ${nowhere}"))
                .singleElement()
                .asString()
                .startsWith("f.conf:1:1: can't be read as HOCON");
    }

    /** As HOCON has it in all its ways. */
    @Test
    void hoconIsRead() throws IOException {
        Files.writeString(folder.resolve("more.conf"), "seed = 7");
        Path file = folder.resolve("all.conf");
        Files.writeString(
                file, """
                include "more.conf"
                "about" : \"""in three "quotes\"""\"
                half = 5 s
                duration = 1 m, duration = ${half}
                cgroups = [ /a
                  "/b", ]
                shrinkers { p { seeks : 4 }
                  p.batch = 10 }
                shrinkers.p.model = { scan = HALF } { arg = 3 }
                """.replace("half = 5 s\n", "").replace("${half}", "5 s").replace("\n", "\r\n"));
        Scenario scenario = ScenarioFile.read(file).get(0);
        assertThat(scenario.name()).isEqualTo("all");
        assertThat(scenario.about()).isEqualTo("in three \"quotes\"");
        assertThat(scenario.seed()).isEqualTo(7);
        assertThat(scenario.duration()).isEqualTo(Duration.ofSeconds(5));
        assertThat(scenario.cgroups()).hasToString("[/a, /b]");
        ShrinkerModel pages = scenario.shrinkers().get(0);
        assertThat(List.of(pages.seeks(), pages.batch())).hasToString("[4, 10]");
        assertThat(pages.cache().scan()).isEqualTo(CacheModel.Scan.HALF);
        assertThat(pages.cache().arg()).isEqualTo(3);
    }

    @Test
    void shrinkersAreInTheOrderOfTheFile() {
        Scenario scenario =
                ScenarioFile.parse("f", "shrinkers { z {}, a {}\n m {} }").get(0);
        assertThat(scenario.shrinkers()).extracting(ShrinkerModel::name).containsExactly("z", "a", "m");
    }

    /** Of any nesting: what is where the generator put it. */
    @Test
    void placesAreExactWhateverTheNesting() {
        Seeded random = Seeded.create();
        for (int run = 0; run < 500; run++) {
            Map<String, Position> expected = new LinkedHashMap<>();
            Written written = new Written();
            boolean braces = random.nextBoolean();
            written.add(braces ? "{ " : "");
            members(random, written, "", expected, 0);
            written.add(braces ? "\n}" : "");
            Map<String, Position> found = TextPositions.of(written.text.toString());
            assertThat(found).as("%s\n%s", random, written.text).containsAllEntriesOf(expected);
        }
    }

    private static final class Written {
        final StringBuilder text = new StringBuilder();

        void add(String more) {
            text.append(more);
        }

        Position here() {
            String before = text.toString();
            int line = (int) before.chars().filter(letter -> letter == '\n').count() + 1;
            return new Position(line, before.length() - before.lastIndexOf('\n'));
        }
    }

    private static void members(Seeded random, Written to, String path, Map<String, Position> expected, int depth) {
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            to.add(List.of("", "  ", "\t", "# a { comment \" = [\n", "// another\n\n ")
                    .get(random.nextInt(5)));
            String key = "k" + i;
            String full = ShapeCheck.join(path, key);
            expected.put(full, to.here());
            to.add(random.nextInt(4) == 0 ? '"' + key + '"' : key);
            to.add(List.of(" = ", ":", "=", " : ").get(random.nextInt(4)));
            value(random, to, full, expected, depth);
            to.add(List.of("\n", ",", " ,\n", "\r\n").get(random.nextInt(4)));
        }
    }

    private static void value(Seeded random, Written to, String path, Map<String, Position> expected, int depth) {
        int kind = depth > 3 ? random.nextInt(3) : random.nextInt(5);
        switch (kind) {
            case 0 -> to.add("10 s");
            case 1 -> to.add("\"a \\\" } ] # , text\"");
            case 2 -> to.add("\"\"\"three \"\" { \n quotes\"\"\"");
            case 3 -> {
                to.add("{");
                to.add(random.nextBoolean() ? "\n" : " ");
                members(random, to, path, expected, depth + 1);
                to.add("}");
            }
            default -> {
                to.add("[");
                int count = random.nextInt(4);
                for (int i = 0; i < count; i++) {
                    to.add(random.nextBoolean() ? " " : "\n  ");
                    expected.put(path + "[" + i + "]", to.here());
                    value(random, to, path + "[" + i + "]", expected, depth + 1);
                    to.add(",");
                }
                to.add("]");
            }
        }
    }
}
