package io.reclaimer.scenario;

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

    /** Others mean something by these: where one is wrong, it is not known what. */
    private static final List<String> LEANT_ON = List.of("nodes", "cluster", "duration", "heap", "shrinkers");

    /** Steps that others lean on. */
    private static final Set<String> NAMING = Set.of("online", "alloc");

    private static final ConfigValue NOTHING = ConfigValueFactory.fromAnyRef(null);

    private RightParts() {}

    /** Without what is wrong; elements of lists keep their numbers. Empty where nothing can be said. */
    static Optional<ConfigObject> of(String path, ConfigObject scenario, Problems problems) {
        if (problems.isRight(path)) {
            return Optional.of(scenario);
        }
        if (LEANT_ON.stream().anyMatch(key -> !problems.isRight(ShapeCheck.join(path, key)))
                || !areNamesKnown(ShapeCheck.join(path, "steps"), scenario.get("steps"), problems)) {
            return Optional.empty();
        }
        ConfigObject parts = scenario;
        for (Map.Entry<String, ConfigValue> entry : scenario.entrySet()) {
            String key = ShapeCheck.join(path, entry.getKey());
            if (!problems.isRight(key)) {
                parts = entry.getValue() instanceof ConfigList list && problems.isRightItself(key)
                        ? parts.withValue(entry.getKey(), rightElements(key, list, problems))
                        : parts.withoutKey(entry.getKey());
            }
        }
        return Optional.of(parts);
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
