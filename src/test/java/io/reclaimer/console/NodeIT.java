package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reclaimer.testkit.Jvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The node as users start it: in a JVM of its own, with the operator's configuration and a heap that is too small. */
class NodeIT {

    /** Far more than a run takes, on any machine. */
    private static final long PATIENCE_SECONDS = 180;

    /** Half of the default, so that it is full in half the time. */
    private static final String HEAP = "128m";

    @TempDir
    Path folder;

    private record Ended(int exitCode, List<String> out, List<String> err) {
        JsonNode json() throws JsonProcessingException {
            return new ObjectMapper().readTree(out.get(out.size() - 1));
        }
    }

    /** The JVM ends by itself, without System.exit, so no thread is left. */
    @Test
    void runsForAsLongAsAskedAndLeavesASummary() throws Exception {
        Ended node = run("--run-for", "12s");
        assertThat(node.exitCode()).as(node.toString()).isZero();
        assertThat(node.err()).isEmpty();
        JsonNode summary = node.json();
        assertThat(summary.get("seconds").doubleValue()).isGreaterThanOrEqualTo(12);
        assertThat(summary.get("outOfMemory").booleanValue()).isFalse();
        assertThat(summary.get("rounds").longValue()).isPositive();
        assertThat(summary.get("freedObjects").longValue()).isPositive();
        assertThat(summary.get("heapPeakLiveBytes").longValue())
                .isBetween(1L, summary.get("heapMaxBytes").longValue());
        assertThat(summary.get("hitRate")).hasSize(3).allMatch(rate -> rate.doubleValue() > 0);
    }

    @Test
    void withoutTheReclaimerItRunsOutOfMemory() throws Exception {
        Ended node = run("--reclaim", "off");
        assertThat(node.exitCode()).as(node.toString()).isEqualTo(Main.OUT_OF_MEMORY);
        // The JVM prints a line of its own if the handler of a thread has no memory either.
        assertThat(node.err())
                .filteredOn(line -> !line.isBlank() && !line.contains("thrown from the UncaughtExceptionHandler"))
                .singleElement()
                .asString()
                .contains("out of memory", "--reclaim on");
        assertThat(node.json().get("outOfMemory").booleanValue()).isTrue();
        assertThat(node.json().get("freedObjects").longValue()).isZero();
    }

    /** The JVM handles this signal like that of Ctrl-C. */
    @Test
    void whenAskedToEndItLeavesASummary() throws Exception {
        Path out = folder.resolve("out");
        Process process = start(out, folder.resolve("err"), List.of());
        awaitLine(process, out, "1 s ");
        process.destroy();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        List<String> lines = Files.readAllLines(out);
        JsonNode summary = new ObjectMapper().readTree(lines.get(lines.size() - 1));
        assertThat(summary.get("outOfMemory").booleanValue()).isFalse();
    }

    @Test
    void wrongOptionIsOneLineAndExitCodeTwo() throws Exception {
        Ended node = run("--run-for", "soon");
        assertThat(node.exitCode()).isEqualTo(Main.USAGE);
        assertThat(node.err()).singleElement().asString().contains("--run-for", "[soon]", "as in 20s");
        assertThat(node.out()).isEmpty();
    }

    private Ended run(String... args) throws IOException, InterruptedException, TimeoutException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = start(out, err, List.of(args));
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new TimeoutException("Still running: " + Files.readString(out) + Files.readString(err));
        }
        return new Ended(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
    }

    private static Process start(Path out, Path err, List<String> args) throws IOException {
        List<String> command = Jvm.java("-Xmx" + HEAP);
        // As in the build's exec: the operator's files come first, also before those of the tests.
        String classPath =
                String.join(System.getProperty("path.separator"), "conf", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", classPath, Main.class.getName()));
        command.addAll(args);
        return new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
    }

    private static void awaitLine(Process process, Path out, String part) throws IOException, InterruptedException {
        while (Files.readAllLines(out).stream().noneMatch(line -> line.contains(part))) {
            assertThat(process.waitFor(50, TimeUnit.MILLISECONDS))
                    .as("ended early")
                    .isFalse();
        }
    }
}
