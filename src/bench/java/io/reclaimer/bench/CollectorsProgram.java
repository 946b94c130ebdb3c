package io.reclaimer.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Tries the watch over the heap under each collector of a JDK, with each {@link CollectorPhase}: a JVM for each cell. Prints a
 * table, and fails where a cell is out of memory, or too much went.
 */
final class CollectorsProgram {

    /** Beyond what was due, of what can live: where a round was due, and where none was. */
    private static final double MOST_OVER_PERCENT = 10;

    private static final double MOST_OVER_WHERE_NONE_IS_DUE = 0;
    private static final List<String> COLLECTORS = List.of("G1", "Parallel", "Serial", "Z", "Shenandoah");
    private static final String HEAP = "-Xmx512m";

    private final int seconds;
    private final Path javaHome;
    private final List<CollectorPhase> phases;
    private final List<String> wrong = new ArrayList<>();

    private CollectorsProgram(int seconds, Path javaHome, List<CollectorPhase> phases) {
        this.seconds = seconds;
        this.javaHome = javaHome;
        this.phases = phases;
    }

    /**
     * Runs it.
     *
     * @param phases those to try; none for all
     * @throws IllegalStateException where a cell is not as it should be
     */
    static void run(int seconds, List<String> phases) throws IOException, InterruptedException {
        List<CollectorPhase> chosen = phases.isEmpty()
                ? Arrays.asList(CollectorPhase.values())
                : phases.stream().map(CollectorPhase::of).toList();
        Path javaHome = Path.of(System.getProperty("bench.java.home", System.getProperty("java.home")));
        new CollectorsProgram(seconds, javaHome, chosen).run();
    }

    private void run() throws IOException, InterruptedException {
        System.out.println(
                "Each cell: over-freed, most live (percent of what can live), and how long after a round was due the first"
                        + " entry went");
        System.out.println("| collector | "
                + String.join(" | ", phases.stream().map(CollectorPhase::word).toList()) + " |");
        System.out.println("|---|" + "---|".repeat(phases.size()));
        String only = System.getProperty("bench.collectors");
        for (String collector : only == null ? COLLECTORS : List.of(only.split(","))) {
            StringBuilder line = new StringBuilder("| " + collector + " |");
            for (CollectorPhase phase : phases) {
                line.append(' ').append(cell(collector, phase)).append(" |");
            }
            System.out.println(line);
        }
        if (!wrong.isEmpty()) {
            throw new IllegalStateException("Not as it should be: " + String.join("; ", wrong));
        }
    }

    private String cell(String collector, CollectorPhase phase) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                javaHome.resolve("bin/java").toString(),
                HEAP,
                "-XX:+Use" + collector + "GC",
                "-cp",
                System.getProperty("bench.class.path", System.getProperty("java.class.path")),
                CollectorCell.class.getName(),
                phase.word(),
                String.valueOf(seconds)));
        String records = System.getProperty("bench.records");
        if (records != null) {
            Path file = Path.of(records, collector.toLowerCase(java.util.Locale.ROOT) + "-" + phase.word() + ".txt");
            Files.createDirectories(file.getParent());
            command.add(file.toString());
        }
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor(1, TimeUnit.MINUTES);
        String name = collector + " " + phase.word();
        String json =
                out.lines().filter(line -> line.startsWith("{")).findFirst().orElse("");
        if (json.isEmpty()) {
            wrong.add(name + " ended without a result");
            return "no result";
        }
        JsonNode result = new ObjectMapper().readTree(json);
        if (result.get("outOfMemory").booleanValue()) {
            wrong.add(name + " was out of memory");
            return "out of memory";
        }
        boolean due = result.get("due").booleanValue();
        double over = result.get("overPercent").doubleValue();
        if (over > (due ? MOST_OVER_PERCENT : MOST_OVER_WHERE_NONE_IS_DUE)) {
            wrong.add(name + " over-freed " + over + " %");
        }
        long reaction = result.get("reactionMillis").longValue();
        return over + ", " + result.get("peakPercent").doubleValue() + (reaction < 0 ? "" : ", " + reaction + " ms");
    }
}
