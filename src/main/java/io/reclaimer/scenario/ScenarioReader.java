package io.reclaimer.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
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
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Makes a {@link Scenario} of an object whose form has been checked, and says what is wrong beyond its form. One thread's. */
final class ScenarioReader {

    private static final int SAMPLES = 600;
    private static final Duration SHORTEST_SAMPLE = Duration.ofMillis(10);
    private static final Duration LONGEST_SAMPLE = Duration.ofSeconds(10);
    private static final Set<ShrinkerTrait> USUAL = Set.of(ShrinkerTrait.CGROUP_AWARE, ShrinkerTrait.NUMA_AWARE);

    private final String path;
    private final Given root;
    private final Function<String, Position> positions;
    private final Problems problems;
    private final List<String> nodes;
    private final Names names;
    private final Duration duration;

    ScenarioReader(String path, ConfigObject object, Function<String, Position> positions, Problems problems) {
        this.path = path;
        this.root = new Given(path, object);
        this.positions = positions;
        this.problems = problems;
        this.nodes = nodes();
        this.names = new Names(root, problems);
        this.duration = root.time("duration", Duration.ZERO);
    }

    private List<String> nodes() {
        Object given = root.plain("nodes").orElse(List.of("heap"));
        List<String> all = given instanceof Number count
                ? IntStream.range(0, count.intValue()).mapToObj(i -> "node" + i).toList()
                : ((List<?>) given).stream().map(String::valueOf).toList();
        if (all.isEmpty() || all.size() > Set.copyOf(all).size()) {
            problems.add(ShapeCheck.join(path, "nodes"), "is " + all + "; allowed are one name or more, none twice");
        }
        return all;
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
        List<Step> steps = root.each("steps").map(this::step).toList();
        checkOrder(steps);
        return new Scenario(
                root.text("name", otherwise),
                root.text("about", ""),
                root.number("seed", 1),
                nodes,
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
                root.each("expect").map(this::expectation).toList());
    }

