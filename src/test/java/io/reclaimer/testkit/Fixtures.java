package io.reclaimer.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Runs test classes that are to fail. One thread. */
final class Fixtures {

    /**
     * What came of a test class.
     *
     * @param printed on standard output and standard error
     */
    record Outcome(EngineExecutionResults results, String printed) {
        /** What tests and classes failed with. */
        List<Throwable> failures() {
            return results.allEvents()
                    .failed()
                    .map(event ->
                            event.getRequiredPayload(TestExecutionResult.class).getThrowable())
                    .flatMap(thrown -> thrown.stream())
                    .toList();
        }

        /** Names of the tests that succeeded. */
        List<String> succeeded() {
            return results.testEvents()
                    .succeeded()
                    .map((Event event) -> event.getTestDescriptor().getDisplayName())
                    .toList();
        }
    }

    private Fixtures() {}

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
