package io.reclaimer.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.model.ScenarioException;
import io.reclaimer.scenario.model.ScenarioException.Problem;
import io.reclaimer.scenario.read.ScenarioReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * Reads scenarios from HOCON, of which JSON is a part. The form is the JSON Schema {@code scenario.schema.json} beside this class.
 * Needs {@code com.networknt:json-schema-validator} on the class path. Thread-safe.
 */
public final class ScenarioFile {

    private ScenarioFile() {}

    /**
     * The scenarios of a file, at least one. An included file is looked up in the same folder.
     *
     * @throws ScenarioException with the problems of the file
     * @throws IOException if the file can't be read
     */
    public static List<Scenario> read(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        String name = String.valueOf(file.getFileName());
        return read(
                file.toString(),
                name,
                () -> file.getFileSystem().equals(FileSystems.getDefault())
                        ? ConfigFactory.parseFile(file.toFile())
                        : ConfigFactory.parseString(text));
    }

    /**
     * The scenarios of a text, at least one.
     *
     * @param file the name of the file in problems
     * @throws ScenarioException with the problems of the text
     */
    public static List<Scenario> parse(String file, String text) {
        ConfigParseOptions options = ConfigParseOptions.defaults().setOriginDescription(file);
        return read(file, file, () -> ConfigFactory.parseString(text, options));
    }

    private static List<Scenario> read(String file, String name, Supplier<Config> text) {
        ConfigObject root;
        try {
            root = text.get().resolve(ConfigResolveOptions.noSystem()).root();
        } catch (ConfigException e) {
            throw new ScenarioException(List.of(unreadable(file, e)));
        }
        int dot = name.lastIndexOf('.');
        return ScenarioReader.read(root, file, dot > 0 ? name.substring(0, dot) : name);
    }

    private static Problem unreadable(String file, ConfigException e) {
        ConfigOrigin origin = e.origin();
        int line = origin == null ? 0 : Math.max(0, origin.lineNumber());
        // The message of Typesafe Config begins with the file and the line.
        String where = origin == null ? "" : origin.description() + ": ";
        String message = String.valueOf(e.getMessage());
        return new Problem(
                file,
                line,
                "",
                "can't be read as HOCON: " + (message.startsWith(where) ? message.substring(where.length()) : message));
    }
}
