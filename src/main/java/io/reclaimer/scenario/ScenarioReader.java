package io.reclaimer.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.ShrinkerTrait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Makes a {@link Scenario} of an object whose form has been checked, and says what is wrong beyond its form. One thread's. */
final class ScenarioReader {

    private static final int SAMPLES = 600;
    private static final Duration SHORTEST_SAMPLE = Duration.ofMillis(10);
    private static final Duration LONGEST_SAMPLE = Duration.ofSeconds(10);
    private static final Set<ShrinkerTrait> USUAL = Set.of(ShrinkerTrait.CGROUP_AWARE, ShrinkerTrait.NUMA_AWARE);

    private final Given root;
    private final Function<String, Position> positions;
    private final Problems problems;
    private final Names names;
    private final Duration duration;

    ScenarioReader(String path, ConfigObject object, Function<String, Position> positions, Problems problems) {
        this.root = new Given(path, object);
        this.positions = positions;
        this.problems = problems;
        this.names = new Names(root, problems);
        this.duration = root.time("duration", Duration.ZERO);
    }

    Scenario scenario(String otherwise) {
        Duration usual = duration.dividedBy(SAMPLES);
        usual = usual.compareTo(SHORTEST_SAMPLE) < 0
                ? SHORTEST_SAMPLE
                : usual.compareTo(LONGEST_SAMPLE) > 0 ? LONGEST_SAMPLE : usual;
        List<ShrinkerModel> shrinkers = new ArrayList<>();
        root.object("shrinkers")
                .ifPresent(all -> all.keys().stream()
                        .sorted(Comparator.comparing(name -> positions.apply(ShapeCheck.join(all.path(), name))))
                        .forEach(name ->
                                shrinkers.add(shrinker(name, all.object(name).orElseThrow(), USUAL))));
        ExpectationReader expectations = new ExpectationReader(root.has("heap"), names, this::to, positions, problems);
        List<Step> steps = root.each("steps").map(this::step).toList();
        checkOrder();
        return new Scenario(
                root.text("name", otherwise),
                root.text("about", ""),
                root.number("seed", 1),
                names.nodes(),
                root.flag("cgroupsEnabled", true),
                root.flag("kmemOnline", true),
                settings(),
                duration,
                root.time("sampleEvery", usual),
                root.texts("cgroups").stream().map(CgroupPath::of).toList(),
                shrinkers,
                root.each("load").map(this::load).toList(),
                root.each("pressure").map(this::pressure).toList(),
                root.object("heap").map(this::heap),
                root.object("cluster").map(ScenarioReader::cluster),
                steps,
                root.each("expect").map(expectations::expectation).toList());
    }

    private void checkOrder() {
        Duration before = Duration.ZERO;
        for (Given step : root.each("steps").toList()) {
            Duration at = step.time("at", before);
            if (at.compareTo(before) < 0) {
                problems.add(
                        ShapeCheck.join(step.path(), "at"),
                        "is [" + Words.time(at) + "], before that of a step above; allowed is " + Words.time(before)
                                + " or later");
            } else {
                before = at;
            }
        }
    }

    private Config settings() {
        Optional<Given> given = root.object("settings");
        if (given.isEmpty()) {
            return ConfigFactory.empty();
        }
        ConfigObject known = ConfigFactory.defaultReference().getObject("reclaimer");
        checkSettings(given.get(), known);
        return given.get().config();
    }

    private void checkSettings(Given given, ConfigObject known) {
        for (String key : given.keys()) {
            ConfigValue there = known.get(key);
            if (there == null) {
                List<String> all = known.keySet().stream().sorted().toList();
                problems.add(
                        ShapeCheck.join(given.path(), key),
                        "unknown" + Problems.choice(key, all, "are " + String.join(", ", all)));
            } else if (there instanceof ConfigObject below) {
                given.object(key)
                        .ifPresentOrElse(
                                inner -> checkSettings(inner, below),
                                () -> problems.add(
                                        ShapeCheck.join(given.path(), key),
                                        "is [" + given.text(key, "null") + "]; allowed is an object with "
                                                + String.join(
                                                        ", ",
                                                        below.keySet().stream()
                                                                .sorted()
                                                                .toList())));
            }
        }
    }

