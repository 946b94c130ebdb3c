package io.reclaimer.console;

import io.reclaimer.scenario.Scenario;
import io.reclaimer.scenario.ScenarioException;
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

/** Finds and reads files of scenarios: all of them, so that all that is wrong with them can be said at once. One thread's. */
final class ScenarioFiles {

    /** Reads one. */
    @FunctionalInterface
    interface Reader {
        /**
         * @throws ScenarioException where it is no file of scenarios
         * @throws IOException where it can't be read
         */
        List<Scenario> read(Path file) throws IOException;
    }

    /**
     * One that was read.
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

    /** In the order of the names, a folder's in alphabetical order, each file once. */
    void read(List<String> names) {
        Set<Path> files = new LinkedHashSet<>();
        names.forEach(name -> files.addAll(files(name)));
        files.forEach(this::read);
    }

    List<Found> found() {
        return found;
    }

    /** All that is wrong, a line each; where there is any, what was found is of no use. */
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
                    .map(problem -> file + ":" + problem.position() + ": "
                            + (problem.path().isEmpty() ? "" : problem.path() + ": ") + problem.message())
                    .map(line -> line.replaceAll("\\s*\\R\\s*", " "))
                    .forEach(problems::add);
        } catch (IOException e) {
            problems.add("[" + file + "]: this file can't be read: " + e);
        }
    }

    /** Only those of these names; of all where there is none. Each must be one's. */
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
