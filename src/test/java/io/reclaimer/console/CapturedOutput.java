package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Captures standard output and standard error of a command in this JVM, and reads the configuration anew. */
final class CapturedOutput implements BeforeEachCallback, AfterEachCallback {

    private final PrintStream outBefore = System.out;
    private final PrintStream errBefore = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Override
    public void beforeEach(ExtensionContext context) {
        ConfigFactory.invalidateCaches();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        System.setOut(outBefore);
        System.setErr(errBefore);
        ConfigFactory.invalidateCaches();
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    List<String> lines() {
        return out().lines().toList();
    }

    String lastLine() {
        List<String> lines = lines();
        return lines.get(lines.size() - 1);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    void reset() {
        out.reset();
        err.reset();
    }

    /** Checks that a command with this exit code was refused: by one line on standard error, and nothing else. */
    void assertRefused(int exitCode, List<String> parts) {
        assertThat(exitCode).isEqualTo(Main.USAGE);
        assertThat(err().lines())
                .singleElement()
                .asString()
                .startsWith("reclaimer: ")
                .contains(parts);
        assertThat(out()).isEmpty();
    }
}
