package io.reclaimer.scenario;

import static io.reclaimer.scenario.Shape.needed;
import static io.reclaimer.scenario.Shape.optional;

import io.reclaimer.scenario.Shape.Anything;
import io.reclaimer.scenario.Shape.Decimal;
import io.reclaimer.scenario.Shape.Either;
import io.reclaimer.scenario.Shape.Field;
import io.reclaimer.scenario.Shape.Flag;
import io.reclaimer.scenario.Shape.Keys;
import io.reclaimer.scenario.Shape.Kinds;
import io.reclaimer.scenario.Shape.Many;
import io.reclaimer.scenario.Shape.Names;
import io.reclaimer.scenario.Shape.Size;
import io.reclaimer.scenario.Shape.Text;
import io.reclaimer.scenario.Shape.Time;
import io.reclaimer.scenario.Shape.Whole;
import io.reclaimer.scenario.Shape.Word;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerTrait;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The form of scenarios: what each key is, and what is allowed. */
final class ScenarioShape {

    /** The most members, as a person can still follow them. */
    static final int MOST_MEMBERS = 9;

    private static final int MOST_NODES = 64;
    private static final Shape OBJECTS = new Whole(0, Long.MAX_VALUE);
    private static final Shape FROM_ZERO = new Time(true);
    private static final Shape ABOVE_ZERO = new Time(false);
    private static final Shape SHARE = new Decimal(0, 1);
    private static final Text NAME =
            new Text("a name of 1 to 128 characters", "(?=.*\\S)[^\\x00-\\x1f\\x7f-\\x9f]{1,128}");
    private static final String PATHS = "/|(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]{1,64}){1,32}";
    private static final Shape PATH = new Text("a path as in /shop/web", PATHS);
    private static final Shape CGROUP = new Text(
            "a path as in /shop/web, or a name that an online step gave", PATHS + "|(?!\\.{1,2}$)[A-Za-z0-9._-]{1,64}");

    /** Begins with a letter: a number is which one it is. */
    private static final Shape NODE_NAME =
            new Text("the name of a node, as in heap or node1", "[A-Za-z][A-Za-z0-9._-]{0,63}");

    private static final Shape NODE = new Either(List.of(new Whole(0, MOST_NODES - 1L), NODE_NAME));
    private static final Shape ANY_KEYS = new Names(new Text("text", "[\\s\\S]*"), new Anything());
    private static final Shape MEMBER = new Text("member1 to member9", "member[1-9]");
    private static final Shape PRIORITY = new Whole(Shrinker.HIGHEST_PRIORITY, Shrinker.LOWEST_PRIORITY);

    private static final Field SCHEMA =
            optional("$schema", new Text("text", "[\\s\\S]*"), "none", "The schema by which an editor checks.");
    private static final Field NEEDED_SHRINKER = needed("shrinker", NAME, "The shrinker's name.");
    private static final Field NEEDED_CGROUP = needed("cgroup", CGROUP, "In which cgroup.");
    private static final Field ON_MEMBER = optional(
            "member", MEMBER, "the first member, or each where it makes or changes something", "On which member.");
    private static final List<Field> ON_NODE = List.of(
            optional("node", NODE, "the first node", "The node, by number or name."),
            optional("nid", NODE, "the first node", "The same as node."));

