package io.reclaimer.budget;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Saturating;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * The settings of {@link Budgets}, at {@code reclaimer.budgets} of the configuration, which explains each. Immutable.
 *
 * @param interval the time between two counts of a cgroup with limits
 * @param deadline of a count, and of a round
 * @param retryMax the longest wait after rounds that freed nothing
 * @param limits by cgroup and node
 */
record BudgetSettings(Duration interval, Duration deadline, Duration retryMax, Map<BudgetKey, Limits> limits) {

    private static final String PATH = "reclaimer.budgets";
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Set<String> NAMES = Set.of("min", "low", "high", "max");

    /**
     * Reads and checks the settings.
     *
     * @param nodes the names of the nodes
     * @throws IllegalArgumentException if settings are invalid; the message has all errors, each with its path, the
     *     value and the allowed values
     */
    static BudgetSettings of(Config config, List<String> nodes) {
        List<String> errors = new ArrayList<>();
        Duration interval = duration(config, "interval", errors);
        Duration deadline = duration(config, "deadline", errors);
        Duration retryMax = duration(config, "retry-max", errors);
        Map<BudgetKey, Limits> limits = new LinkedHashMap<>();
        try {
            new TreeMap<>(config.getObject(PATH + ".limits"))
                    .forEach((cgroup, value) -> read(cgroup, value, nodes, limits, errors));
        } catch (ConfigException e) {
            errors.add(PATH + ".limits has to be a section with cgroups: " + e.getMessage());
        }
        checkSums(limits, nodes, errors);
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", errors));
        }
        return new BudgetSettings(interval, deadline, retryMax, Map.copyOf(limits));
    }

    /** The children of a cgroup have no more min than it has; the root has all. */
    private static void checkSums(Map<BudgetKey, Limits> limits, List<String> nodes, List<String> errors) {
        Map<BudgetKey, Long> sums = new LinkedHashMap<>();
        limits.forEach((key, of) -> key.cgroup()
                .parent()
                .filter(parent -> !parent.isRoot())
                .ifPresent(parent ->
                        sums.merge(new BudgetKey(parent, key.node()), of.min().orElse(0), Saturating::add)));
        sums.forEach((parent, sum) -> {
            long own = limits.getOrDefault(parent, Limits.none()).min().orElse(0);
            if (sum > own) {
                errors.add(PATH + ".limits: the min of the children of [" + parent.cgroup() + "] on node ["
                        + nodes.get(parent.node()) + "] are [" + sum
                        + "] bytes together but have to be at most its own min, ["
                        + own + "]");
            }
        });
    }

    private static Duration duration(Config config, String key, List<String> errors) {
        String path = PATH + "." + key;
        String allowed = " but has to be a duration from " + SHORTEST.toMillis() + " ms to " + LONGEST.toHours() + " h";
        try {
            Duration duration = config.getDuration(path);
            if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
                errors.add(path + " is [" + config.getValue(path).unwrapped() + "]" + allowed);
            }
            return duration;
        } catch (ConfigException.Missing e) {
            errors.add(path + " is missing" + allowed);
        } catch (ConfigException e) {
            errors.add(path + " is [" + config.getValue(path).unwrapped() + "]" + allowed);
        }
        return SHORTEST;
    }

    private static void read(
            String cgroup, ConfigValue value, List<String> nodes, Map<BudgetKey, Limits> limits, List<String> errors) {
        String at = PATH + ".limits." + ConfigUtil.quoteString(cgroup);
        CgroupPath path;
        try {
            path = CgroupPath.of(cgroup);
        } catch (IllegalArgumentException e) {
            errors.add(at + ": " + e.getMessage());
            return;
        }
        if (!(value instanceof ConfigObject byNode)) {
            errors.add(at + " is [" + value.unwrapped()
                    + "] but has to be a section with nodes, as in { heap { high = 64 MiB } }");
            return;
        }
        new TreeMap<>(byNode).forEach((node, of) -> {
            if (!nodes.contains(node)) {
                errors.add(at + "." + node + " is no node; allowed are " + nodes);
            } else if (of instanceof ConfigObject section) {
                limits(at + "." + node, section, errors)
                        .ifPresent(known -> limits.put(new BudgetKey(path, nodes.indexOf(node)), known));
            } else {
                errors.add(at + "." + node + " is [" + of.unwrapped()
                        + "] but has to be a section with min, low, high or max");
            }
        });
    }

    private static Optional<Limits> limits(String at, ConfigObject section, List<String> errors) {
        int before = errors.size();
        section.keySet().stream()
                .filter(name -> !NAMES.contains(name))
                .sorted()
                .forEach(name -> errors.add(at + "." + name + " is no limit; allowed are min, low, high and max"));
        OptionalLong min = bytes(at, section, "min", errors);
        OptionalLong low = bytes(at, section, "low", errors);
        OptionalLong high = bytes(at, section, "high", errors);
        OptionalLong max = bytes(at, section, "max", errors);
        if (errors.size() > before) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Limits(min, low, high, max));
        } catch (IllegalArgumentException e) {
            errors.add(at + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private static OptionalLong bytes(String at, ConfigObject section, String name, List<String> errors) {
        if (!section.containsKey(name)) {
            return OptionalLong.empty();
        }
        try {
            long bytes = section.toConfig().getBytes(name);
            if (bytes >= 0) {
                return OptionalLong.of(bytes);
            }
        } catch (ConfigException e) {
            // Reported below, with the value.
        }
        errors.add(at + "." + name + " is [" + section.get(name).unwrapped()
                + "] but has to be a size of 0 or more bytes, as in 64 MiB");
        return OptionalLong.empty();
    }
}
