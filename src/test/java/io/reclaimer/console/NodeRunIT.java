package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reclaimer.testkit.Jvm;
import io.reclaimer.testkit.Threads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node as an operator uses it: its lines, its options, Ctrl-C. */
class NodeRunIT {

    private static final long PATIENCE_SECONDS = 120;
    private static final String STATUS_LINE = "\\s*\\d+ s  .*";

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void killRemainingProcesses() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void aRunHasALineASecondAndAllOfTheSummary() throws Exception {
        Ended ended = run("--run-for", "3s");
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.err()).isEmpty();
        JsonNode json = ended.summary();
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "seconds",
                        "heapMaxBytes",
                        "heapPeakLiveBytes",
                        "rounds",
                        "freedObjects",
                        "hitRate",
                        "meanPages",
                        "meanSessions",
                        "buffers",
                        "outOfMemory");
        assertThat(json.get("seconds").doubleValue()).isGreaterThanOrEqualTo(3);
        assertThat(json.get("outOfMemory").booleanValue()).isFalse();
        assertThat(json.get("heapMaxBytes").longValue()).isBetween(200L << 20, 256L << 20);
        assertThat(json.get("heapPeakLiveBytes").longValue())
                .isBetween(0L, json.get("heapMaxBytes").longValue());
        assertThat(json.get("hitRate").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("/shop/web", "/shop/orm", "/batch");
        assertThat(json.get("hitRate"))
                .allSatisfy(rate -> assertThat(rate.doubleValue()).isBetween(0.0, 1.0));
        assertThat(ended.out()).filteredOn(line -> line.matches(STATUS_LINE)).hasSize(3);
    }

    /** The exit code is 128 plus the number of the signal. */
    @Test
    void ctrlCEndsItWithASummary() throws Exception {
        Process process = start(ProcessBuilder.Redirect.PIPE);
        assumeFalse(ignoresInterrupts(process), "Started where SIGINT is ignored");
        List<String> out = new CopyOnWriteArrayList<>();
        Future<?> read = Threads.start(() -> {
            read(process, out, () -> interrupt(process));
            return null;
        });
        read.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
        Ended ended = new Ended(process.exitValue(), out, Files.readString(errFile()));
        assertThat(ended.summary().get("outOfMemory").booleanValue()).isFalse();
        assertThat(ended.summary().get("seconds").doubleValue()).isPositive();
        assertThat(ended.out()).filteredOn(line -> line.startsWith("{")).hasSize(1);
        assertThat(ended.err()).isEmpty();
    }

    /** With three keys nearly all look-ups are hits; with Zipf's 200,000 keys few are so soon. */
    @Test
    void traceGivesItsTenantTheKeys() throws Exception {
        Path trace = folder.resolve("three.gz");
        try (OutputStream stream = new GZIPOutputStream(Files.newOutputStream(trace))) {
            stream.write("5\n6\n7\n".getBytes(StandardCharsets.US_ASCII));
        }
        Ended ended = run("--run-for", "2s", "--trace", "web=" + trace, "--seed", "3");
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.out()).anyMatch(line -> line.contains("/shop/web") && line.contains("3 keys of " + trace));
        assertThat(ended.out()).anyMatch(line -> line.contains("/batch") && line.contains("Zipf"));
        JsonNode rates = ended.summary().get("hitRate");
        assertThat(rates.get("/shop/web").doubleValue())
                .isGreaterThan(0.8)
                .isGreaterThan(rates.get("/batch").doubleValue());
    }

    private record Ended(int exitCode, List<String> out, String err) {
        JsonNode summary() throws JsonProcessingException {
            assertThat(out).isNotEmpty();
            return parsed(out.get(out.size() - 1));
        }
    }

    private Ended run(String... options) throws Exception {
        Path out = folder.resolve("out");
        Process process = start(ProcessBuilder.Redirect.to(out.toFile()), options);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), Files.readAllLines(out), Files.readString(errFile()));
    }

    private Process start(ProcessBuilder.Redirect out, String... options) throws IOException {
        List<String> command = Jvm.java("-Xmx256m");
        command.addAll(List.of("-classpath", Jvm.programClassPath(), Main.class.getName()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectOutput(out)
                .redirectError(errFile().toFile())
                .start();
        started.add(process);
        return process;
    }

    private Path errFile() {
        return folder.resolve("err");
    }

    /** Reads all lines until the process ends. Runs an action at the first status line. */
    private static void read(Process process, List<String> lines, Runnable underWay) throws IOException {
        boolean told = false;
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
                if (!told && line.matches(STATUS_LINE)) {
                    told = true;
                    underWay.run();
                }
            }
        }
    }

    private static void interrupt(Process process) {
        try {
            int exitCode = new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            assertThat(exitCode).isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A shell without job control starts background processes that way, and their children inherit it. */
    private static boolean ignoresInterrupts(Process process) throws IOException {
        Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
        if (!Files.exists(status)) {
            return false;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 0b10) != 0);
    }

    private static JsonNode parsed(String line) throws JsonProcessingException {
        return new ObjectMapper().readTree(line);
    }
}