    static final Keys CACHE = new Keys(List.of(
            optional(
                    "whenEmpty",
                    words(CacheModel.WhenEmpty.values()),
                    "EMPTY",
                    "What a count answers where there is nothing."),
            optional("scan", words(CacheModel.Scan.values()), "FULL", "What a scan does."),
            optional(
                    "arg",
                    new Whole(1, Integer.MAX_VALUE),
                    "1",
                    "For STOP: at which call. For UNDER: how many percent."),
            optional("latency", FROM_ZERO, "0 s", "How long a scan takes."),
            optional("countFactor", new Decimal(0, 1e9), "1", "What it says it has, as a multiple of what it has."),
            optional("refaults", SHARE, "0", "Which share of what was freed is asked for again, and comes back."),
            optional("refaultAfter", FROM_ZERO, "1 s", "How long after that."),
            optional(
                    "faults",
                    new Keys(
                            List.of(
                                    needed("kind", words(CacheModel.Fault.values()), "What a faulty scan call does."),
                                    optional("rate", SHARE, "0", "Which share of calls is faulty, by chance."),
                                    optional(
                                            "every",
                                            new Whole(1, Integer.MAX_VALUE),
                                            "none",
                                            "Each so manieth call is faulty."),
                                    optional(
                                            "calls",
                                            new Many(new Whole(1, Integer.MAX_VALUE)),
                                            "none",
                                            "These calls are faulty, counted from 1.")),
                            List.of("rate", "every", "calls")),
                    "none",
                    "Calls that go wrong.")));

    private static final List<Field> SHRINKER = List.of(
            optional(
                    "flags",
                    new Many(words(ShrinkerTrait.values())),
                    "CGROUP_AWARE and NUMA_AWARE; none in an alloc step",
                    "The traits of its spec."),
            optional("seeks", new Whole(0, Integer.MAX_VALUE), "2", "What it costs to recreate an object."),
            optional("batch", OBJECTS, "0, the default", "How many objects a scan call is asked for at most."),
            optional("objectBytes", new Size(1), "1 KiB", "The size of an object."),
            optional("model", CACHE, "one that frees what it is asked for", "How the cache behaves."));

    private static final Keys ROUND = new Keys(List.of(
            optional("cgroup", CGROUP, "/", "The top of the subtree."),
            optional("alone", new Flag(), "false", "Whether without what is below."),
            optional("nodes", new Many(NODE), "all", "On which nodes."),
            optional("objects", new Whole(1, Long.MAX_VALUE), "one pass", "How many to free."),
            optional("bytes", new Size(1), "one pass", "How much to free, in place of objects."),
            optional("priority", PRIORITY, "12", "Where it starts."),
            optional("within", ABOVE_ZERO, "reclaimer.round-deadline", "How long it may take."),
            optional("background", new Flag(), "false", "Whether it is a background round."),
            optional("losslessOnly", new Flag(), "false", "Whether only what loses nothing is freed."),
            optional("overCluster", new Flag(), "false", "Whether over all members."),
            optional("members", new Many(MEMBER), "all", "Over these members only.")));

    private static final List<Field> SPAN = List.of(
            optional("from", FROM_ZERO, "0 s", "From when on."),
            optional("to", FROM_ZERO, "the duration", "Until when."));

    private ScenarioShape() {}

    private static Word words(Enum<?>[] values) {
        return new Word(Arrays.stream(values).map(Enum::name).toList());
    }

    /** As files have it: {@code freedShare}. */
    static String wordOf(Enum<?> value) {
        StringBuilder word = new StringBuilder();
        for (String part : value.name().toLowerCase(Locale.ROOT).split("_")) {
            word.append(word.isEmpty() ? part : Character.toUpperCase(part.charAt(0)) + part.substring(1));
        }
        return word.toString();
    }

    private static List<Field> fields(Object... parts) {
        List<Field> all = new ArrayList<>();
        for (Object part : parts) {
            if (part instanceof Field field) {
                all.add(field);
            } else if (part instanceof Keys keys) {
                all.addAll(keys.fields());
            } else if (part instanceof List<?> list) {
                list.forEach(each -> all.add((Field) each));
            }
        }
        return all;
    }

    private static Keys keys(Object... parts) {
        return new Keys(fields(parts));
    }

    /** A step of a kind. */
    private static Keys step(Object... parts) {
        return stepOn(ON_MEMBER, parts);
    }

