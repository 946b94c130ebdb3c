package io.reclaimer.scenario.read;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.model.ScenarioException;
import io.reclaimer.shrinker.CgroupPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the scenarios of one file: checks the form, then reads the values and checks their meaning. */
public final class ScenarioReader {

    private static final int SAMPLES = 600;
    private static final Duration SHORTEST_SAMPLE = Duration.ofMillis(10);
    private static final Duration LONGEST_SAMPLE = Duration.ofSeconds(10);
    private static final ConfigObject SETTINGS =
            ConfigFactory.defaultReference().getObject("reclaimer");

    private final Section root;
    private final SymbolTable symbols;
    private final Duration duration;

    private ScenarioReader(Section root) {
        this.root = root;
        this.symbols = new SymbolTable(root);
        this.duration = root.values().getDuration("duration");
    }

    /**
     * The scenarios of a parsed and resolved file.
     *
     * @param file its name in problems
     * @param defaultName the name of a single scenario that has none
     * @throws ScenarioException with all problems of the form, or else with all problems of the meaning
     */
    public static List<Scenario> read(ConfigObject root, String file, String defaultName) {
        Problems problems = new Problems(file);
        ScenarioSchema.PUBLISHED.check(root, problems);
        problems.throwIfAny();
        SchemaNode schema = ScenarioSchema.PUBLISHED.file(root.containsKey("scenarios"));
        Section section = new Section("", root, schema, problems);
        List<Scenario> scenarios = root.containsKey("scenarios")
                ? several(section)
                : List.of(new ScenarioReader(section).scenario(defaultName));
        problems.throwIfAny();
        return scenarios;
    }

    private static List<Scenario> several(Section file) {
        List<Scenario> scenarios = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Section of : file.sections("scenarios")) {
            String name = of.values().getString("name");
            if (!names.add(name)) {
                of.reject("name", "is [" + name + "], which one above has; allowed is a name of its own");
            }
            scenarios.add(new ScenarioReader(of).scenario(name));
        }
        return scenarios;
    }

    private Scenario scenario(String defaultName) {
        ExpectationReader expectations = new ExpectationReader(symbols, duration, root.has("heap"));
        return new Scenario(
                root.optional("name", Config::getString).orElse(defaultName),
                root.values().getString("about"),
                new Scenario.Clock(root.values().getLong("seed"), duration, sampleEvery()),
                setup(),
                new Scenario.Course(
                        new StepReader(symbols).steps(root.sections("steps")),
                        root.sections("load").stream().map(this::load).toList(),
                        root.sections("pressure").stream().map(this::pressure).toList()),
                root.sections("expect").stream().map(expectations::read).toList());
    }

    private Duration sampleEvery() {
        Duration usual = duration.dividedBy(SAMPLES);
        Duration atLeast = usual.compareTo(SHORTEST_SAMPLE) < 0 ? SHORTEST_SAMPLE : usual;
        return root.optional("sampleEvery", Config::getDuration)
                .orElse(atLeast.compareTo(LONGEST_SAMPLE) > 0 ? LONGEST_SAMPLE : atLeast);
    }

    private Scenario.Setup setup() {
        root.checkSettings("settings", SETTINGS);
        return new Scenario.Setup(
                new Scenario.Engine(
                        symbols.nodes(),
                        root.values().getBoolean("cgroupsEnabled"),
                        root.values().getBoolean("kmemOnline"),
                        root.values().getObject("settings").toConfig()),
                root.values().getStringList("cgroups").stream()
                        .map(CgroupPath::of)
                        .toList(),
                root.named("shrinkers").entrySet().stream()
                        .map(entry -> shrinker(entry.getKey(), entry.getValue()))
                        .toList(),
                root.optionalSection("heap").map(ScenarioReader::heap),
                root.optionalSection("cluster").map(ScenarioReader::cluster));
    }

    private Scenario.Shrinker shrinker(String name, Section of) {
        return PartReader.shrinker(
                name,
                of,
                of.sections("objects").stream()
                        .map(held -> new Scenario.Contents(
                                symbols.ever().cell(name, held), held.values().getLong("objects")))
                        .toList());
    }

    private Scenario.Load load(Section of) {
        return new Scenario.Load(
                symbols.member(of),
                symbols.ever().cell(of),
                PartReader.times(of, duration),
                of.values().getLong("objects"),
                of.values().getDouble("spread"),
                of.optionalLong("upTo", Config::getLong));
    }

    private Scenario.Pressure pressure(Section of) {
        return new Scenario.Pressure(
                symbols.member(of),
                PartReader.times(of, duration),
                PartReader.round(of.section("round"), symbols, symbols.ever()));
    }

    private static Scenario.Heap heap(Section of) {
        Config values = of.values();
        List<Scenario.OtherBytes> other = new ArrayList<>();
        if (values.getAnyRef("other") instanceof List) {
            Duration before = Duration.ZERO;
            for (Section each : of.sections("other")) {
                before = each.timeFrom("from", before, "that of one above");
                other.add(new Scenario.OtherBytes(before, each.values().getBytes("bytes")));
            }
        } else {
            other.add(new Scenario.OtherBytes(Duration.ZERO, values.getBytes("other")));
        }
        return new Scenario.Heap(values.getBytes("limit"), other, values.getDuration("collectEvery"));
    }

    private static Scenario.Cluster cluster(Section of) {
        Config values = of.values();
        return new Scenario.Cluster(
                values.getInt("members"),
                values.getDuration("latency"),
                values.getDouble("spread"),
                values.getDouble("loss"),
                values.getDuration("noticedAfter"));
    }
}
