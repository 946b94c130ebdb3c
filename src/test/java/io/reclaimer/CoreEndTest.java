package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.PoisonPill;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.reclaimer.engine.call.Reply;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.HeldVisit;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * When an actor ends that the reclaimer can't work without, nothing waits for ever: every request fails with the
 * reason, and the log reports it once.
 */
class CoreEndTest {

    @RegisterExtension
    final ReclaimerExtension kit =
            ReclaimerExtension.create().with("akka.jvm-exit-on-fatal-error = off, reclaimer.round-deadline = 10m");

    private final ShrinkerSpec spec = ShrinkerSpec.named("s").byCgroup();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reclaimer-registry",
                "reclaimer-rounds",
                "reclaimer-rounds/call-watchdog",
                "reclaimer-rounds/time-slices",
                "reclaimer-registry/fault-log"
            })
    void allThatWaitsAndAllThatIsAskedAfterwardsFails(String actor) {
        kit.expectError("");
        HeldVisit visit = HeldVisit.begin(kit, spec, "/a");
        CompletionStage<Done> free = visit.shrinker().free();
        CompletionStage<Done> offline = kit.reclaimer().offline("/a");

        end(actor);

        String core = actor.replaceAll("/.*", "");
        for (CompletionStage<?> waiting : List.of(visit.round(), free, offline)) {
            assertFailed(core, kit.refusal(waiting));
        }
        Reclaimer reclaimer = kit.reclaimer();
        for (CompletionStage<?> asked : List.of(
                reclaimer.reclaim(ReclaimRequest.everywhere()),
                reclaimer.count(ReclaimRequest.everywhere()),
                reclaimer.allocate(spec, Scripted.endless(1)),
                reclaimer.register(spec, Scripted.endless(1)),
                reclaimer.online("/b"),
                reclaimer.offline("/b"),
                reclaimer.state(),
                visit.shrinker().free())) {
            assertFailed(core, kit.refusal(asked));
        }
        visit.gate().open();
        awaitLogOfTheEnd(core);
        assertThat(kit.errorLogs())
                .filteredOn(error -> error.contains("Nothing is reclaimed any more"))
                .hasSize(1);
        kit.testKit().shutdownTestKit();
    }

    /** A bug ends the tree in the middle of a message, while a held visit keeps a child actor from stopping. */
    @Test
    void treeThatFailsWhileAVisitIsHeldFailsEverythingAtOnce() {
        kit.expectError("");
        HeldVisit visit = HeldVisit.begin(kit, spec, "/a");

        kit.reclaimer().requests().online(CoreEndTest.<CgroupPath>nothing(), Reply.none());

        assertFailed("reclaimer-tree", kit.refusal(visit.round()));
        assertFailed("reclaimer-tree", kit.refusal(kit.reclaimer().state()));
        assertFailed("reclaimer-tree", kit.refusal(kit.reclaimer().online("/b")));
        visit.gate().open();
        awaitLogOfTheEnd("reclaimer-tree");
        kit.testKit().shutdownTestKit();
    }

    /** Passes a null behind the public methods, which would refuse it. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        return null;
    }

    private void end(String actor) {
        Adapter.toClassic(kit.system())
                .actorSelection("/system/" + actor)
                .tell(PoisonPill.getInstance(), akka.actor.ActorRef.noSender());
    }

    private void awaitLogOfTheEnd(String actor) {
        Threads.until(() -> kit.errorLogs().stream().anyMatch(error -> error.contains("[" + actor + "] has ended")));
    }

    private static void assertFailed(String actor, ReclaimerException failure) {
        assertThat(failure.reason()).isEqualTo(Reason.FAILED);
        assertThat(failure).hasMessageContainingAll("[" + actor + "]", "has ended", "log");
    }

    /** Requests by message fail in the same way. */
    @Test
    void messagesAreAnsweredWithTheFailureToo() {
        kit.expectError("");
        ActorRef<ReclaimerProtocol.Command> protocol = kit.reclaimer().ref();
        end("reclaimer-tree");
        Threads.until(() -> kit.reclaimer().state().toCompletableFuture().isCompletedExceptionally());
        var probe = kit.testKit().<StatusReply<ReclaimerState>>createTestProbe();
        protocol.tell(new ReclaimerProtocol.GetState(probe.ref()));
        StatusReply<ReclaimerState> reply = probe.receiveMessage(Duration.ofMinutes(1));
        assertThat(reply.isError()).isTrue();
        assertThat(reply.getError()).isInstanceOf(ReclaimerException.class).hasMessageContaining("[reclaimer-tree]");
        kit.testKit().shutdownTestKit();
    }

    /**
     * A rule of Akka and not of the reclaimer: a fatal error of an actor ends the JVM, or the actor system if that is
     * switched off.
     */
    @Test
    void fatalErrorOfAnActorOnTheVisitDispatcherEndsTheSystemAndWhatWaitsFails() {
        kit.expectError("");
        HeldVisit visit = HeldVisit.begin(kit, spec, "/a");
        CompletionStage<Done> free = visit.shrinker().free();
        Behavior<String> fatal = Behaviors.receiveMessage(message -> {
            throw new OutOfMemoryError("of an actor");
        });
        kit.testKit()
                .spawn(fatal, "fatal", DispatcherSelector.fromConfig("reclaimer.visit-dispatcher"))
                .tell("now");
        // It ends in order: what a round did until then is its answer, and what can't end fails.
        assertThat(kit.await(visit.round()).outcome()).isEqualTo(RoundOutcome.SHUTDOWN);
        assertThat(kit.refusal(free).reason()).isEqualTo(Reason.SHUTTING_DOWN);
        assertThat(kit.refusal(kit.reclaimer().state()).reason()).isEqualTo(Reason.SHUTTING_DOWN);
        // No actor of Akka ends in the middle of a message.
        visit.gate().open();
        kit.await(kit.system().getWhenTerminated());
    }
}