    private static Keys stepOn(Field member, Object... parts) {
        return keys(
                needed("op", new Anything(), "What is done."),
                optional("at", FROM_ZERO, "right after the step before", "When, since the beginning."),
                member,
                optional("expect", ANY_KEYS, "nothing", "What it answers: each key that is named, exactly."),
                List.of(parts).stream().flatMap(part -> fields(part).stream()).toList());
    }

    private static Shape steps() {
        Field objects = needed("objects", OBJECTS, "How many.");
        Keys cell = keys(NEEDED_SHRINKER, NEEDED_CGROUP, ON_NODE, objects);
        Map<String, Keys> kinds = new LinkedHashMap<>();
        kinds.put(
                "online",
                step(
                        NEEDED_CGROUP,
                        optional("parent", CGROUP, "of the path", "Below which; the cgroup is a name then.")));
        kinds.put("offline", step(NEEDED_CGROUP));
        kinds.put("alloc", step(NEEDED_SHRINKER, SHRINKER));
        kinds.put("register", step(NEEDED_SHRINKER));
        kinds.put("free", step(NEEDED_SHRINKER));
        kinds.put("put", step(cell));
        kinds.put("late", step(cell));
        kinds.put("add", step(cell));
        kinds.put("remove", step(cell));
        kinds.put("setBit", step(NEEDED_SHRINKER, NEEDED_CGROUP, ON_NODE));
        kinds.put("shrink", step(NEEDED_CGROUP, ON_NODE, needed("priority", PRIORITY, "Of the pass.")));
        kinds.put("dump", step());
        kinds.put(
                "round",
                step(ROUND, optional("apart", new Flag(), "false", "Whether the next step does not wait for it.")));
        kinds.put("change", step(NEEDED_SHRINKER, needed("model", CACHE, "How it behaves from now on.")));
        kinds.put("wait", step(needed("for", ABOVE_ZERO, "How long.")));
        Field member = needed("member", MEMBER, "Which member.");
        kinds.put("kill", stepOn(member));
        kinds.put("freeze", stepOn(member));
        kinds.put("wake", stepOn(member));
        return new Kinds("op", kinds);
    }

    private static Keys expectation() {
        List<String> whats = Arrays.stream(Expectation.What.values())
                .map(ScenarioShape::wordOf)
                .toList();
        Shape bound = new Either(List.of(new Decimal(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY), FROM_ZERO));
        return new Keys(
                fields(
                        needed("what", new Word(whats), "Which value."),
                        optional("member", MEMBER, "all together", "Of which member."),
                        optional("shrinker", NAME, "all together", "Of which shrinker."),
                        optional("cgroup", CGROUP, "all together", "Of which cgroup."),
                        optional("node", NODE, "all together", "Of which node, by number or name."),
                        optional("nid", NODE, "all together", "The same as node."),
                        optional("is", bound, "not exactly", "Exactly so much."),
                        optional("min", bound, "no least", "At least so much."),
                        optional("max", bound, "no most", "At most so much."),
                        optional("at", FROM_ZERO, "at the end", "Looked at once, then."),
                        optional(
                                "eventuallyWithin",
                                ABOVE_ZERO,
                                "not",
                                "At some time within so long, counted from from."),
                        optional("always", new Flag(), "false", "Whenever it is looked at from from to to."),
                        optional("never", new Flag(), "false", "Never from from to to."),
                        SPAN),
                List.of("is", "min", "max"));
    }

    /** One scenario, alone in its file. */
    static Keys scenario() {
        return scenario(optional("name", NAME, "that of the file", "Unique among the scenarios of a file."));
    }

