package io.reclaimer.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs test classes that have to fail. Confined to one thread. */
final class Fixtures {

    /**
     * The outcome of a test class.
     *
     * @param printed all output, on standard output and standard error
     */
    record Outcome(EngineExecutionResults results, String printed) {
        /** The failures of tests and classes. */
        List<Throwable> failures() {
            return results.allEvents()
                    .failed()
                    .map(event ->
                            event.getRequiredPayload(TestExecutionResult.class).getThrowable())
                    .flatMap(thrown -> thrown.stream())
                    .toList();
        }

        /** The failure of a class with exactly one. */
        Throwable onlyFailure() {
            assertThat(failures()).hasSize(1);
            return failures().get(0);
        }

        /** The names of the tests that succeeded. */
        List<String> succeeded() {
            return results.testEvents()
                    .succeeded()
                    .map((Event event) -> event.getTestDescriptor().getDisplayName())
                    .toList();
        }
    }

    /** A test that logs a warning, without the extension. */
    static class NoKit {
        @Test
        void logs() {
            log("warn");
        }
    }

    private Fixtures() {}

    static void log(String level) {
        Logger logger = LoggerFactory.getLogger("io.reclaimer.shop");
        if (level.equals("error")) {
            logger.error("shop is on fire", new IllegalStateException("too hot"));
        } else {
            logger.warn("shop is warm");
        }
    }

    static Outcome run(Class<?> tests) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream caught = new PrintStream(printed, true, StandardCharsets.UTF_8);
        System.setOut(caught);
        System.setErr(caught);
        try {
            EngineExecutionResults results = EngineTestKit.engine("junit-jupiter")
                    .selectors(selectClass(tests))
                    .execute();
            return new Outcome(results, printed.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
