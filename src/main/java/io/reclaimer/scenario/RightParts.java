package io.reclaimer.scenario;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What of a scenario, whose form is wrong in places, can still be asked for its meaning without saying of right things that they
 * are wrong.
 */
final class RightParts {

    /**
     * What stands in for what others lean on, so that nothing is said against these: the longest, the most. There is none for the
     * names of nodes.
     */
    private static final Map<String, ConfigValue> STAND_INS = Map.of(
            "duration", ConfigValueFactory.fromAnyRef("10000 d"),
            "cluster", ConfigValueFactory.fromMap(Map.of("members", ScenarioShape.MOST_MEMBERS)),
            "heap", ConfigValueFactory.fromMap(Map.of("limit", 1, "collectEvery", "1 s")));

    /** Steps that others lean on. */
    private static final Set<String> NAMING = Set.of("online", "alloc");

    private static final ConfigValue NOTHING = ConfigValueFactory.fromAnyRef(null);

    private RightParts() {}

    /** Without what is wrong; elements of lists keep their numbers. Empty where nothing can be said. */
    static Optional<ConfigObject> of(String path, ConfigObject scenario, Problems problems) {
        if (problems.isRight(path)) {
            return Optional.of(scenario);
        }
        if (!problems.isRight(ShapeCheck.join(path, "nodes"))
                || !problems.isRightItself(ShapeCheck.join(path, "shrinkers"))
                || !areNamesKnown(ShapeCheck.join(path, "steps"), scenario.get("steps"), problems)) {
            return Optional.empty();
        }
        ConfigObject parts = scenario;
        for (Map.Entry<String, ConfigValue> entry : scenario.entrySet()) {
            String key = ShapeCheck.join(path, entry.getKey());
            if (!problems.isRight(key)) {
                parts = with(parts, key, entry, problems);
            }
        }
        return Optional.of(parts);
    }

    private static ConfigObject with(
            ConfigObject parts, String path, Map.Entry<String, ConfigValue> wrong, Problems problems) {
        String key = wrong.getKey();
        if (STAND_INS.containsKey(key)) {
            return parts.withValue(key, STAND_INS.get(key));
        }
        if (wrong.getValue() instanceof ConfigObject shrinkers && key.equals("shrinkers")) {
            // Whatever is wrong with one, it is there, and so is its name.
            ConfigObject named = shrinkers;
            for (String name : shrinkers.keySet()) {
                if (!problems.isRight(path + "." + name)) {
                    named = named.withValue(name, ConfigFactory.empty().root());
                }
            }
            return parts.withValue(key, named);
        }
        return wrong.getValue() instanceof ConfigList list && problems.isRightItself(path)
                ? parts.withValue(key, rightElements(path, list, problems))
                : parts.withoutKey(key);
    }

    private static boolean areNamesKnown(String path, @Nullable ConfigValue steps, Problems problems) {
        if (problems.isRight(path)) {
            return true;
        }
        if (!(steps instanceof ConfigList list)) {
            return false;
        }
        for (int i = 0; i < list.size(); i++) {
            boolean isNaming = !(list.get(i) instanceof ConfigObject step)
                    || !problems.isRight(path + "[" + i + "].op")
                    || !step.containsKey("op")
                    || NAMING.contains(String.valueOf(step.get("op").unwrapped()));
            if (isNaming && !problems.isRight(path + "[" + i + "]")) {
                return false;
            }
        }
        return true;
    }

    private static ConfigValue rightElements(String path, ConfigList list, Problems problems) {
        List<ConfigValue> right = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            right.add(problems.isRight(path + "[" + i + "]") ? list.get(i) : NOTHING);
        }
        return ConfigValueFactory.fromIterable(right);
    }
}
