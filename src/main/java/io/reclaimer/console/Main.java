package io.reclaimer.console;

import io.reclaimer.scenario.ScenarioFile;
import picocli.CommandLine;

/** Runs a node, see {@link NodeCommand} for the options; or scenarios, see {@link ScenarioCommand}. */
public final class Main {

    /** Exit code: the node could not start, or it or a scenario ended by a fault. */
    static final int FAILED = 1;

    /** Exit code: the command line, a file it names or a setting is wrong. */
    static final int USAGE = 2;

    /** Exit code: an {@link OutOfMemoryError}. */
    static final int OUT_OF_MEMORY = 3;

    private Main() {}

    /** Returns where all went well, with no thread left, so that the JVM ends by itself; exits with a code otherwise. */
    public static void main(String[] args) {
        int exitCode = run(args);
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }

    static int run(String... args) {
        return run(ScenarioFile::read, args);
    }

    /** @param scenarios who reads files of scenarios */
    static int run(ScenarioFiles.Reader scenarios, String... args) {
        return new CommandLine(new NodeCommand())
                .addSubcommand(new ScenarioCommand(scenarios))
                .setParameterExceptionHandler(
                        (wrong, all) -> NodeCommand.usageError(wrong.getMessage() + " (--help lists all options)"))
                .execute(args);
    }
}
