package io.reclaimer.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Fixtures.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLoggerFactory;

/** Each is a test class that a user could write, and what comes of it. */
class ReclaimerExtensionTest {

    /** For what is there to stay; nothing that is to end in time has to within this. */
    private static final Duration SHORT = Duration.ofMillis(50);

    private static final List<ActorSystem<?>> SYSTEMS = new ArrayList<>();

    @BeforeEach
    void forget() {
        SYSTEMS.clear();
    }

    private static void log(String level) {
        org.slf4j.Logger logger = LoggerFactory.getLogger("io.reclaimer.shop");
        if (level.equals("error")) {
            logger.error("shop is on fire", new IllegalStateException("too hot"));
        } else {
            logger.warn("shop is warm");
        }
    }

    private record Ping(int number) {}

    /** Takes texts, not numbers; "stop" ends it, "child" starts one that lives on; a gate holds it up. */
    private static Behavior<Object> shop() {
        return Behaviors.setup(context -> Behaviors.receive(Object.class)
                .onMessageEquals("stop", Behaviors::stopped)
                .onMessage(Gate.class, gate -> {
                    gate.pass();
                    return Behaviors.same();
                })
                .onMessageEquals("child", () -> {
                    context.spawn(Behaviors.empty(), "till");
                    return Behaviors.same();
                })
                .build());
    }

    // ---- the log

    static class FailingTest {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create();

        @Test
        void fails() {
            log("warn");
            fail("as it should");
        }
    }

    @Test
    void failingTestPrintsItsLog() {
        Outcome outcome = Fixtures.run(FailingTest.class);
        assertThat(outcome.failures())
                .singleElement()
                .satisfies(
                        thrown -> assertThat(thrown).hasMessage("as it should").hasNoSuppressedExceptions());
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
            log("warn");
            log("error");
        }

