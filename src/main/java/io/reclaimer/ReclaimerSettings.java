package io.reclaimer;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.reclaimer.engine.call.BlockingThreads;
import io.reclaimer.engine.call.EngineSettings;
import io.reclaimer.engine.call.Refaults;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The checked settings of the section {@code reclaimer} of the configuration. Immutable. {@code reference.conf}
 * explains each key.
 */
public final class ReclaimerSettings {

    private static final Pattern NODE_NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int UNIT = 64;
    private static final int MAX_IDS = 1 << 20;
    private static final int MAX_BLOCKING_CALLS = 1024;
    private static final int MAX_FACTOR = 1000;
    private static final int MAX_ENTRIES = 1024;
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Duration SHORTEST_LATE_AFTER = Duration.ofMillis(1);
    private static final Duration LONGEST_LATE_AFTER = Duration.ofHours(1);
    private static final Duration LONGEST_QUARANTINE = Duration.ofHours(1);

    /** The name of the node that rounds for the heap are on, if there is a node of that name. */
    private static final String HEAP = "heap";

    private final List<String> nodes;
    private final Duration roundDeadline;
    private final List<CgroupPath> cgroups;
    private final EngineSettings engine;
    private final BlockingThreads blockingThreads;

    private ReclaimerSettings(
            List<String> nodes,
            List<CgroupPath> cgroups,
            Duration roundDeadline,
            EngineSettings engine,
            BlockingThreads blockingThreads) {
        this.nodes = nodes;
        this.cgroups = cgroups;
        this.blockingThreads = blockingThreads;
        this.roundDeadline = roundDeadline;
        this.engine = engine;
    }

    /**
     * Reads and checks the settings.
     *
     * @param config the whole configuration of an actor system
     * @throws IllegalArgumentException if a setting is invalid; its message names the key, its value, and the allowed
     *     values
     */
    public static ReclaimerSettings from(Config config) {
        try {
            Config section = config.getConfig("reclaimer");
            List<String> nodes = nodes(section);
            Duration roundDeadline = duration(section, "round-deadline", LONGEST);
            EngineSettings engine = new EngineSettings(
                    nodes.size(),
                    new EngineSettings.Cgroups(
                            onOrOff(section, "cgroups-enabled"),
                            onOrOff(section, "object-accounting"),
                            idLimit(section),
                            duration(section, "offline-timeout", LONGEST),
                            duration(section, "idle-after", LONGEST)),
                    new EngineSettings.Rounds(
                            number(section, "max-rounds", 1, Integer.MAX_VALUE),
                            number(section, "report-entries", 0, MAX_ENTRIES),
                            roundDeadline,
                            choice(section, "visit-order", List.of("strict", "relaxed"))
                                    .equals("strict")),
                    new EngineSettings.Calls(
                            lateAfter(section),
                            duration(section, "call-deadline", ShrinkerSpec.MAX_CALL_DEADLINE),
                            number(section, "blocking.calls", 1, MAX_BLOCKING_CALLS),
                            number(section, "blocking.calls-per-shrinker", 1, MAX_BLOCKING_CALLS)),
                    new EngineSettings.Quarantine(
                            number(section, "quarantine.after-faults", 1, Integer.MAX_VALUE),
                            duration(section, "quarantine.duration", LONGEST_QUARANTINE)),
                    thrash(section));
            return new ReclaimerSettings(
                    nodes,
                    cgroups(section, engine.cgroups().enabled()),
                    roundDeadline,
                    engine,
                    blockingThreads(section));
        } catch (ConfigException e) {
            throw new IllegalArgumentException("Invalid configuration: " + e.getMessage(), e);
        }
    }

    /** Returns the names of the nodes. The number of a node is its index in this list. */
    public List<String> nodes() {
        return nodes;
    }

    /**
     * Returns the number of a node.
     *
     * @throws ReclaimerException if no node has that name
     */
    public int node(String name) {
        int number = nodes.indexOf(name);
        if (number < 0) {
            throw new ReclaimerException(
                    Reason.NO_SUCH_NODE, "There is no node [" + name + "]; there are " + nodes + " [reclaimer.nodes]");
        }
        return number;
    }

    /**
     * Returns the name of a node.
     *
     * @throws ReclaimerException if no node has that number
     */
    public String nodeName(int number) {
        if (number < 0 || number >= nodes.size()) {
            throw new ReclaimerException(
                    Reason.NO_SUCH_NODE,
                    "There is no node [" + number + "]; there are 0 to " + (nodes.size() - 1) + " [reclaimer.nodes]");
        }
        return nodes.get(number);
    }

    /**
     * Returns the cgroups that come online with the reclaimer, and all their ancestors: parents before their children.
     */
    List<CgroupPath> cgroups() {
        return cgroups;
    }

