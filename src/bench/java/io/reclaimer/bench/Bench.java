package io.reclaimer.bench;

import io.reclaimer.console.FixedShares;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jcstress.Main;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs what its arguments say; {@link #HELP} has them all. */
public final class Bench {

    private static final String HELP = """
            mvn -q -Pbench compile exec:exec -Dbench.args="..."

              pass CGROUPS NODES SHRINKERS DIRTY BITS ROUNDS   rounds over a tree; prints one JSON line
              cost [FORKS]                                     what rounds cost against peers; a table and JSON
              check                                            fails if a dense pass costs far more than was measured
              scale                                            a round over 10 to 1,000,000 cgroups; a table
              footprint [CGROUPS]                              bytes by what there is, and cgroups online a second
              expansion                                        growth from 64 to 128 ids, and who waits for it
              cluster [ROUNDS]                                 rounds over three members; prints one JSON line
              neighbours [ROUNDS]                              small rounds beside long visits; prints JSON lines
              collectors SECONDS [PHASES]                      the watch over the heap under each collector; a table
              fixed SECONDS                                    the node program against caches of fixed sizes; a table
              jcstress [OPTIONS]                               tries to break the orders the engine relies on
              jmh [NAMES] [JMH OPTIONS]                        Pass, Churn, SetBit, Caffeine, LruLists; all without a name

            Results of jmh are a table, and JSON in target/bench/jmh.json (-rff FILE for another). Examples:
              -Dbench.args="pass 10000 2 512 100 4 200"
              -Dbench.args="jmh SetBit -f 1"
            -Dbench.jvm.args="-Dbench.java.home=DIR" has collectors and fixed use the JDK there, and "-Dbench.records=DIR" has
            collectors keep what they told there, for src/test/resources/heap-readings.
            -Dbench.heap=1g sets the heap, -Dbench.jvm.args="-XX:+UseG1GC" other options of the JVM.""";

    private static final int WRONG = 2;
    private static final Path RESULTS = Path.of("target", "bench", "jmh.json");

    private Bench() {}

    public static void main(String[] args) throws Exception {
        List<String> words = List.of(args);
        try {
            run(words.isEmpty() ? "help" : words.get(0), words.subList(Math.min(1, words.size()), words.size()));
        } catch (IllegalArgumentException | CommandLineOptionException e) {
            System.err.println(e.getMessage());
            System.exit(WRONG);
        }
    }

    private static void run(String command, List<String> rest) throws Exception {
        switch (command) {
            case "help" -> System.out.println(HELP);
            case "pass" -> {
                if (rest.size() != 6) {
                    throw new IllegalArgumentException(
                            "pass takes CGROUPS NODES SHRINKERS DIRTY BITS ROUNDS, six numbers, not " + rest);
                }
                int rounds = PassCase.number(rest.get(5));
                if (rounds < 1) {
                    throw new IllegalArgumentException("[" + rounds + "] rounds; allowed are 1 or more");
                }
                PassProgram.run(PassCase.of(String.join(" ", rest.subList(0, 5))), rounds);
            }
            case "cost" -> CostProgram.run(rounds(rest, 1));
            case "check" -> {
                if (!CostProgram.check()) {
                    System.exit(1);
                }
            }
            case "scale" -> ScaleProgram.run();
            case "footprint" -> FootprintProgram.run(rest.isEmpty() ? 100_000 : PassCase.number(rest.get(0)));
            case "expansion" -> ExpansionProgram.run();
            case "cluster" -> ClusterProgram.run(rounds(rest, 5_000));
            case "neighbours" -> NeighbourProgram.run(rounds(rest, 500));
            case "collectors" -> CollectorsProgram.run(seconds(rest), rest.subList(1, rest.size()));
            case "fixed" -> FixedShares.run(seconds(rest));
            case "jcstress" -> jcstress(rest);
            case "jmh" -> jmh(rest);
            default ->
                throw new IllegalArgumentException("[" + command
                        + "] is no command; allowed are pass, cost, check, scale, footprint, expansion, cluster, neighbours,"
                        + " collectors, fixed, jcstress, jmh, help");
        }
    }

    private static int seconds(List<String> rest) {
        int seconds = rest.isEmpty() ? 0 : PassCase.number(rest.get(0));
        if (seconds < 1) {
            throw new IllegalArgumentException("[" + seconds + "] seconds; allowed are 1 or more");
        }
        return seconds;
    }

    private static int rounds(List<String> rest, int withoutArgument) {
        int rounds = rest.isEmpty() ? withoutArgument : PassCase.number(rest.get(0));
        if (rounds < 1) {
            throw new IllegalArgumentException("[" + rounds + "] rounds; allowed are 1 or more");
        }
        return rounds;
    }

    private static void jcstress(List<String> options) throws Exception {
        List<String> all =
                new ArrayList<>(List.of("-r", RESULTS.resolveSibling("jcstress").toString(), "-m", "quick"));
        all.addAll(options);
        Main.main(all.toArray(String[]::new));
    }

    private static void jmh(List<String> rest) throws Exception {
        CommandLineOptions given = new CommandLineOptions(rest.toArray(String[]::new));
        Files.createDirectories(RESULTS.getParent());
        OptionsBuilder options = new OptionsBuilder();
        // Forked JVMs get this one's options. A benchmark that fails ends the run: a table without it says nothing.
        options.parent(given).shouldFailOnError(true);
        if (!given.getForkCount().hasValue()) {
            options.forks(1);
        }
        if (!given.getWarmupIterations().hasValue()) {
            options.warmupIterations(4);
        }
        if (!given.getWarmupTime().hasValue()) {
            options.warmupTime(TimeValue.seconds(1));
        }
        if (!given.getMeasurementIterations().hasValue()) {
            options.measurementIterations(5);
        }
        if (!given.getMeasurementTime().hasValue()) {
            options.measurementTime(TimeValue.seconds(1));
        }
        if (!given.getResult().hasValue()) {
            options.result(RESULTS.toString());
        }
        if (!given.getResultFormat().hasValue()) {
            options.resultFormat(ResultFormatType.JSON);
        }
        if (given.getProfilers().isEmpty()) {
            options.addProfiler(GCProfiler.class);
        }
        try {
            new Runner(options.build()).run();
        } catch (NoBenchmarksException e) {
            throw new IllegalArgumentException(
                    rest + " names no benchmark; allowed are parts of Pass, Churn, SetBit, Caffeine, LruLists", e);
        }
    }
}
