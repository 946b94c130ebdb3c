package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reclaimer.testkit.Jvm;
import io.reclaimer.testkit.Threads;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example's three members, as one command starts them: three processes, real sockets, the files of conf. */
class ClusterRunIT {

    private static final long PATIENCE_SECONDS = 180;

    /** As the command in README has it. With half of it, of which a cluster's own objects take a third, it can be too late. */
    private static final String HEAP = "256m";

    /** Until it is, and then told to end, as by Ctrl-C. */
    @Test
    void oneMembersSurgeIsAnsweredByAll() throws Exception {
        List<String> command = Jvm.java("-Xmx" + HEAP);
        command.addAll(List.of("-classpath", Jvm.programClassPath(), Main.class.getName(), "--cluster"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Queue<String> lines = new ConcurrentLinkedQueue<>();
        try {
            Future<?> read = Threads.start(() -> {
                try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
                    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                        lines.add(line);
                    }
                }
                return null;
            });
            for (String member : ClusterProgram.MEMBERS) {
                await(lines, member + " \\| +cluster: 3 members: .*");
                await(lines, member + " \\| +cluster: gave .*");
            }
            await(lines, "member1 \\| +cluster: /.* surges; asked for 2,000 objects.*");
            process.toHandle().destroy();
            read.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
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

    private static void await(Queue<String> lines, String pattern) {
        Pattern line = Pattern.compile(pattern);
        Threads.until(
                () -> lines.stream().anyMatch(line.asMatchPredicate()),
                () -> pattern + " in " + String.join("\n", lines));
    }

    private static JsonNode summary(Queue<String> lines, String member) throws Exception {
        String json = lines.stream()
                .filter(line -> line.startsWith(member + " | {"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(member + " left no summary: " + lines));
        return new ObjectMapper().readTree(json.substring(json.indexOf('{')));
    }
}
