package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Short runs in this JVM. */
class NodeProgramTest {

    /** Threads that the JVM or its shared pools may start at any time. */
    private static final List<String> JVM_WIDE = List.of(
            "ForkJoinPool.commonPool-",
            "CompletableFutureDelayScheduler",
            "Common-Cleaner",
            "Cleaner-",
            "Reference Handler",
            "Finalizer",
            "Signal Dispatcher",
            "Notification Thread",
            "Service Thread",
            "Attach Listener",
            "process reaper",
            "surefire-");

    @RegisterExtension
    final CapturedOutput output = new CapturedOutput();

    private final Thread.UncaughtExceptionHandler handlerBefore = Thread.getDefaultUncaughtExceptionHandler();

    @AfterEach
    void restoreHandler() {
        Thread.setDefaultUncaughtExceptionHandler(handlerBefore);
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void aRunLeavesNoThreadBehind(String reclaim) throws InterruptedException {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        assertThat(Main.run("--run-for", "300ms", "--reclaim", reclaim)).isZero();
        Set<Thread> left = new HashSet<>(Thread.getAllStackTraces().keySet());
        left.removeAll(before);
        left.removeIf(thread -> JVM_WIDE.stream().anyMatch(thread.getName()::startsWith));
        // The threads of a pool end shortly after their system.
        for (Thread thread : left) {
            thread.join(TimeUnit.SECONDS.toMillis(60));
        }
        assertThat(left).noneMatch(Thread::isAlive);
    }

    /** The operator's file need not name them; there is none in the tests. */
    @Test
    void theProgramHasDefaultsOfItsNodes() {
        assertThat(ConfigFactory.load().getStringList("reclaimer.nodes")).containsExactly("heap");
        assertThat(Main.run("--run-for", "100ms")).isZero();
        assertThat(output.err()).isEmpty();
    }

    @Test
    void nothingComesAfterTheSummary() throws Exception {
        assertThat(Main.run("--run-for", "100ms")).isZero();
        List<String> lines = output.lines();
        assertThat(new ObjectMapper().readTree(output.lastLine()).get("seconds").doubleValue())
                .isGreaterThanOrEqualTo(0.1);
        assertThat(lines).filteredOn(line -> line.startsWith("{")).hasSize(1);
        assertThat(lines.get(0)).contains("reclaim on", "for 100ms");
        assertThat(output.err()).isEmpty();
    }
}
