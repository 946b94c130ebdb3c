package io.reclaimer.console;

import com.typesafe.config.ConfigException;
import io.reclaimer.console.report.ScenarioJson;
import io.reclaimer.console.report.ScenarioOutcome;
import io.reclaimer.console.report.ScenarioPage;
import io.reclaimer.console.report.ScenarioPicture;
import io.reclaimer.console.report.ScenarioText;
import io.reclaimer.scenario.ScenarioRunner;
import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.model.ScenarioResult;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code scenario}: checks options and files, then runs the scenarios one after the other. */
@Command(
        name = "scenario",
        description = {"Runs scenarios in virtual time, and checks their expectations.", ""},
        customSynopsis = {
            "java -jar reclaimer-VERSION-node.jar scenario FILE... [OPTIONS]",
            "  or  mvn -q compile exec:exec -Dreclaimer.args=\"scenario FILE... [OPTIONS]\""
        },
        parameterListHeading = "Files:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "",
            "Exit codes: 0 all expectations passed, 1 an expectation failed, 2 invalid option, file or setting.",
            "If a file is invalid, its errors are on standard error, a line each, and no scenario runs."
        },
        sortOptions = false)
final class ScenarioCommand implements Callable<Integer> {

    private final ScenarioFiles.Reader reader;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "A file of scenarios, or a folder with such files, *.conf and *.json.")
    private List<String> files = new ArrayList<>();

    @Option(
            names = "--explain",
            description = "Draws the course of each scenario, as wide as $COLUMNS, or 100 characters.")
    private boolean explain;

    @Option(names = "--json", description = "Prints one JSON document and nothing else.")
    private boolean json;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Also writes a page with charts of all scenarios. The page needs no other file.")
    private @Nullable String html;

    @Option(names = "--only", paramLabel = "NAME", description = "Runs only scenarios of this name. May be repeated.")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--seed",
            paramLabel = "N",
            converter = NodeCommand.SeedConverter.class,
            description = "The seed of the random numbers, in place of each scenario's own.")
    private @Nullable Long seed;

    @Option(names = "--help", usageHelp = true, description = "Prints this help.")
    @SuppressWarnings("UnusedVariable") // picocli acts on its presence
    private boolean help;

    ScenarioCommand(ScenarioFiles.Reader reader) {
        this.reader = reader;
    }

    /** @return the exit code */
    @Override
    public Integer call() {
        // UTF-8 in any locale: names may have any character, and pictures have block characters.
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        try {
            checkOptions();
            Optional<Path> page = page();
            ScenarioFiles read = new ScenarioFiles(reader);
            read.read(files);
            if (!read.problems().isEmpty()) {
                read.problems().forEach(problem -> System.err.println("reclaimer: " + problem));
                return Main.USAGE;
            }
            return run(read.named(only), page, out);
        } catch (IllegalArgumentException e) {
            return NodeCommand.usageError(String.valueOf(e.getMessage()));
        } finally {
            out.flush();
        }
    }

    private void checkOptions() {
        if (json && explain) {
            throw new IllegalArgumentException("--json and --explain are not allowed together; allowed is one of them");
        }
        if (spec != null && spec.commandLine().getParent() != null) {
            spec.commandLine().getParent().getParseResult().matchedOptions().stream()
                    .findFirst()
                    .ifPresent(option -> {
                        throw new IllegalArgumentException(option.longestName()
                                + " is not allowed before scenario; allowed are its own options, after it");
                    });
        }
    }

    /** Returns the file of the page, checked before anything runs. */
    private Optional<Path> page() {
        if (html == null) {
            return Optional.empty();
        }
        try {
            Path file = Path.of(html).toAbsolutePath();
            if (Files.isDirectory(file)) {
                throw new IllegalArgumentException("--html [" + html + "]: that is a folder; allowed is a file");
            }
            Path folder = file.getParent();
            if (folder == null || !Files.isDirectory(folder)) {
                throw new IllegalArgumentException("--html [" + html + "]: there is no such folder");
            }
            return Optional.of(file);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("--html [" + html + "]: that is no name of a file", e);
        }
    }

    private int run(List<ScenarioFiles.Found> all, Optional<Path> page, PrintStream out) {
        long startNanos = System.nanoTime();
        List<ScenarioOutcome> outcomes = new ArrayList<>();
        for (ScenarioFiles.Found found : all) {
            ScenarioOutcome outcome = run(found);
            outcomes.add(outcome);
            if (!json) {
                lines(outcome).forEach(out::println);
                out.flush();
            }
        }
        Duration took = since(startNanos);
        if (json) {
            out.println(ScenarioJson.of(outcomes, took));
        } else {
            out.println(ScenarioText.summary(outcomes, took));
        }
        page.ifPresent(file -> write(file, ScenarioPage.of(outcomes, took)));
        return outcomes.stream().allMatch(ScenarioOutcome::passed) ? 0 : Main.FAILED;
    }

    private ScenarioOutcome run(ScenarioFiles.Found found) {
        long startNanos = System.nanoTime();
        try {
            ScenarioResult result = ScenarioRunner.run(seeded(found.scenario()));
            return new ScenarioOutcome(found.file(), result, since(startNanos));
        } catch (IllegalArgumentException | ConfigException e) {
            // Some settings are checked only where they are used.
            throw new IllegalArgumentException(
                    found.file() + ": [" + found.scenario().name() + "]: " + e.getMessage(), e);
        }
    }

    private List<String> lines(ScenarioOutcome outcome) {
        List<String> lines = new ArrayList<>(ScenarioText.headline(outcome));
        lines.addAll(
                explain
                        ? ScenarioPicture.of(outcome.result(), ScenarioPicture.width(System.getenv("COLUMNS")))
                        : ScenarioText.timeline(outcome));
        lines.addAll(ScenarioText.verdicts(outcome));
        return lines;
    }

    private Scenario seeded(Scenario of) {
        return seed == null ? of : of.withSeed(seed);
    }

    private static Duration since(long startNanos) {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new IllegalArgumentException("--html [" + file + "]: it can't be written: " + e, e);
        }
    }
}
