package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NodeCommandTest {

    /** The prefix of the threads of the actor system, which a run starts first. */
    private static final String SYSTEM_THREADS = "node-";

    @TempDir
    Path folder;

    @RegisterExtension
    final CapturedOutput output = new CapturedOutput();

    private final Set<String> propertiesSet = new HashSet<>();

    @AfterEach
    void clearProperties() {
        propertiesSet.forEach(System::clearProperty);
    }

    static Stream<Arguments> badOptions() {
        return Stream.of(
                bad("--run-for 0s", "--run-for", "[0s]", "1ms to 10000h", "as in 20s"),
                bad("--run-for 5", "--run-for", "[5]", "1ms to 10000h", "as in 20s"),
                bad("--run-for=", "--run-for", "[]", "1ms to 10000h", "as in 20s"),
                bad("--run-for -5s", "--run-for", "[-5s]", "1ms to 10000h", "as in 20s"),
                bad("--run-for soon --seed 7", "--run-for", "[soon]", "1ms to 10000h", "as in 20s"),
                bad("--reclaim maybe", "--reclaim", "[maybe]", "on or off"),
                bad("--reclaim ON", "--reclaim", "[ON]", "on or off"),
                bad("--reclaim", "--reclaim", "on|off"),
                bad("--config none.conf", "--config", "[none.conf]", "no such file"),
                bad("--config a\0b", "--config", "no name of a file"),
                bad("--config conf/member1.conf --reclaim off", "--reclaim [off]", "member of a cluster"),
                bad(
                        "--cluster --config conf/member1.conf",
                        "--cluster",
                        "--config",
                        "allowed are --run-for and --seed"),
                bad("--cluster --reclaim off", "--cluster", "--reclaim off"),
                bad("--cluster --trace web=x.gz", "--cluster", "--trace"),
                bad("--seed 1 --seed 2", "--seed", "only once"),
                bad("--run-for 1s --run-for 2s", "--run-for", "only once"),
                bad("--trace web", "--trace", "[web]", "TENANT=FILE.gz"),
                bad("--trace =x.gz", "--trace", "[=x.gz]", "TENANT=FILE.gz"),
                bad("--trace web=", "--trace", "[web=]", "TENANT=FILE.gz"),
                bad("--trace web=none.gz", "[none.gz]", "no such file", "allowed is gzip"),
                bad("--trace web=a\0b", "trace file", "no name of a file"),
                bad("--trace shop=x.gz", "--trace", "[shop=x.gz]", "/shop/web", "/shop/orm", "/batch"));
    }

    @ParameterizedTest
    @MethodSource("badOptions")
    void aBadOptionEndsBeforeAnythingStarts(String options, List<String> parts) {
        assertEndsBeforeAnythingStarts(options.split(" "), parts);
    }

    @ParameterizedTest
    @CsvSource({
        "--foo, --foo",
        "--run 5s, --run",
        "something, something",
        "--seed x, --seed",
        "--seed 1.5, --seed",
        "--seed 9223372036854775808, 9223372036854775808",
        "--run-for, --run-for",
        "--trace, --trace",
        "--seed, --seed"
    })
    void anUnreadableOptionEndsBeforeAnythingStarts(String options, String named) {
        assertEndsBeforeAnythingStarts(options.split(" "), List.of(named, "--help lists all options"));
    }

    @Test
    void anErrorIsOneLineEvenIfTheValueHasSeveral() {
        assertEndsBeforeAnythingStarts(
                new String[] {"--reclaim", "on\nor\r\noff"},
                List.of("--reclaim", "[on or off]", "allowed is on or off"));
    }

    static Stream<Arguments> badTraces() {
        return Stream.of(
                bad("1\nx\n3\n", "line 2", "one decimal number a line"),
                bad("1\n\n3\n", "line 2", "one decimal number a line"),
                bad("1\n\u0001\u0002\n", "line 2", "one decimal number a line"),
                bad("", "no line"));
    }

    @ParameterizedTest
    @MethodSource("badTraces")
    void aBadTraceEndsBeforeAnythingStarts(String lines, List<String> parts) throws IOException {
        Path file = trace(lines);
        assertEndsBeforeAnythingStarts(new String[] {"--trace", "orm=" + file}, parts);
        assertThat(output.err()).contains("[" + file + "]");
    }

    @Test
    void aTraceThatIsNotGzipEndsBeforeAnythingStarts() throws IOException {
        Path file = Files.writeString(folder.resolve("plain.gz"), "1\n2\n");
        assertEndsBeforeAnythingStarts(
                new String[] {"--trace", "/batch=" + file}, List.of("[" + file + "]", "no gzip", "allowed is gzip"));
    }

    @Test
    void twoTracesOfATenantEndBeforeAnythingStarts() throws IOException {
        Path file = trace("1\n");
        assertEndsBeforeAnythingStarts(
                new String[] {"--trace", "web=" + file, "--trace", "/shop/web=" + file},
                List.of("--trace", "twice", "[/shop/web]", "once for each tenant"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    reclaimer.pressure.heap.watermarks.min  | 7     | above 0 and below 1
                    reclaimer.pressure.heap.watermarks.low  | 0.9   | min < low < high
                    reclaimer.pressure.heap.rounds          | maybe | on or off
                    reclaimer.pressure.heap.sample-interval   | 0s    | 1 ms to 1 h
                    reclaimer.budgets.interval              | 1ms   | from 10 ms to 1 h
                    reclaimer.id-limit                      | 63    | 64 to 1048576
                    reclaimer.max-rounds                    | 0     | 1 or more
                    node.load                               | 0     | above 0 and up to 10
                    node.load                               | 11    | above 0 and up to 10
                    node.load                               | all   | a number
                    node.surges                             | often | on or off
                    """)
    void aBadSettingEndsBeforeAnythingStarts(String key, String value, String allowed) {
        set(key, value);
        String parent = key.substring(0, key.lastIndexOf('.'));
        assertEndsBeforeAnythingStarts(new String[] {"--run-for", "1h"}, List.of(parent, "[" + value, allowed));
    }

    /** The nodes come from an operator's file. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    heap           | [heap]                              | [direct]
                    direct         | [heap]                              | [direct]
                    memory, direct | [heap]                              | [direct]
                    direct, heap   | reclaimer.nodes is [[direct, heap]] | [heap] as the first
                    """)
    void wrongNodesEndBeforeAnythingStarts(String nodes, String part, String other) throws IOException {
        settingsFile("reclaimer.nodes = [" + nodes + "]");
        assertEndsBeforeAnythingStarts(
                new String[] {"--run-for", "1h"}, List.of("reclaimer.nodes", "[" + nodes + "]", part, other));
    }

    @Test
    void aBadSettingOfAMemberEndsBeforeAnythingStarts() {
        set("reclaimer.cluster.max-rounds", "0");
        assertEndsBeforeAnythingStarts(
                new String[] {"--config", "conf/member1.conf", "--run-for", "1h"},
                List.of("reclaimer.cluster.max-rounds is [0]", "1 to 1024"));
    }

    @Test
    void anUnreadableFileOfSettingsEndsBeforeAnythingStarts() throws IOException {
        settingsFile("reclaimer { \n id-limit = \n");
        assertEndsBeforeAnythingStarts(
                new String[] {"--run-for", "1h"}, List.of("configuration can't be read", "own.conf"));
    }

    @Test
    void helpListsAllOptions() {
        assertThat(Main.run("--help")).isZero();
        assertThat(output.out())
                .contains(
                        "--run-for",
                        "DURATION",
                        "--reclaim",
                        "on|off",
                        "--trace",
                        "TENANT=FILE.gz",
                        "--seed",
                        "N",
                        "--config",
                        "FILE",
                        "--cluster")
                .contains("--help", "--version", "/shop/web", "/shop/orm", "/batch")
                .contains("Exit codes");
        assertThat(output.err()).isEmpty();
    }

    @Test
    void versionOfClassFoldersIsDevelopment() {
        assertThat(Main.run("--version")).isZero();
        assertThat(output.lines()).singleElement().asString().isEqualTo("reclaimer development");
        assertThat(output.err()).isEmpty();
    }

    /** Other options beside it are ignored, even invalid ones. */
    @Test
    void helpStartsNothing() {
        assertThat(Main.run("--help", "--run-for", "1h", "--trace", "web=none.gz"))
                .isZero();
        assertNothingStarted();
    }

    private void assertEndsBeforeAnythingStarts(String[] options, List<String> parts) {
        output.assertRefused(Main.run(options), parts);
        assertNothingStarted();
    }

    private static void assertNothingStarted() {
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith(SYSTEM_THREADS));
    }

    private void settingsFile(String text) throws IOException {
        set("config.file", Files.writeString(folder.resolve("own.conf"), text).toString());
    }

    private void set(String key, String value) {
        System.setProperty(key, value);
        propertiesSet.add(key);
        ConfigFactory.invalidateCaches();
    }

    private Path trace(String lines) throws IOException {
        Path file = folder.resolve("trace.gz");
        try (OutputStream stream = new GZIPOutputStream(Files.newOutputStream(file))) {
            stream.write(lines.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    private static Arguments bad(String options, String... parts) {
        return Arguments.of(options, List.of(parts));
    }
}
