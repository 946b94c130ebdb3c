package io.reclaimer.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import akka.actor.typed.ActorSystem;
import io.reclaimer.testkit.junit.Fixtures.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The log of tests that use the extension. Each case is a test class that a user could write, and its outcome. */
class ReclaimerExtensionLogTest {

    private static final List<ActorSystem<?>> SYSTEMS = new ArrayList<>();

    @BeforeEach
    void forgetSystems() {
        SYSTEMS.clear();
    }

    static class FailingTest {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create();

        @Test
        void fails() {
            Fixtures.log("warn");
            fail("as it should");
        }
    }

    @Test
    void failingTestPrintsItsLog() {
        Outcome outcome = Fixtures.run(FailingTest.class);
        assertThat(outcome.onlyFailure()).hasMessage("as it should").hasNoSuppressedExceptions();
        assertThat(outcome.printed())
                .startsWith("Log of [fails()], which failed:")
                .containsPattern("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN io\\.reclaimer\\.shop \\[.*\\] shop is warm")
                .endsWith("End of the log of [fails()]" + System.lineSeparator());
    }

    static class PassingTest {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create().expectError("on fire");

        @Test
        void passes() {
            Fixtures.log("warn");
            Fixtures.log("error");
        }

        @Test
        void isAborted() {
            Fixtures.log("warn");
            Assumptions.abort("not today");
        }
    }

    @Test
    void passingAndAbortedTestsPrintNothing() {
        Outcome outcome = Fixtures.run(PassingTest.class);
        assertThat(outcome.succeeded()).containsExactly("passes()");
        outcome.results()
                .testEvents()
                .assertStatistics(counts -> counts.aborted(1).failed(0));
        assertThat(outcome.printed()).isEmpty();
    }

    @Test
    void consoleHasItsLogBackAfterATest() {
        assertThat(Fixtures.run(PassingTest.class).printed()).isEmpty();
        assertThat(Fixtures.run(Fixtures.NoKit.class).printed()).contains("shop is warm");
    }

    static class FailingPreparation {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create();

        @BeforeEach
        void prepare() {
            Fixtures.log("warn");
            fail("as it should");
        }

        @Test
        void isNotRun() {}
    }

    @Test
    void failingPreparationPrintsItsLogToo() {
        assertThat(Fixtures.run(FailingPreparation.class).printed()).contains("shop is warm");
    }

    static class FailingClass {
        @RegisterExtension
        static final ReclaimerExtension KIT = ReclaimerExtension.create().perClass();

        @BeforeAll
        static void prepare() {
            Fixtures.log("warn");
            fail("as it should");
        }

        @Test
        void isNotRun() {}
    }

    @Test
    void failingPreparationOfAClassPrintsItsLogToo() {
        Outcome outcome = Fixtures.run(FailingClass.class);
        assertThat(outcome.onlyFailure()).hasMessage("as it should");
        assertThat(outcome.printed()).contains("shop is warm");
    }

    static class TwoSystems {
        @RegisterExtension
        final ReclaimerExtension first = ReclaimerExtension.create();

        @RegisterExtension
        final ReclaimerExtension second = ReclaimerExtension.create().with("reclaimer.nodes = [disk]");

        @Test
        void areNotTheSame() {
            Fixtures.log("warn");
            assertThat(first.reclaimer().settings().nodes()).containsExactly("heap");
            assertThat(second.reclaimer().settings().nodes()).containsExactly("disk");
        }
    }

    @Test
    void testMayHaveTwoSystems() {
        Outcome outcome = Fixtures.run(TwoSystems.class);
        assertThat(outcome.succeeded()).hasSize(1);
        assertThat(outcome.printed()).isEmpty();
        assertThat(Fixtures.run(Fixtures.NoKit.class).printed()).containsOnlyOnce("shop is warm");
    }

    static class ErrorLog {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create();

        @Test
        void unexpected() {
            Fixtures.log("error");
        }

        @Test
        void expected() {
            kit.expectError("too hot");
            Fixtures.log("error");
        }

        @Test
        void otherExpected() {
            kit.expectError("too cold");
            Fixtures.log("error");
        }
    }

    @Test
    void unexpectedErrorLogFailsTheTest() {
        Outcome outcome = Fixtures.run(ErrorLog.class);
        assertThat(outcome.succeeded()).containsExactly("expected()");
        assertThat(outcome.failures())
                .hasSize(2)
                .allSatisfy(thrown -> assertThat(thrown)
                        .isInstanceOf(AssertionError.class)
                        .hasMessage("Error log: [io.reclaimer.shop: shop is on fire"
                                + " (java.lang.IllegalStateException: too hot)]. Correct its cause, or"
                                + " declare it with expectError before it happens"));
        assertThat(outcome.printed()).contains("java.lang.IllegalStateException: too hot");
    }

    static class OneExpectation {
        @RegisterExtension
        static final ReclaimerExtension KIT = ReclaimerExtension.create().perClass();

        @Test
        void first() {
            expectOnce();
        }

        @Test
        void second() {
            expectOnce();
        }

        private static void expectOnce() {
            SYSTEMS.add(KIT.system());
            if (SYSTEMS.size() == 1) {
                KIT.expectError("on fire");
            }
            Fixtures.log("error");
        }
    }

    @Test
    void expectationOfATestHoldsForThatTestOnly() {
        Outcome outcome = Fixtures.run(OneExpectation.class);
        assertThat(outcome.succeeded()).hasSize(1);
        assertThat(outcome.failures()).hasSize(1);
        assertThat(outcome.printed().split("shop is on fire", -1)).hasSize(2);
    }
}
