package io.reclaimer.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import io.reclaimer.scenario.ScenarioException.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads scenarios: HOCON, of which JSON is a part. The form is in {@code scenario.schema.json} beside this class, and in the docs.
 * Any thread.
 */
public final class ScenarioFile {

    private ScenarioFile() {}

    /**
     * The scenarios of a file, of which there is at least one. What it includes is looked for beside it.
     *
     * @throws ScenarioException where something is wrong with it; says everything that is
     * @throws IOException where it can't be read
     */
    public static List<Scenario> read(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        Path name = file.getFileName();
        return parse(
                file.toString(),
                name == null ? "scenario" : name.toString(),
                text,
                () -> file.getFileSystem().equals(FileSystems.getDefault())
                        ? ConfigFactory.parseFile(file.toFile())
                        : ConfigFactory.parseString(text));
    }

    /**
     * The same, of a text.
     *
     * @param file its name in messages
     */
    public static List<Scenario> parse(String file, String text) {
        return parse(
                file,
                file,
                text,
                () -> ConfigFactory.parseString(
                        text, ConfigParseOptions.defaults().setOriginDescription(file)));
    }

    private static List<Scenario> parse(String file, String name, String text, Supplier<Config> parsed) {
        Config config;
        try {
            config = parsed.get().resolve(ConfigResolveOptions.noSystem());
        } catch (ConfigException e) {
            throw new ScenarioException(file, List.of(unreadable(e)));
        }
        Map<String, Position> positions = TextPositions.of(text);
        ConfigObject root = config.root();
        Problems problems = new Problems(path -> position(path, positions, root));
        List<Scenario> scenarios = scenarios(name, root, problems, path -> position(path, positions, root));
        if (!problems.isEmpty()) {
            throw new ScenarioException(file, problems.inOrder());
        }
        return scenarios;
    }

    private static Problem unreadable(ConfigException e) {
        ConfigOrigin origin = e.origin();
        int line = origin == null ? 0 : Math.max(0, origin.lineNumber());
        String message = String.valueOf(e.getMessage());
        // Typesafe Config says itself which line of which file.
        String where = origin == null ? "" : origin.description() + ": ";
        return new Problem(
                new Position(line, line == 0 ? 0 : 1),
                "",
                "can't be read as HOCON: " + (message.startsWith(where) ? message.substring(where.length()) : message));
    }

    private static List<Scenario> scenarios(
            String name, ConfigObject root, Problems problems, Function<String, Position> positions) {
        boolean several = root.containsKey("scenarios");
        new ShapeCheck(problems).check("", root, several ? ScenarioShape.several() : ScenarioShape.scenario());
        // What they mean is read of those parts whose form is right, so that all that is wrong is said at once.
        List<Scenario> scenarios = new ArrayList<>();
        if (!several) {
            RightParts.of("", root, problems)
                    .map(parts -> new ScenarioReader("", parts, positions, problems).scenario(withoutEnding(name)))
                    .ifPresent(scenarios::add);
        } else if (root.get("scenarios") instanceof ConfigList all) {
            Set<String> names = new HashSet<>();
            for (int i = 0; i < all.size(); i++) {
                String path = "scenarios[" + i + "]";
                if (all.get(i) instanceof ConfigObject object) {
                    checkName(path, object, names, problems);
                    RightParts.of(path, object, problems)
                            .map(parts -> new ScenarioReader(path, parts, positions, problems).scenario(path))
                            .ifPresent(scenarios::add);
                }
            }
        }
        return scenarios;
    }

    private static void checkName(String path, ConfigObject scenario, Set<String> names, Problems problems) {
        String name = scenario.containsKey("name")
                ? String.valueOf(scenario.get("name").unwrapped())
                : path;
        if (!names.add(name)) {
            problems.add(path + ".name", "is [" + name + "], which one above has; allowed is a name of its own");
        }
    }

    private static String withoutEnding(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    /** Where it stands in the text; of what comes from elsewhere, at least the line there. */
    private static Position position(String path, Map<String, Position> positions, ConfigObject root) {
        for (String at = path; ; at = above(at)) {
            Position position = positions.get(at);
            if (position != null) {
                return position;
            }
            if (at.isEmpty()) {
                return new Position(Math.max(0, root.origin().lineNumber()), 0);
            }
        }
    }

    private static String above(String path) {
        int end = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
        return end < 0 ? "" : path.substring(0, end);
    }
}