    private void checkOrder(List<Step> steps) {
        Duration before = Duration.ZERO;
        for (int i = 0; i < steps.size(); i++) {
            Optional<Duration> at = steps.get(i).at();
            if (at.isPresent() && at.get().compareTo(before) < 0) {
                problems.add(
                        ShapeCheck.join(path, "steps[" + i + "].at"),
                        "is [" + Words.time(at.get()) + "], before that of a step above; allowed is "
                                + Words.time(before) + " or later");
            }
            before = at.orElse(before);
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
                problems.add(
                        ShapeCheck.join(given.path(), key),
                        "unknown" + Problems.hint(key, List.copyOf(known.keySet())) + " Allowed are "
                                + String.join(
                                        ", ", known.keySet().stream().sorted().toList()));
            } else if (there instanceof ConfigObject below) {
                given.object(key).ifPresent(inner -> checkSettings(inner, below));
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
                                        names.cgroup(held, "cgroup"), node(held), held.number("objects", 0)))
                                .toList()
                        : List.of());
    }

    private CacheModel cache(Optional<Given> given) {
        Given of = given.orElse(Given.NONE);
        Optional<CacheModel.Faults> faults = of.object("faults").map(this::faults);
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

    private CacheModel.Faults faults(Given of) {
        if (!of.has("rate") && !of.has("every") && !of.has("calls")) {
            problems.add(of.path(), "lacks which calls are faulty: one or more of rate, every, calls");
        }
        return new CacheModel.Faults(
                CacheModel.Fault.valueOf(of.text("kind", "")),
                of.decimal("rate", 0),
                (int) of.number("every", 0),
                of.texts("calls").stream().map(Integer::valueOf).collect(Collectors.toSet()));
    }

    private int node(Given of) {
        return optionalNode(of).orElse(0);
    }

    private Optional<Integer> optionalNode(Given of) {
        String key = of.has("node") ? "node" : "nid";
        return of.plain(key).map(given -> node(ShapeCheck.join(of.path(), key), given));
    }

    private int node(String where, Object given) {
        int number = given instanceof Number plain ? plain.intValue() : nodes.indexOf(String.valueOf(given));
        if (number < 0 || number >= nodes.size()) {
            problems.add(where, "is [" + given + "], which is no node; there are " + nodes);
            return 0;
        }
        return number;
    }

    private Duration to(Given of) {
        Duration from = of.time("from", Duration.ZERO);
        Duration to = of.time("to", duration);
        if (to.compareTo(from) < 0) {
            problems.add(
                    of.has("to") ? ShapeCheck.join(of.path(), "to") : of.path(),
                    "ends at [" + Words.time(to) + "], before it begins; allowed is " + Words.time(from) + " or later");
        }
        return to;
    }

    private Load load(Given of) {
        return new Load(
                positions.apply(of.path()),
                names.member(of),
                names.shrinker(of),
                names.cgroup(of, "cgroup"),
                node(of),
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
                round(of.object("round").orElseThrow()));
    }

    private RoundModel round(Given of) {
        boolean overCluster = of.flag("overCluster", false);
        if (overCluster) {
            names.needsCluster(ShapeCheck.join(of.path(), "overCluster"));
        }
        List<Integer> on = new ArrayList<>();
        List<?> given = of.plain("nodes").map(List.class::cast).orElse(List.of());
        for (int i = 0; i < given.size(); i++) {
            on.add(node(ShapeCheck.join(of.path(), "nodes[" + i + "]"), given.get(i)));
        }
        return new RoundModel(
                of.has("cgroup") ? names.cgroup(of, "cgroup") : "/",
                of.flag("alone", false),
                on,
                of.has("objects") ? OptionalLong.of(of.number("objects", 0)) : OptionalLong.empty(),
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
        Optional<ConfigObject> expect = of.object("expect").map(Given::object);
        if (expect.isEmpty() && of.has("expect")) {
            problems.add(ShapeCheck.join(of.path(), "expect"), "is no object; allowed is { key = value, … }");
        }
        return new Step(
                positions.apply(of.path()),
                of.has("at") ? Optional.of(of.time("at", Duration.ZERO)) : Optional.empty(),
                names.member(of),
                action,
                expect);
    }

    private Step.Action action(Given of) {
        return switch (of.text("op", "")) {
            case "online" -> online(of);
            case "offline" -> new Step.Offline(names.offline(of));
            case "alloc" -> new Step.Alloc(shrinker(names.alloc(of), of, Set.of()));
            case "register" -> new Step.Register(names.shrinkerNow(of));
            case "free" -> new Step.Free(names.free(of));
            case "put" -> new Step.Put(names.shrinkerNow(of), names.cgroupNow(of), node(of), of.number("objects", 0));
            case "late" -> new Step.Late(names.shrinkerNow(of), names.cgroupNow(of), node(of), of.number("objects", 0));
            case "add" -> new Step.Add(names.shrinkerNow(of), names.cgroupNow(of), node(of), of.number("objects", 0));
            case "remove" ->
                new Step.Remove(names.shrinkerNow(of), names.cgroupNow(of), node(of), of.number("objects", 0));
            case "setBit" -> new Step.SetBit(names.shrinkerNow(of), names.cgroupNow(of), node(of));
            case "shrink" -> new Step.Shrink(names.cgroupNow(of), node(of), (int) of.number("priority", 0));
            case "dump" -> new Step.Dump();
            case "round" -> new Step.Round(round(of), of.flag("apart", false));
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
        Optional<String> parent = of.has("parent") ? Optional.of(names.cgroup(of, "parent")) : Optional.empty();
        names.online(of);
        return new Step.Online(cgroup, parent);
    }

    private Step.Action memberStep(Given of, Step.Action action) {
        if (!of.has("member")) {
            problems.add(of.path(), "lacks [member]: member1 to member9");
        }
        return action;
    }

    private Expectation expectation(Given of) {
        Expectation.What what = Expectation.What.valueOf(
                of.text("what", "").replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT));
        if (what == Expectation.What.HEAP && !root.has("heap")) {
            problems.add(
                    ShapeCheck.join(of.path(), "what"), "is [heap], and the scenario has none; give it heap { … }");
        }
        if (what == Expectation.What.FREED_SHARE && !of.has("cgroup")) {
            problems.add(of.path(), "lacks [cgroup]: whose share");
        }
        if (!of.has("is") && !of.has("min") && !of.has("max")) {
            problems.add(of.path(), "lacks what is expected: is, min or max");
        }
        return new Expectation(
                positions.apply(of.path()),
                new Expectation.Value(
                        what,
                        names.member(of),
                        of.has("shrinker") ? Optional.of(names.shrinker(of)) : Optional.empty(),
                        of.has("cgroup") ? Optional.of(names.cgroup(of, "cgroup")) : Optional.empty(),
                        optionalNode(of)),
                when(of),
                bound(of, "is"),
                bound(of, "min"),
                bound(of, "max"));
    }

    private static OptionalDouble bound(Given of, String key) {
        Optional<Object> given = of.plain(key);
        if (given.isEmpty()) {
            return OptionalDouble.empty();
        }
        return given.get() instanceof Number number
                ? OptionalDouble.of(number.doubleValue())
                : OptionalDouble.of(of.time(key, Duration.ZERO).toNanos() / 1e6);
    }

    private Expectation.When when(Given of) {
        boolean always = of.flag("always", false);
        boolean never = of.flag("never", false);
        List<String> forms = new ArrayList<>();
        for (String form : List.of("at", "eventuallyWithin")) {
            if (of.has(form)) {
                forms.add(form);
            }
        }
        if (always) {
            forms.add("always");
        }
        if (never) {
            forms.add("never");
        }
        if (forms.size() > 1) {
            problems.add(of.path(), "has " + forms + "; allowed is one of them");
        }
        Duration from = of.time("from", Duration.ZERO);
        if (of.has("at")) {
            return new Expectation.At(of.time("at", Duration.ZERO));
        } else if (of.has("eventuallyWithin")) {
            return new Expectation.Eventually(from, from.plus(of.time("eventuallyWithin", Duration.ZERO)));
        } else if (always) {
            return new Expectation.Always(from, to(of));
        } else if (never) {
            return new Expectation.Never(from, to(of));
        }
        return new Expectation.AtTheEnd();
    }

    /** The values of an object whose form is right. */
    record Given(String path, ConfigObject object) {

        static final Given NONE = new Given("", ConfigFactory.empty().root());

        Config config() {
            return object.toConfig();
        }

        boolean has(String key) {
            return object.containsKey(key);
        }

        List<String> keys() {
            return object.keySet().stream().sorted().toList();
        }

        boolean isList(String key) {
            return object.get(key) instanceof ConfigList;
        }

        Optional<Object> plain(String key) {
            return Optional.ofNullable(object.get(key)).map(ConfigValue::unwrapped);
        }

        String text(String key, String otherwise) {
            return plain(key).map(String::valueOf).orElse(otherwise);
        }

        List<String> texts(String key) {
            return plain(key)
                    .map(List.class::cast)
                    .map(list -> ((List<?>) list).stream().map(String::valueOf).toList())
                    .orElse(List.of());
        }

        long number(String key, long otherwise) {
            return plain(key)
                    .filter(Number.class::isInstance)
                    .map(value -> ((Number) value).longValue())
                    .orElse(otherwise);
        }

        double decimal(String key, double otherwise) {
            return plain(key).map(value -> ((Number) value).doubleValue()).orElse(otherwise);
        }

        boolean flag(String key, boolean otherwise) {
            return has(key) ? config().getBoolean("\"" + key + "\"") : otherwise;
        }

        Duration time(String key, Duration otherwise) {
            ConfigValue value = object.get(key);
            return value == null ? otherwise : ShapeCheck.duration(value).orElse(otherwise);
        }

        long bytes(String key, long otherwise) {
            ConfigValue value = object.get(key);
            return value == null ? otherwise : ShapeCheck.bytes(value).orElse(otherwise);
        }

        Optional<Given> object(String key) {
            return object.get(key) instanceof ConfigObject inner
                    ? Optional.of(new Given(ShapeCheck.join(path, key), inner))
                    : Optional.empty();
        }

        Stream<Given> each(String key) {
            return object.get(key) instanceof ConfigList list
                    ? IntStream.range(0, list.size())
                            .mapToObj(i ->
                                    new Given(ShapeCheck.join(path, key) + "[" + i + "]", (ConfigObject) list.get(i)))
                    : Stream.empty();
        }
    }
}