    private ShrinkerModel shrinker(String name, Given of, Set<ShrinkerTrait> usual) {
        Set<ShrinkerTrait> traits = of.has("flags")
                ? of.texts("flags").stream().map(ShrinkerTrait::valueOf).collect(Collectors.toSet())
                : usual;
        return new ShrinkerModel(
                name,
                traits,
                (int) of.number("seeks", ShrinkerSpec.DEFAULT_SEEKS),
                of.number("batch", 0),
                of.bytes("objectBytes", ShrinkerSpec.DEFAULT_OBJECT_BYTES),
                cache(of.object("model")),
                of.has("objects") && of.isList("objects")
                        ? of.each("objects")
                                .map(held -> new ShrinkerModel.Held(
                                        names.cgroup(held, "cgroup"), names.node(held), held.number("objects", 0)))
                                .toList()
                        : List.of());
    }

    private static CacheModel cache(Optional<Given> given) {
        Given of = given.orElse(Given.NONE);
        Optional<CacheModel.Faults> faults = of.object("faults").map(ScenarioReader::faults);
        return new CacheModel(
                CacheModel.WhenEmpty.valueOf(of.text("whenEmpty", "EMPTY")),
                CacheModel.Scan.valueOf(of.text("scan", "FULL")),
                (int) of.number("arg", 1),
                of.time("latency", Duration.ZERO),
                of.decimal("countFactor", 1),
                of.decimal("refaults", 0),
                of.time("refaultAfter", Duration.ofSeconds(1)),
                faults);
    }

    private static CacheModel.Faults faults(Given of) {
        return new CacheModel.Faults(
                CacheModel.Fault.valueOf(of.text("kind", "")),
                of.decimal("rate", 0),
                (int) of.number("every", 0),
                of.numbers("calls").map(Number::intValue).collect(Collectors.toSet()));
    }

    private Duration to(Given of) {
        Duration from = of.time("from", Duration.ZERO);
        Duration to = of.time("to", duration);
        if (to.compareTo(from) < 0) {
            problems.add(
                    ShapeCheck.join(of.path(), of.has("to") ? "to" : "from"),
                    of.has("to")
                            ? "is [" + Words.time(to) + "], before from; allowed is " + Words.time(from) + " or later"
                            : "is [" + Words.time(from) + "], after the duration; allowed is up to " + Words.time(to)
                                    + ", or later with a to");
        }
        return to;
    }

    private Load load(Given of) {
        return new Load(
                positions.apply(of.path()),
                names.member(of),
                names.shrinker(of),
                names.cgroup(of, "cgroup"),
                names.node(of),
                of.time("from", Duration.ZERO),
                to(of),
                of.time("every", Duration.ZERO),
                of.number("objects", 0),
                of.decimal("spread", 0),
                of.has("upTo") ? OptionalLong.of(of.number("upTo", 0)) : OptionalLong.empty());
    }

    private PressureModel pressure(Given of) {
        return new PressureModel(
                positions.apply(of.path()),
                names.member(of),
                of.time("from", Duration.ZERO),
                to(of),
                of.time("every", Duration.ZERO),
                round(of.object("round").orElseThrow(), given -> names.cgroup(given, "cgroup")));
    }

    private RoundModel round(Given of, Function<Given, String> cgroup) {
        boolean overCluster = of.flag("overCluster", false);
        if (overCluster) {
            names.needsCluster(ShapeCheck.join(of.path(), "overCluster"));
        }
        List<Integer> on = new ArrayList<>();
        List<?> given = of.plain("nodes").map(List.class::cast).orElse(List.of());
        for (int i = 0; i < given.size(); i++) {
            on.add(names.node(ShapeCheck.join(of.path(), "nodes[" + i + "]"), given.get(i)));
        }
        if (of.has("bytes") && (of.has("objects") || overCluster)) {
            problems.add(
                    ShapeCheck.join(of.path(), "bytes"),
                    of.has("objects")
                            ? "stands beside objects; allowed is one of them"
                            : "is the target of a round over the cluster; allowed is objects");
        }
        return new RoundModel(
                of.has("cgroup") ? cgroup.apply(of) : "/",
                of.flag("alone", false),
                on,
                of.has("objects") ? OptionalLong.of(of.number("objects", 0)) : OptionalLong.empty(),
                of.has("bytes") ? OptionalLong.of(of.bytes("bytes", 0)) : OptionalLong.empty(),
                (int) of.number("priority", Shrinker.LOWEST_PRIORITY),
                of.has("within") ? Optional.of(of.time("within", Duration.ZERO)) : Optional.empty(),
                of.flag("background", false),
                of.flag("losslessOnly", false),
                overCluster,
                names.members(of));
    }