        @Test
        void isAborted() {
            log("warn");
            Assumptions.abort("not today");
        }
    }

    @Test
    void passingTestPrintsNothingNorDoesAnAbortedOne() {
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
        assertThat(Fixtures.run(NoKit.class).printed()).contains("shop is warm");
    }

    static class NoKit {
        @Test
        void logs() {
            log("warn");
        }
    }

    static class FailingPreparation {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create();

        @BeforeEach
        void prepare() {
            log("warn");
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
            log("warn");
            fail("as it should");
        }

        @Test
        void isNotRun() {}
    }

    @Test
    void failingPreparationOfAClassPrintsItsLogToo() {
        Outcome outcome = Fixtures.run(FailingClass.class);
        assertThat(outcome.failures())
                .singleElement()
                .satisfies(thrown -> assertThat(thrown).hasMessage("as it should"));
        assertThat(outcome.printed()).contains("shop is warm");
    }

    static class TwoSystems {
        @RegisterExtension
        final ReclaimerExtension first = ReclaimerExtension.create();

        @RegisterExtension
        final ReclaimerExtension second = ReclaimerExtension.create().with("reclaimer.nodes = [disk]");

        @Test
        void areNotTheSame() {
            log("warn");
            assertThat(first.reclaimer().settings().nodes()).containsExactly("heap");
            assertThat(second.reclaimer().settings().nodes()).containsExactly("disk");
        }
    }

    @Test
    void testMayHaveTwoSystems() {
        Outcome outcome = Fixtures.run(TwoSystems.class);
        assertThat(outcome.succeeded()).hasSize(1);
        assertThat(outcome.printed()).isEmpty();
        assertThat(Fixtures.run(NoKit.class).printed()).containsOnlyOnce("shop is warm");
    }

    @Test
    void logIsNotCapturedWithoutLogbackWhichIsSaidOnce() {
        LogCapture.Off.forget();
        Outcome outcome = Fixtures.run(OtherBinding.class);
        assertThat(outcome.succeeded()).hasSize(1);
        assertThat(outcome.printed())
                .isEqualToIgnoringNewLines("ReclaimerExtension: logs are not captured, and error logs fail no test, as"
                        + " SLF4J is bound to [org.slf4j.helpers.NOPLoggerFactory]; put logback-classic on the test class"
                        + " path to have that");
    }

    static class OtherBinding {
        @Test
        void beginsTwice() {
            for (int i = 0; i < 2; i++) {
                LogCapture capture = LogCapture.begin(new NOPLoggerFactory());
                capture.clear();
                assertThat(capture.errors()).isEmpty();
                assertThat(capture.lines()).isEmpty();
                capture.end();
            }
        }
    }

    // ---- error logs

    static class ErrorLog {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create();

        @Test
        void unexpected() {
            log("error");
        }

        @Test
        void expected() {
            kit.expectError("too hot");
            log("error");
        }

        @Test
        void otherExpected() {
            kit.expectError("too cold");
            log("error");
        }
    }

    @Test
    void unexpectedErrorLogFailsTheTest() {
        Outcome outcome = Fixtures.run(ErrorLog.class);
        assertThat(outcome.succeeded()).containsExactly("expected()");
        assertThat(outcome.failures())
                .hasSize(2)
                .allSatisfy(
                        thrown -> assertThat(thrown)
                                .isInstanceOf(AssertionError.class)
                                .hasMessage(
                                        "Error log: [io.reclaimer.shop: shop is on fire (java.lang.IllegalStateException: too hot)]."
                                                + " Mend what it says, or say ReclaimerExtension.expectError before it happens"));
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
            log("error");
        }
    }

    @Test
    void whatIsExpectedInATestIsExpectedInThatTestOnly() {
        Outcome outcome = Fixtures.run(OneExpectation.class);
        assertThat(outcome.succeeded()).hasSize(1);
        assertThat(outcome.failures()).hasSize(1);
        assertThat(outcome.printed().split("shop is on fire", -1)).hasSize(2);
    }

    // ---- unhandled messages

    static class Unhandled {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create().mayLive("*");

        @Test
        void unexpected() {
            kit.testKit().spawn(shop(), "shop").tell(new Ping(7));
        }

        @Test
        void expected() {
            kit.expectUnhandled(Ping.class);
            kit.testKit().spawn(shop(), "shop").tell(new Ping(7));
        }

        @Test
        void handledAfterTheTest() {
            ActorRef<Object> shop = kit.testKit().spawn(shop(), "shop");
            shop.tell(openSoon());
            shop.tell(new Ping(7));
        }

        @Test
        void sentOnAfterTheTest() {
            ActorRef<Object> shop = kit.testKit().spawn(shop(), "shop");
            ActorRef<Object> street = kit.testKit()
                    .spawn(Behaviors.receive(Object.class)
                            .onMessage(Gate.class, gate -> {
                                gate.pass();
                                return Behaviors.same();
                            })
                            .onMessage(Ping.class, ping -> {
                                shop.tell(ping);
                                return Behaviors.same();
                            })
                            .build());
            street.tell(openSoon());
            street.tell(new Ping(7));
        }

        /** A gate that the test does not wait for. */
        private Gate openSoon() {
            Gate soon = new Gate();
            kit.system()
                    .scheduler()
                    .scheduleOnce(SHORT, soon::open, kit.system().executionContext());
            return soon;
        }
    }

    @Test
    void unhandledMessageFailsTheTestAndSaysWhoWhatAndWhatToDo() {
        Outcome outcome = Fixtures.run(Unhandled.class);
        assertThat(outcome.succeeded()).containsExactly("expected()");
        assertThat(outcome.failures())
                .hasSize(3)
                .allSatisfy(thrown -> assertThat(thrown)
                        .hasMessage("Unhandled message: actor [/user/shop] was sent [Ping[number=7]] and has no"
                                + " handler for it then. Handle it, or say ReclaimerExtension.expectUnhandled"));
    }

    // ---- leaked actors

    static class Leaks {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create().patience(SHORT);

        @Test
        void leaks() {
            kit.testKit().spawn(shop(), "shop").tell("child");
        }

        @Test
        void mayLeak() {
            kit.mayLive("sh*p");
            kit.testKit().spawn(shop(), "shop").tell("child");
        }
    }

    @Test
    void actorThatLivesOnFailsTheTestUnlessItMay() {
        Outcome outcome = Fixtures.run(Leaks.class);
        assertThat(outcome.succeeded()).containsExactly("mayLeak()");
        assertThat(outcome.failures())
                .singleElement()
                .satisfies(thrown -> assertThat(thrown)
                        .hasMessage(
                                "Leaked actor: [/user/shop] was started in the test and lives on. Stop it (ActorTestKit.stop,"
                                        + " or as the application does), or allow it with ReclaimerExtension.mayLive"));
    }

    static class Stops {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create();

        @Test
        void stopsLate() {
            ActorRef<Object> shop = kit.testKit().spawn(shop(), "shop");
            kit.testKit().createTestProbe();
            kit.system()
                    .scheduler()
                    .scheduleOnce(SHORT, () -> shop.tell("stop"), kit.system().executionContext());
        }
    }

    @Test
    void actorThatEndsAWhileAfterTheTestIsNoLeakNorIsAProbe() {
        Outcome outcome = Fixtures.run(Stops.class);
        assertThat(outcome.failures()).isEmpty();
        assertThat(outcome.succeeded()).hasSize(1);
    }

    static class SharedActor {
        @RegisterExtension
        static final ReclaimerExtension KIT = ReclaimerExtension.create().perClass();

        @BeforeAll
        static void start() {
            KIT.testKit().spawn(shop(), "shop");
        }

        @Test
        void uses() {}

        @Test
        void usesAgain() {}
    }

    @Test
    void actorFromBeforeTheTestIsNoLeak() {
        assertThat(Fixtures.run(SharedActor.class).succeeded()).hasSize(2);
    }

    // ---- held shrinkers, rounds under way

    /** Ends the coordinated shutdown, and gives up the end of the system, though a shrinker is stuck. */
    private static final String ENDS_SOON = """
            akka.coordinated-shutdown.phases.before-actor-system-terminate.timeout = 50 ms
            akka.actor.testkit.typed.system-shutdown-default = 100 ms
            """;

    private static CompletableFuture<Long> answer = new CompletableFuture<>();

    static class LeavesARound {
        @RegisterExtension
        final ReclaimerExtension kit =
                ReclaimerExtension.create().patience(SHORT).with(ENDS_SOON);

        @Test
        void doesNotWait() {
            Gate asked = new Gate();
            asked.open();
            AsyncShrinker pages = new AsyncShrinker() {
                @Override
                public CompletionStage<Long> count(ShrinkControl control) {
                    asked.pass();
                    return answer;
                }

                @Override
                public CompletionStage<Long> scan(ShrinkControl control) {
                    return CompletableFuture.completedStage(Shrinker.STOP);
                }
            };
            CompletionStage<?> round = round(
                    kit.reclaimer(),
                    reclaimer ->
                            reclaimer.register(ShrinkerSpec.named("pages").callDeadline(Duration.ofHours(1)), pages));
            asked.awaitEntered();
            assertThat(round.toCompletableFuture()).isNotDone();
        }
    }

    @Test
    void roundUnderWayAndHeldShrinkerFailTheTest() {
        answer = new CompletableFuture<>();
        Outcome outcome = Fixtures.run(LeavesARound.class);
        answer.complete(0L);
        assertThat(outcome.failures())
                .singleElement()
                .satisfies(thrown -> assertThat(thrown)
                        .hasMessageContaining(
                                "Round under way: [1] had not answered [PT0.05S] after the test ended. Wait for the"
                                        + " stage of each reclaim, or cancel it")
                        .hasMessageContaining(
                                "Held shrinker: [pages] was in use by [1] visits [PT0.05S] after the test ended. Let"
                                        + " its count and scan return, or wait for its free"));
    }

    private static Gate gate = new Gate();

    static class LeavesAThread {
        @RegisterExtension
        final ReclaimerExtension kit =
                ReclaimerExtension.create().patience(SHORT).with(ENDS_SOON);

        @Test
        void doesNotComeBack() {
            CompletionStage<?> round = round(
                    kit.reclaimer(),
                    reclaimer -> reclaimer.register(ShrinkerSpec.named("pages"), Scripted.stuck(1000, gate)));
            gate.awaitEntered();
            assertThat(round.toCompletableFuture()).isNotDone();
        }
    }

    @Test
    void shrinkerThatHoldsUpTheEndFailsTheTestAndNotTheNextOne() {
        gate = new Gate();
        Outcome outcome = Fixtures.run(LeavesAThread.class);
        gate.open();
        assertThat(outcome.failures())
                .singleElement()
                .satisfies(thrown -> assertThat(thrown)
                        .hasMessageContaining("Round under way: [1]")
                        .hasMessageContaining(
                                "Actor system: it could not be stopped: [Failed to stop [LeavesAThread]"));
        assertThat(Fixtures.run(OneATest.class).succeeded()).hasSize(2);
    }

    private static CompletionStage<?> round(
            Reclaimer reclaimer, Function<Reclaimer, CompletionStage<ShrinkerHandle>> register) {
        return register.apply(reclaimer)
                .thenCompose(registered ->
                        reclaimer.reclaim(ReclaimRequest.everywhere().startingAt(0)));
    }

    // ---- a test that fails anyway

    static class FailsAndLeaks {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create().patience(SHORT);

        @Test
        void fails() {
            kit.testKit().spawn(shop(), "shop").tell(new Ping(7));
            fail("as it should");
        }
    }

    @Test
    void failingTestIsToldWhatHappenedButNotWhatItLeft() {
        Outcome outcome = Fixtures.run(FailsAndLeaks.class);
        assertThat(outcome.failures()).singleElement().satisfies(thrown -> {
            assertThat(thrown).hasMessage("as it should");
            assertThat(thrown.getSuppressed())
                    .singleElement()
                    .satisfies(suppressed -> assertThat(suppressed)
                            .hasMessageStartingWith("Unhandled message: ")
                            .message()
                            .doesNotContain("Leaked"));
        });
    }

    // ---- systems

    static class OneATest {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create().with("reclaimer.nodes = [heap, disk]");

        @Test
        void first() {
            note();
        }

        @Test
        void second() {
            note();
        }

        private void note() {
            SYSTEMS.add(kit.system());
            assertThat(kit.system().name()).isEqualTo("OneATest");
            assertThat(kit.reclaimer().settings().nodes()).containsExactly("heap", "disk");
        }
    }

    @Test
    void eachTestHasASystemOfItsOwnThatEndsWithIt() {
        assertThat(Fixtures.run(OneATest.class).succeeded()).hasSize(2);
        assertThat(SYSTEMS).hasSize(2).allSatisfy(ReclaimerExtensionTest::assertEnded);
        assertThat(SYSTEMS.get(0)).isNotSameAs(SYSTEMS.get(1));
    }

    static class OneAClass {
        @RegisterExtension
        static final ReclaimerExtension KIT = ReclaimerExtension.create().perClass();

        @Test
        void first() {
            SYSTEMS.add(KIT.system());
        }

        @Test
        void second() {
            SYSTEMS.add(KIT.system());
        }

        @Nested
        class Inner {
            @Test
            void third(ActorSystem<?> system) {
                SYSTEMS.add(system);
            }
        }
    }

    @Test
    void testsOfAClassAndThoseNestedInItShareASystemThatEndsWithThem() {
        assertThat(Fixtures.run(OneAClass.class).succeeded()).hasSize(3);
        assertThat(SYSTEMS)
                .hasSize(3)
                .allSatisfy(system -> assertThat(system).isSameAs(SYSTEMS.get(0)))
                .allSatisfy(ReclaimerExtensionTest::assertEnded);
    }

    private static void assertEnded(ActorSystem<?> system) {
        assertThat(system.whenTerminated().isCompleted()).isTrue();
    }

    static class EndsItself {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create();

        @Test
        void ends() {
            kit.testKit().spawn(shop(), "shop");
            kit.testKit().shutdownTestKit();
        }
    }

    @Test
    void testMayEndItsSystemItself() {
        assertThat(Fixtures.run(EndsItself.class).succeeded()).hasSize(1);
    }

    static class NotStatic {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create().perClass();

        @Test
        void isNotRun() {
            SYSTEMS.add(kit.system());
        }
    }

    @Test
    void oneAClassInAnInstanceFieldIsRefusedWithWhatToDo() {
        assertThat(Fixtures.run(NotStatic.class).failures())
                .singleElement()
                .satisfies(thrown -> assertThat(thrown)
                        .hasMessageContaining("by a ReclaimerExtension in a static field with @RegisterExtension"));
        assertThat(SYSTEMS).isEmpty();
    }

    @ExtendWith(ReclaimerExtension.class)
    static class Parameters {
        @Test
        void areResolved(ActorTestKit kit, ActorSystem<?> system, Reclaimer reclaimer, ReclaimerExtension extension) {
            assertThat(system).isSameAs(kit.system()).isSameAs(extension.system());
            assertThat(reclaimer).isSameAs(Reclaimer.get(system)).isSameAs(extension.reclaimer());
            assertThat(kit).isSameAs(extension.testKit());
            SYSTEMS.add(system);
        }
    }

    @Test
    void parametersAreResolved() {
        assertThat(Fixtures.run(Parameters.class).succeeded()).hasSize(1);
        assertThat(SYSTEMS).singleElement().satisfies(ReclaimerExtensionTest::assertEnded);
    }

    @ExtendWith(ReclaimerExtension.class)
    static class TooEarly {
        TooEarly(ActorSystem<?> system) {
            SYSTEMS.add(system);
        }

        @Test
        void isNotRun() {}
    }

    @Test
    void systemOfATestIsNotThereInAConstructorWhichIsSaid() {
        assertThat(Fixtures.run(TooEarly.class).failures())
                .singleElement()
                .satisfies(thrown -> assertThat(thrown)
                        .hasMessageContaining(
                                "There is no actor system now: there is one for each test, from before its"
                                        + " @BeforeEach methods until after its @AfterEach methods."));
    }

    static class Manual {
        @RegisterExtension
        final ReclaimerExtension kit =
                ReclaimerExtension.create().with(ManualTime.config().root().render());

        @Test
        void runsByHand() {
            SYSTEMS.add(kit.system());
            ManualTime.get(kit.system()).timePasses(Duration.ofHours(1));
        }
    }

    @Test
    void systemWithManualTimeEndsAsWell() {
        assertThat(Fixtures.run(Manual.class).succeeded()).hasSize(1);
        assertThat(SYSTEMS).singleElement().satisfies(ReclaimerExtensionTest::assertEnded);
    }

    static class Invalid {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create().with("reclaimer.max-rounds = 0");

        @Test
        void isNotRun() {
            log("warn");
        }
    }

    @Test
    void invalidSettingsFailTheTestOnceAndLeaveNothingBehind() {
        assertThat(Fixtures.run(Invalid.class).failures())
                .singleElement()
                .satisfies(thrown -> assertThat(thrown)
                        .hasMessageContaining("reclaimer.max-rounds is [0]")
                        .hasNoSuppressedExceptions());
        assertThat(Fixtures.run(NoKit.class).printed()).contains("shop is warm");
    }

    @Test
    void patienceHasToBeAboveZero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReclaimerExtension.create().patience(Duration.ZERO))
                .withMessageContaining("[PT0S]");
    }
}
