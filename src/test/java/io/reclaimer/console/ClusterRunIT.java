package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reclaimer.testkit.Jvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example's three members, as one command starts them: three processes, real sockets, the files of conf. */
class ClusterRunIT {

    private static final long PATIENCE_SECONDS = 180;

    /** A small heap is short sooner. */
    private static final String HEAP = "128m";

    @TempDir
    Path folder;

    @Test
    void oneMembersSurgeIsAnsweredByAll() throws Exception {
        List<String> command = Jvm.java("-Xmx" + HEAP);
        command.addAll(
                List.of("-classpath", Jvm.programClassPath(), Main.class.getName(), "--cluster", "--run-for", "25s"));
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(out);
        assertThat(process.exitValue()).as("%s", lines).isZero();
        for (String member : ClusterProgram.MEMBERS) {
            assertThat(lines)
                    .anyMatch(line -> line.startsWith(member + " | ") && line.contains("cluster: 3 members: "));
            JsonNode cluster = summary(lines, member).get("cluster");
            assertThat(cluster.get("parts").longValue()).as(member).isPositive();
            assertThat(cluster.get("gaveObjects").longValue()).as(member).isPositive();
        }
        assertThat(lines).anyMatch(line -> line.matches("member1 \\| +cluster: /.* surges; asked for 2,000 objects.*"));
        assertThat(summary(lines, "member1").get("cluster").get("rounds").longValue())
                .isPositive();
        assertThat(summary(lines, "member2").get("cluster").get("rounds").longValue())
                .isZero();
    }

    private static JsonNode summary(List<String> lines, String member) throws Exception {
        String json = lines.stream()
                .filter(line -> line.startsWith(member + " | {"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(member + " left no summary: " + lines));
        return new ObjectMapper().readTree(json.substring(json.indexOf('{')));
    }
}