    private static Keys scenario(Field name) {
        Keys held =
                keys(needed("cgroup", CGROUP, "Of which cgroup."), ON_NODE, needed("objects", OBJECTS, "How many."));
        return keys(
                SCHEMA,
                name,
                optional("about", new Text("text", "[\\s\\S]*"), "none", "What it shows, in a sentence."),
                optional("seed", new Whole(Long.MIN_VALUE, Long.MAX_VALUE), "1", "Of all that is drawn by chance."),
                optional(
                        "nodes",
                        new Either(List.of(new Whole(1, MOST_NODES), new Many(NODE_NAME, 1))),
                        "[heap]",
                        "The memories: how many, or their names."),
                optional("cgroupsEnabled", new Flag(), "true", "Whether there is a tree of cgroups."),
                optional("kmemOnline", new Flag(), "true", "Whether objects are accounted to cgroups."),
                optional(
                        "settings",
                        ANY_KEYS,
                        "the defaults",
                        "Settings of the reclaimer, as below reclaimer in a configuration."),
                optional("duration", FROM_ZERO, "until the last step is done", "How long it runs at least."),
                optional(
                        "sampleEvery",
                        ABOVE_ZERO,
                        "a 600th of the duration, but 10 ms to 10 s",
                        "How often it is looked at."),
                optional("cgroups", new Many(PATH), "none", "Online from the beginning, with all above them."),
                optional(
                        "shrinkers",
                        new Names(
                                NAME,
                                keys(
                                        SHRINKER,
                                        optional(
                                                "objects", new Many(held), "none", "What it holds at the beginning."))),
                        "none",
                        "Registered from the beginning, by name."),
                optional(
                        "load",
                        new Many(keys(
                                NEEDED_SHRINKER,
                                NEEDED_CGROUP,
                                ON_NODE,
                                optional("member", MEMBER, "each", "On which member."),
                                SPAN,
                                needed("every", ABOVE_ZERO, "How often."),
                                needed("objects", OBJECTS, "How many each time."),
                                optional(
                                        "spread", SHARE, "0", "By up to which share of them more or fewer, by chance."),
                                optional("upTo", OBJECTS, "without end", "Until there are so many."))),
                        "none",
                        "Objects that come over time."),
                optional(
                        "pressure",
                        new Many(keys(
                                optional("member", MEMBER, "the first", "On which member."),
                                SPAN,
                                needed("every", ABOVE_ZERO, "How often; not while one is under way."),
                                needed("round", ROUND, "What is requested."))),
                        "none",
                        "Rounds that are requested over time."),
                optional(
                        "heap",
                        keys(
                                needed("limit", new Size(1), "How much can live in it."),
                                optional(
                                        "other",
                                        new Either(List.of(
                                                new Size(0),
                                                new Many(keys(
                                                        needed("from", FROM_ZERO, "From when on."),
                                                        needed("bytes", new Size(0), "How much."))))),
                                        "0",
                                        "What else lives in it; where it is a list, over time."),
                                needed("collectEvery", ABOVE_ZERO, "How often all garbage is collected.")),
                        "none",
                        "A heap that the reclaimer's own pressure watches."),
                optional(
                        "cluster",
                        keys(
                                needed("members", new Whole(2, MOST_MEMBERS), "How many: member1 and so on."),
                                optional("latency", FROM_ZERO, "1 ms", "Of a message, one way."),
                                optional("spread", SHARE, "0", "By up to which share of it more or less, by chance."),
                                optional("loss", SHARE, "0", "Which share of messages is lost."),
                                optional(
                                        "noticedAfter",
                                        FROM_ZERO,
                                        "5 s",
                                        "Until others know that one can't be reached.")),
                        "one member",
                        "Several members."),
                optional("steps", new Many(steps()), "none", "What is done, in this order."),
                optional("expect", new Many(expectation()), "nothing", "What is expected."));
    }

    /** A file: one scenario, or several. */
    static Keys several() {
        Field name = needed("name", NAME, "Unique among the scenarios of a file.");
        return keys(SCHEMA, needed("scenarios", new Many(scenario(name), 1), "The scenarios."));
    }

    /** The names of all kinds of steps. */
    static Stream<String> ops() {
        return ((Kinds) steps()).kinds().keySet().stream();
    }
}
