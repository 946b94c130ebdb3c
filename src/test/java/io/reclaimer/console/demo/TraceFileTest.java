package io.reclaimer.console.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceFileTest {

    private static final String ALLOWED = "allowed is gzip, one decimal number a line";

    @TempDir
    Path folder;

    @Test
    void keysComeInOrderOverAndOver() throws IOException {
        TraceFile trace = TraceFile.read(gzipped("7\n-3\n7\n9223372036854775807\n"));
        assertThat(LongStream.generate(trace).limit(9))
                .containsExactly(7L, -3L, 7L, Long.MAX_VALUE, 7L, -3L, 7L, Long.MAX_VALUE, 7L);
    }

    /** Around the initial capacity and beyond. */
    @ParameterizedTest
    @ValueSource(ints = {1023, 1024, 1025, 2048, 5000})
    void noKeyOfALongFileIsLost(int count) throws IOException {
        String lines = LongStream.range(0, count).mapToObj(Long::toString).collect(Collectors.joining("\n"));
        TraceFile trace = TraceFile.read(gzipped(lines));
        assertThat(LongStream.generate(trace).limit(2L * count).toArray())
                .isEqualTo(LongStream.range(0, 2L * count).map(i -> i % count).toArray());
    }

    @Test
    void lineEndsMayBeMissingAtTheEndOrAsOnWindows() throws IOException {
        TraceFile trace = TraceFile.read(gzipped("1\r\n2\r\n3"));
        assertThat(LongStream.generate(trace).limit(4)).containsExactly(1L, 2L, 3L, 1L);
    }

    @Test
    void itsStringNamesTheFileAndTheNumberOfKeys() throws IOException {
        Path file = gzipped("1\n2\n");
        assertThat(TraceFile.read(file)).hasToString("2 keys of " + file + ", over and over");
    }

    @Test
    void missingFileIsRefused() {
        assertRefused(folder.resolve("none.gz"), "no such file");
    }

    @Test
    void folderIsRefused() {
        assertRefused(folder, "no such file");
    }

    @Test
    void fileThatIsNotGzipIsRefused() throws IOException {
        assertRefused(Files.writeString(folder.resolve("plain.gz"), "1\n2\n3\n"), "no gzip file");
    }

    @Test
    void emptyFileIsRefused() throws IOException {
        assertRefused(Files.createFile(folder.resolve("nothing.gz")), "no gzip file");
    }

    /** Cut off at any place. */
    @Test
    void truncatedFileIsRefused() throws IOException {
        String lines =
                LongStream.range(0, 1000).mapToObj(key -> key * 7919 + "\n").collect(Collectors.joining());
        byte[] whole = Files.readAllBytes(gzipped(lines));
        for (int length : new int[] {1, 5, 10, 11, whole.length / 2, whole.length - 9, whole.length - 1}) {
            assertRefused(Files.write(folder.resolve("cut.gz"), Arrays.copyOf(whole, length)), "ends too early");
        }
    }

    @Test
    void damagedFileIsRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(gzipped("1\n2\n3\n"));
        bytes[bytes.length - 8] ^= 1;
        assertRefused(Files.write(folder.resolve("damaged.gz"), bytes), "damaged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "", " 2", "2 ", "1.5", "1,2", "0x10", "1e3", "9223372036854775808", "--1", "2L"})
    void lineThatIsNoDecimalNumberIsRefusedByItsNumber(String line) throws IOException {
        assertRefused(gzipped("1\n" + line + "\n3\n"), "line 2", "[" + line + "]");
    }

    @Test
    void longLineIsShownInPart() throws IOException {
        assertThatThrownBy(() -> TraceFile.read(gzipped("1\n2\n" + "z".repeat(100_000) + "\n")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 3")
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(500));
    }

    @Test
    void fileWithoutALineIsRefused() throws IOException {
        assertRefused(gzipped(""), "no line");
    }

    private void assertRefused(Path file, String... reasons) {
        assertThatThrownBy(() -> TraceFile.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("[" + file + "]", ALLOWED)
                .hasMessageContainingAll(reasons);
    }

    private Path gzipped(String text) throws IOException {
        Path file = Files.createTempFile(folder, "trace", ".gz");
        try (OutputStream stream = new GZIPOutputStream(Files.newOutputStream(file))) {
            stream.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }
}
