package io.reclaimer.bench;

import java.util.Arrays;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/** Runs what its arguments say. */
public final class Bench {

    private Bench() {}

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("pass")) {
            PassProgram.run(PassCase.of(String.join(" ", Arrays.copyOfRange(args, 1, 6))), Integer.parseInt(args[6]));
            return;
        }
        new Runner(new CommandLineOptions(args)).run();
    }
}