    private HeapModel heap(Given of) {
        List<HeapModel.Other> other = of.isList("other")
                ? of.each("other")
                        .map(each -> new HeapModel.Other(each.time("from", Duration.ZERO), each.bytes("bytes", 0)))
                        .toList()
                : List.of(new HeapModel.Other(Duration.ZERO, of.bytes("other", 0)));
        for (int i = 1; i < other.size(); i++) {
            if (other.get(i).from().compareTo(other.get(i - 1).from()) < 0) {
                problems.add(
                        ShapeCheck.join(of.path(), "other[" + i + "].from"),
                        "is [" + Words.time(other.get(i).from()) + "], before that of one above; allowed is "
                                + Words.time(other.get(i - 1).from()) + " or later");
            }
        }
        return new HeapModel(of.bytes("limit", 1), other, of.time("collectEvery", Duration.ZERO));
    }

    private static ClusterModel cluster(Given of) {
        return new ClusterModel(
                (int) of.number("members", 0),
                of.time("latency", Duration.ofMillis(1)),
                of.decimal("spread", 0),
                of.decimal("loss", 0),
                of.time("noticedAfter", Duration.ofSeconds(5)));
    }

    private Step step(Given of) {
        Step.Action action = action(of);
        return new Step(
                positions.apply(of.path()),
                of.has("at") ? Optional.of(of.time("at", Duration.ZERO)) : Optional.empty(),
                names.member(of),
                action,
                of.object("expect").map(Given::object));
    }

    private Step.Action action(Given of) {
        return switch (of.text("op", "")) {
            case "online" -> online(of);
            case "offline" -> new Step.Offline(names.offline(of));
            case "alloc" -> new Step.Alloc(shrinker(names.alloc(of), of, Set.of()));
            case "register" -> new Step.Register(names.shrinkerNow(of));
            case "free" -> new Step.Free(names.free(of));
            case "put" ->
                new Step.Put(
                        names.shrinkerNow(of), names.cgroupNow(of, "cgroup"), names.node(of), of.number("objects", 0));
            case "late" ->
                new Step.Late(
                        names.shrinkerNow(of), names.cgroupNow(of, "cgroup"), names.node(of), of.number("objects", 0));
            case "add" ->
                new Step.Add(
                        names.shrinkerNow(of), names.cgroupNow(of, "cgroup"), names.node(of), of.number("objects", 0));
            case "remove" ->
                new Step.Remove(
                        names.shrinkerNow(of), names.cgroupNow(of, "cgroup"), names.node(of), of.number("objects", 0));
            case "setBit" -> new Step.SetBit(names.shrinkerNow(of), names.cgroupNow(of, "cgroup"), names.node(of));
            case "shrink" ->
                new Step.Shrink(names.cgroupNow(of, "cgroup"), names.node(of), (int) of.number("priority", 0));
            case "dump" -> new Step.Dump();
            case "round" ->
                new Step.Round(round(of, given -> names.cgroupNow(given, "cgroup")), of.flag("apart", false));
            case "change" -> new Step.Change(names.shrinkerNow(of), cache(of.object("model")));
            case "wait" -> new Step.Wait(of.time("for", Duration.ZERO));
            case "kill" -> memberStep(of, new Step.Kill());
            case "freeze" -> memberStep(of, new Step.Freeze());
            case "wake" -> memberStep(of, new Step.Wake());
            default -> throw new IllegalStateException("No such step: " + of.text("op", ""));
        };
    }

    private Step.Action online(Given of) {
        String cgroup = of.text("cgroup", "");
        if (of.has("parent") == cgroup.startsWith("/")) {
            problems.add(
                    ShapeCheck.join(of.path(), "cgroup"),
                    "is [" + cgroup + "]; allowed is a path as in /shop/web, or a name and its parent");
        }
        Optional<String> parent = of.has("parent") ? Optional.of(names.cgroupNow(of, "parent")) : Optional.empty();
        names.online(of);
        return new Step.Online(cgroup, parent);
    }

    private Step.Action memberStep(Given of, Step.Action action) {
        names.needsCluster(ShapeCheck.join(of.path(), "op"));
        return action;
    }
}
