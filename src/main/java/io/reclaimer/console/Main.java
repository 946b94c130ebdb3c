package io.reclaimer.console;

import io.reclaimer.scenario.ScenarioFile;
import picocli.CommandLine;

/**
 * The entry point of the program: {@link NodeCommand} runs a node, its subcommand {@link ScenarioCommand} scenarios.
 */
public final class Main {

    /** Exit code: the node could not start or ended by a fault, or an expectation of a scenario failed. */
    static final int FAILED = 1;

    /** Exit code: the command line, a file that it names or a setting is invalid. */
    static final int USAGE = 2;

    /** Exit code: an {@link OutOfMemoryError}. */
    static final int OUT_OF_MEMORY = 3;

    private Main() {}

    /**
     * Returns normally on success, with no thread left, so that the JVM ends by itself. Exits with a code otherwise.
     */
    public static void main(String[] args) {
        int exitCode = run(args);
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }

    static int run(String... args) {
        return run(ScenarioFile::read, args);
    }

    /** @param scenarios reads the files of scenarios */
    static int run(ScenarioFiles.Reader scenarios, String... args) {
        return new CommandLine(new NodeCommand())
                .addSubcommand(new ScenarioCommand(scenarios))
                .setParameterExceptionHandler(
                        (e, all) -> NodeCommand.usageError(e.getMessage() + " (--help lists all options)"))
                .execute(args);
    }
}