    /** Returns how long a round may take if its request does not say. */
    public Duration roundDeadline() {
        return roundDeadline;
    }

    /** Returns whether cgroups are enabled. */
    public boolean isCgroupsEnabled() {
        return engine.cgroups().enabled();
    }

    BlockingThreads blockingThreads() {
        return blockingThreads;
    }

    EngineSettings engine() {
        return engine;
    }

    private static List<CgroupPath> cgroups(Config section, boolean enabled) {
        List<String> written =
                read(section, "cgroups", "a list of paths, as in [\"/shop/web\"]", section::getStringList);
        if (!written.isEmpty() && !enabled) {
            throw invalid("cgroups", written, "[] where reclaimer.cgroups-enabled is off");
        }
        SortedSet<CgroupPath> paths = new TreeSet<>();
        for (String path : written) {
            try {
                CgroupPath.of(path).withAncestors().forEach(paths::add);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("reclaimer.cgroups: " + e.getMessage(), e);
            }
        }
        return List.copyOf(paths);
    }

    private static List<String> nodes(Config section) {
        String allowed = "one or more names of 1 to 64 characters A-Z a-z 0-9 . _ -, none twice";
        List<String> names = read(section, "nodes", allowed, section::getStringList);
        if (names.isEmpty()
                || names.size() > Set.copyOf(names).size()
                || !names.stream().allMatch(name -> NODE_NAME.matcher(name).matches())) {
            throw invalid("nodes", names, allowed);
        }
        if (names.indexOf(HEAP) > 0) {
            // Rounds for the heap are on that node. Shrinkers that are not NUMA aware keep their objects on the first
            // one.
            throw invalid("nodes", names, "[" + HEAP + "] as the first, or none of that name");
        }
        return List.copyOf(names);
    }

    private static int idLimit(Config section) {
        int limit = number(section, "id-limit", UNIT, MAX_IDS);
        if (limit % UNIT != 0) {
            throw invalid("id-limit", limit, "a multiple of " + UNIT);
        }
        return limit;
    }

    private static Refaults.Settings thrash(Config section) {
        String allowed = "a number, 1 to " + MAX_FACTOR;
        double factor = read(section, "thrash.max-factor", allowed, section::getDouble);
        if (!(factor >= 1 && factor <= MAX_FACTOR)) {
            throw invalid("thrash.max-factor", factor, allowed);
        }
        return new Refaults.Settings(
                onOrOff(section, "thrash.raise-seeks"), factor, duration(section, "thrash.half-life", LONGEST));
    }

    private static BlockingThreads blockingThreads(Config section) {
        String name = choice(section, "blocking.threads", List.of("auto", "virtual", "platform"));
        BlockingThreads threads = BlockingThreads.valueOf(name.toUpperCase(Locale.ROOT));
        if (!threads.isSupported()) {
            throw invalid(
                    "blocking.threads",
                    name,
                    "auto or platform: this JVM, Java " + Runtime.version().feature() + ", has no virtual threads");
        }
        return threads;
    }

    private static String choice(Config section, String key, List<String> allowed) {
        String value = read(section, key, String.join(", ", allowed), section::getString);
        if (!allowed.contains(value)) {
            throw invalid(key, value, String.join(", ", allowed));
        }
        return value;
    }

    private static int number(Config section, String key, int least, int most) {
        String allowed = "a number, " + (most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most);
        int value = read(section, key, allowed, section::getInt);
        if (value < least || value > most) {
            throw invalid(key, value, allowed);
        }
        return value;
    }

    private static Duration duration(Config section, String key, Duration most) {
        String allowed = "a duration above 0 and at most " + most.toHours() + "h";
        Duration value = read(section, key, allowed, section::getDuration);
        if (value.isZero() || value.isNegative() || value.compareTo(most) > 0) {
            throw invalid(key, section.getString(key), allowed);
        }
        return value;
    }

    private static Duration lateAfter(Config section) {
        Duration value = duration(section, "late-after", LONGEST_LATE_AFTER);
        if (value.compareTo(SHORTEST_LATE_AFTER) < 0) {
            throw invalid("late-after", section.getString("late-after"), "a duration of 1ms to 1h");
        }
        return value;
    }

    private static boolean onOrOff(Config section, String key) {
        return read(section, key, "on or off", section::getBoolean);
    }

    /** Reads a value. A value of the wrong type is refused as one out of range is. */
    private static <T> T read(Config section, String key, String allowed, Function<String, T> reading) {
        try {
            return reading.apply(key);
        } catch (ConfigException.WrongType | ConfigException.BadValue e) {
            throw invalid(key, section.getValue(key).unwrapped(), allowed);
        }
    }

    private static IllegalArgumentException invalid(String key, Object value, String allowed) {
        return new IllegalArgumentException("reclaimer." + key + " is [" + value + "]; allowed is " + allowed);
    }
}
