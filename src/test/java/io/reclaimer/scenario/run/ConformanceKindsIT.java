package io.reclaimer.scenario.run;

import io.reclaimer.testkit.Kind;
import java.io.IOException;
import java.util.EnumSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs the scenarios of {@link ConformanceTest} with shrinkers of every other kind. The kind of call does not change the results.
 */
class ConformanceKindsIT {

    /** The longest scenarios are left out. */
    private static final long MAX_SCAN_CALLS = 100;

    @TestFactory
    Stream<DynamicTest> everyScenarioGivesItsAnswersWithShrinkersOfEveryOtherKind() throws IOException {
        Stream<DynamicTest> tests = Stream.empty();
        for (Kind kind : EnumSet.complementOf(EnumSet.of(Kind.PLAIN))) {
            tests = Stream.concat(tests, ConformanceTest.scenarios(kind, MAX_SCAN_CALLS));
        }
        return tests;
    }
}
