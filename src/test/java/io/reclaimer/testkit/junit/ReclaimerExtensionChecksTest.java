package io.reclaimer.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.AsyncScripted;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.junit.Fixtures.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The checks after a test. Each case is a test class that a user could write, and its outcome. */
class ReclaimerExtensionChecksTest {

    /** Leftovers of these tests never end, so a short patience is enough to find them. */
    private static final Duration SHORT = Duration.ofMillis(50);

    private record Ping(int number) {}

    /** An actor that handles texts and gates only: "stop" ends it, "child" starts a child, and a gate blocks it. */
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

    static class Unhandled {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create().expectActor("*");

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

        /** A gate that opens after the test has ended. */
        private Gate openSoon() {
            Gate soon = new Gate();
            kit.system()
                    .scheduler()
                    .scheduleOnce(SHORT, soon::open, kit.system().executionContext());
            return soon;
        }
    }

    @Test
    void unhandledMessageFailsTheTestWithActorMessageAndWhatToDo() {
        Outcome outcome = Fixtures.run(Unhandled.class);
        assertThat(outcome.succeeded()).containsExactly("expected()");
        assertThat(outcome.failures())
                .hasSize(3)
                .allSatisfy(thrown -> assertThat(thrown)
                        .hasMessage("Unhandled message: actor [/user/shop] was sent [Ping[number=7]] and had no"
                                + " handler for it. Handle it, or declare it with expectUnhandled"));
    }

    static class Leaks {
        @RegisterExtension
        final ReclaimerExtension kit = ReclaimerExtension.create().patience(SHORT);

        @Test
        void leaks() {
            kit.testKit().spawn(shop(), "shop").tell("child");
        }

        @Test
        void expectsTheLeak() {
            kit.expectActor("sh*p");
            kit.testKit().spawn(shop(), "shop").tell("child");
        }
    }

    @Test
    void actorThatLivesOnFailsTheTestUnlessItIsExpected() {
        Outcome outcome = Fixtures.run(Leaks.class);
        assertThat(outcome.succeeded()).containsExactly("expectsTheLeak()");
        assertThat(outcome.onlyFailure())
                .hasMessage(
                        "Leaked actor: [/user/shop] was started in the test and lives on. Stop it (ActorTestKit.stop,"
                                + " or as the application does), or declare it with expectActor");
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
    void actorThatEndsSoonAfterTheTestIsNoLeakNorIsAProbe() {
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

    /** Short timeouts of the shutdown, which a stuck shrinker blocks. */
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
            AsyncScripted pages = new AsyncScripted(
                    control -> {
                        asked.pass();
                        return answer;
                    },
                    control -> CompletableFuture.completedStage(Shrinker.STOP));
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
        assertThat(outcome.onlyFailure())
                .hasMessageContaining("Round under way: [1] had not ended [PT0.05S] after the test. Wait for the"
                        + " stage of each reclaim, or cancel it")
                .hasMessageContaining("Held shrinker: [pages] was in use by [1] visits [PT0.05S] after the test. Let"
                        + " its count and scan return, or wait for its free");
    }

    private static Gate gate = new Gate();

    static class LeavesAThread {
        @RegisterExtension
        final ReclaimerExtension kit =
                ReclaimerExtension.create().patience(SHORT).with(ENDS_SOON);

        @Test
        void doesNotReturn() {
            CompletionStage<?> round = round(
                    kit.reclaimer(),
                    reclaimer -> reclaimer.register(ShrinkerSpec.named("pages"), Scripted.stuck(1000, gate)));
            gate.awaitEntered();
            assertThat(round.toCompletableFuture()).isNotDone();
        }
    }

    @Test
    void shrinkerThatBlocksTheEndFailsTheTestAndNotTheNextOne() {
        gate = new Gate();
        Outcome outcome = Fixtures.run(LeavesAThread.class);
        gate.open();
        assertThat(outcome.onlyFailure())
                .hasMessageContaining("Round under way: [1]")
                .hasMessageContaining("Actor system: it could not be stopped: [Failed to stop [LeavesAThread]");
        assertThat(Fixtures.run(ReclaimerExtensionTest.OneATest.class).succeeded())
                .hasSize(2);
    }

    private static CompletionStage<?> round(
            Reclaimer reclaimer, Function<Reclaimer, CompletionStage<ShrinkerHandle>> register) {
        return register.apply(reclaimer)
                .thenCompose(registered ->
                        reclaimer.reclaim(ReclaimRequest.everywhere().startingAt(0)));
    }

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
    void failedTestReportsItsErrorsButNotItsLeftovers() {
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
}
