package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reclaimer.testkit.Jvm;
import io.reclaimer.testkit.Threads;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The three members that one command starts: three processes, real sockets, the files of conf. */
class ClusterRunIT {

    private static final long PATIENCE_SECONDS = 300;

    /** Follows the last line. */
    private static final String END = "the output has ended";

    /** The default of the build. The cluster's own objects take about 40 MB, so half of it may be too little. */
    private static final String HEAP = "256m";

    /** Runs until all have answered, then ends the program as Ctrl-C does. */
    @Test
    void allMembersAnswerTheSurgeOfOne() throws Exception {
        List<String> command = Jvm.java("-Xmx" + HEAP);
        command.addAll(List.of("-classpath", Jvm.programClassPath(), Main.class.getName(), "--cluster"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BlockingQueue<String> arriving = new LinkedBlockingQueue<>();
        List<String> lines = new ArrayList<>();
        try {
            Future<?> read = Threads.start(() -> {
                try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
                    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                        arriving.add(line);
                    }
                } finally {
                    arriving.add(END);
                }
                return null;
            });
            for (String member : ClusterProgram.MEMBERS) {
                await(arriving, lines, member + " \\| +cluster: 3 members: .*");
                // The first rounds may find nothing to free here yet.
                await(arriving, lines, member + " \\| +cluster: gave .*; [1-9][0-9,]* in all");
            }
            await(arriving, lines, "member1 \\| +cluster: /.* surges; asked for 2,000 objects.*");
            process.toHandle().destroy();
            read.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            arriving.drainTo(lines);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        for (String member : ClusterProgram.MEMBERS) {
            JsonNode cluster = summary(lines, member).get("cluster");
            assertThat(cluster.get("parts").longValue()).as(member).isPositive();
            assertThat(cluster.get("gaveObjects").longValue()).as(member).isPositive();
        }
        assertThat(summary(lines, "member1").get("cluster").get("rounds").longValue())
                .isPositive();
        assertThat(summary(lines, "member2").get("cluster").get("rounds").longValue())
                .isZero();
    }

    /** Waits until a line matches, among those already read or those that arrive. */
    private static void await(BlockingQueue<String> arriving, List<String> lines, String pattern)
            throws InterruptedException {
        Predicate<String> isIt = Pattern.compile(pattern).asMatchPredicate();
        boolean found = lines.stream().anyMatch(isIt);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!found) {
            String line = arriving.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null || line.equals(END)) {
                String why = line == null ? "Not within " + PATIENCE_SECONDS + " s" : "Not before " + END;
                throw new AssertionError(why + ": " + pattern + " in " + String.join("\n", lines));
            }
            lines.add(line);
            found = isIt.test(line);
        }
    }

    private static JsonNode summary(List<String> lines, String member) throws Exception {
        String json = lines.stream()
                .filter(line -> line.startsWith(member + " | {"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(member + " left no summary: " + lines));
        return new ObjectMapper().readTree(json.substring(json.indexOf('{')));
    }
}
