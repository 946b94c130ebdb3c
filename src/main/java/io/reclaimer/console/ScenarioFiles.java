package io.reclaimer.console;

import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.model.ScenarioException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The scenarios of files and folders. All files are read even if some are invalid, so that all errors are reported at
 * once. Not thread-safe.
 */
final class ScenarioFiles {

    /** Reads one file. */
    @FunctionalInterface
    interface Reader {
        /**
         * @throws ScenarioException if the file is invalid
         * @throws IOException if the file can't be read
         */
        List<Scenario> read(Path file) throws IOException;
    }

    /**
     * A scenario and its file.
     *
     * @param file as the user names it
     */
    record Found(String file, Scenario scenario) {}

    private final Reader reader;
    private final List<Found> found = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    ScenarioFiles(Reader reader) {
        this.reader = reader;
    }

    /** Reads files in the order of their names; those of a folder in alphabetical order. Each file is read once. */
    void read(List<String> names) {
        Set<Path> files = new LinkedHashSet<>();
        names.forEach(name -> files.addAll(files(name)));
        files.forEach(this::read);
    }

    /** Returns all errors, a line each. */
    List<String> problems() {
        return problems;
    }

    private List<Path> files(String name) {
        Path path;
        try {
            path = Path.of(name);
        } catch (InvalidPathException e) {
            problems.add("[" + name + "]: that is no name of a file");
            return List.of();
        }
        if (!Files.isDirectory(path)) {
            if (Files.exists(path)) {
                return List.of(path);
            }
            problems.add("[" + name + "]: there is no such file or folder");
            return List.of();
        }
        try (Stream<Path> all = Files.list(path)) {
            List<Path> scenarios =
                    all.filter(ScenarioFiles::isScenario).sorted().toList();
            if (scenarios.isEmpty()) {
                problems.add("[" + name + "]: there is no file *.conf or *.json in this folder");
            }
            return scenarios;
        } catch (IOException e) {
            problems.add("[" + name + "]: this folder can't be read: " + e);
            return List.of();
        }
    }

    private static boolean isScenario(Path file) {
        String name = file.toString();
        return Files.isRegularFile(file) && (name.endsWith(".conf") || name.endsWith(".json"));
    }

    private void read(Path file) {
        try {
            reader.read(file).forEach(scenario -> found.add(new Found(file.toString(), scenario)));
        } catch (ScenarioException e) {
            e.problems().stream()
                    .map(problem -> problem.toString().replaceAll("\\s*\\R\\s*", " "))
                    .forEach(problems::add);
        } catch (IOException e) {
            problems.add("[" + file + "]: this file can't be read: " + e);
        }
    }

    /**
     * Returns the scenarios of these names, or all if there are no names.
     *
     * @throws IllegalArgumentException if a name is no scenario's
     */
    List<Found> named(List<String> names) {
        for (String name : names) {
            if (found.stream().noneMatch(one -> one.scenario().name().equals(name))) {
                throw new IllegalArgumentException(
                        "--only [" + name + "]: there is no scenario of that name; there are "
                                + found.stream()
                                        .map(one -> "[" + one.scenario().name() + "]")
                                        .distinct()
                                        .collect(Collectors.joining(", ")));
            }
        }
        return found.stream()
                .filter(one -> names.isEmpty() || names.contains(one.scenario().name()))
                .toList();
    }
}
