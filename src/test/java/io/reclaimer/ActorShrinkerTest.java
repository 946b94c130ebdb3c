package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.reclaimer.ShrinkerMessage.CountObjects;
import io.reclaimer.ShrinkerMessage.ScanObjects;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerKind;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An actor as a shrinker: it is sent the calls as messages, and its data stays its own. */
class ActorShrinkerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create()
            .expectActor("$*")
            .with("reclaimer { call-deadline = 1h, quarantine { after-faults = 100, duration = 1h } }");

    private static final List<String> FOUR_CGROUPS = List.of("/c0", "/c1", "/c2", "/c3");

    private final ShrinkerSpec spec =
            ShrinkerSpec.named("sessions").byCgroup().byNode().batch(10);
    private Optional<TestProbe<ShrinkerMessage>> actor = Optional.empty();

    @Test
    void isAskedByMessagesAndAnswers() {
        Bits.setIn(KIT, "/a", register(spec));
        CompletionStage<ReclaimReport> round =
                KIT.reclaimer().reclaim(ReclaimRequest.in("/a").startingAt(3).background());
        CountObjects count = expectCount();
        assertThat(count.cgroup()).isEqualTo(CgroupPath.of("/a"));
        assertThat(count.node()).isZero();
        assertThat(count.flags()).containsExactly(ReclaimFlag.BACKGROUND);
        count.reply(40);
        ScanObjects scan = expectScan();
        assertThat(scan.nrToScan()).isEqualTo(10);
        scan.reply(7, 10, 700);
        ReclaimReport report = KIT.await(round);
        assertThat(report.freedObjects()).isEqualTo(7);
        assertThat(report.freedBytes()).isEqualTo(700);
        assertThat(report.scannedObjects()).isEqualTo(10);
        assertThat(KIT.state().shrinkers().get(0).kind()).isEqualTo(ShrinkerKind.ACTOR);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isFreedByItselfWhenTheActorStopsOrHasStoppedBefore(boolean before) {
        ActorRef<ShrinkerMessage> actor = KIT.testKit().spawn(Kind.actor(Scripted.endless(10)));
        if (before) {
            KIT.testKit().stop(actor);
        }
        CompletionStage<ShrinkerHandle> registered = KIT.reclaimer().register(spec, actor);
        Threads.until(() -> registered.toCompletableFuture().isDone());
        if (before) {
            awaitGone();
            return;
        }
        KIT.testKit().stop(actor);
        awaitGone();
        KIT.await(KIT.await(registered).free());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void actorThatDiesInTheMiddleOfACallEndsTheVisitWithAFaultAndIsFreed(boolean inScan) {
        ShrinkerHandle handle = Bits.setIn(KIT, "/a", register(spec));
        CompletionStage<ReclaimReport> round =
                KIT.reclaimer().reclaim(ReclaimRequest.in("/a").startingAt(0));
        CountObjects count = expectCount();
        if (inScan) {
            count.reply(10);
            expectScan();
        }
        actor().stop();
        assertThat(KIT.await(round).freedObjects()).isZero();
        awaitGone();
        assertThat(handle.isFreed()).isTrue();
    }

    @Test
    void restartKeepsTheShrinker() {
        AtomicInteger starts = new AtomicInteger();
        Behavior<ShrinkerMessage> behavior = Behaviors.supervise(Behaviors.<ShrinkerMessage>setup(context -> {
                    int start = starts.incrementAndGet();
                    return Kind.actor(new Scripted(
                            control -> {
                                if (start == 1) {
                                    throw new IllegalStateException("broken, so restarted");
                                }
                                return 10;
                            },
                            control -> 10));
                }))
                .onFailure(SupervisorStrategy.restart());
        KIT.expectError("");
        ShrinkerSpec quick = spec.callDeadline(Duration.ofMillis(200));
        ShrinkerHandle handle =
                Bits.setIn(KIT, "/a", KIT.register(quick, KIT.testKit().spawn(behavior)));
        assertThat(KIT.pass("/a", 0, 0).freedObjects()).isZero();
        assertThat(handle.state().faults()).as("it may be late").isZero();
        assertThat(KIT.pass("/a", 0, 0).freedObjects()).isEqualTo(20);
        assertThat(starts).hasValue(2);
        // The call during which it crashed is lost, as the answer to the next call shows.
        assertThat(handle.state().faults()).isOne();
        assertThat(handle.state().lastFault().orElseThrow())
                .contains("answered call [2] and has not answered calls [1]");
    }

    @Test
    void secondAnswerIsAFaultAndChangesNothing() {
        Bits.setIn(KIT, "/a", register(spec));
        CompletionStage<ReclaimReport> round =
                KIT.reclaimer().reclaim(ReclaimRequest.in("/a").startingAt(3));
        CountObjects count = expectCount();
        count.reply(40);
        count.reply(1_000_000);
        ScanObjects scan = expectScan();
        scan.reply(10);
        scan.reply(10);
        assertThat(KIT.await(round).freedObjects()).isEqualTo(10);
        Threads.until(() -> KIT.state().shrinkers().get(0).faults() == 2);
        assertThat(KIT.state().shrinkers().get(0).lastFault().orElseThrow()).contains("a second time");
    }

    @Test
    void answerAfterTheDeadlineIsIgnoredAndCounted() {
        ShrinkerHandle handle = Bits.setIn(KIT, "/a", register(spec.callDeadline(Duration.ofMillis(100))));
        assertThat(KIT.pass("/a", 0, 0).freedObjects()).isZero();
        expectCount().reply(40);
        Threads.until(() -> KIT.state().shrinkers().get(0).lateReplies() == 1);
        ReclaimerState.ShrinkerState state = KIT.state().shrinkers().get(0);
        assertThat(state.faults()).isZero();
        assertThat(state.holds()).isZero();
        assertThat(KIT.state("/a", 0).bits()).containsExactly(handle.id());
        actor().expectNoMessage(Duration.ofMillis(1));
    }

    @Test
    void offlineIsAMessageToo() {
        ShrinkerHandle handle = Bits.setIn(KIT, "/a/b", register(spec));
        CompletionStage<?> offline = KIT.reclaimer().offline("/a/b");
        ShrinkerMessage.ReparentObjects move =
                actor().expectMessageClass(ShrinkerMessage.ReparentObjects.class, PATIENCE);
        assertThat(move.offline()).isEqualTo(CgroupPath.of("/a/b"));
        assertThat(move.parent()).isEqualTo(CgroupPath.of("/a"));
        move.reply(3);
        KIT.await(offline);
        assertThat(KIT.state("/a", 0).bits()).containsExactly(handle.id());
    }

    @Test
    void actorIsSentOneCallAtATimeAndWhoWaitsForItIsNotLate() {
        ShrinkerHandle handle = Bits.setIn(KIT, FOUR_CGROUPS, register(spec.callDeadline(Duration.ofMillis(400))));
        CompletionStage<ReclaimReport> round =
                KIT.reclaimer().reclaim(ReclaimRequest.in("/").onNodes(0).within(Duration.ofMinutes(5)));
        // The root's, and those of four cgroups. The first is not answered in time; the others wait for even longer.
        CountObjects first = expectCount();
        for (int i = 0; i < 4; i++) {
            CountObjects next = expectCount();
            actor().expectNoMessage(Duration.ofMillis(150));
            next.reply(0);
        }
        KIT.await(round);
        assertThat(handle.state().faults()).isOne();
        first.reply(0);
        Threads.until(() -> handle.state().lateReplies() == 1);
        assertThat(handle.state().faults()).isOne();
    }

    @Test
    void cancellationReachesTheCallsThatWaitForTheActor() {
        ShrinkerHandle handle = Bits.setIn(KIT, FOUR_CGROUPS, register(spec));
        Cancellation cancellation = new Cancellation();
        CompletionStage<ReclaimReport> round =
                KIT.reclaimer().reclaim(ReclaimRequest.in("/").cancelledBy(cancellation));
        CountObjects first = expectCount();
        KIT.settle();
        cancellation.cancel();
        assertThat(KIT.await(round).outcome()).isEqualTo(RoundOutcome.CANCELLED);
        first.reply(10);
        KIT.await(handle.free());
        actor().expectNoMessage(Duration.ofMillis(1));
        assertThat(handle.state().faults()).isZero();
    }

    @Test
    void callThatWasNotMadeDoesNotEndARowOfFaults() {
        try (ReclaimerTestSystem own =
                ReclaimerTestSystem.start("reclaimer { call-deadline = 1h, quarantine.after-faults = 3 }")) {
            TestProbe<ShrinkerMessage> actor = own.testKit().createTestProbe();
            ShrinkerHandle handle = Bits.setIn(own, List.of("/a", "/b"), own.register(spec, actor.getRef()));
            Cancellation cancellation = new Cancellation();
            CompletionStage<ReclaimReport> onA = own.reclaimer().reclaim(ReclaimRequest.in("/a"));
            CountObjects count = actor.expectMessageClass(CountObjects.class, PATIENCE);
            CompletionStage<ReclaimReport> onB =
                    own.reclaimer().reclaim(ReclaimRequest.in("/b").cancelledBy(cancellation));
            own.settle();
            cancellation.cancel();
            own.await(onB);
            // Two more faults, after a call in between that waited and was not made.
            count.reply(-1);
            own.await(onA);
            Threads.until(() -> handle.state().holds() == 0);
            for (int fault = 2; fault <= 3; fault++) {
                assertThat(handle.state().isQuarantined()).isFalse();
                CompletionStage<ReclaimReport> next = own.reclaimer().reclaim(ReclaimRequest.in("/a"));
                actor.expectMessageClass(CountObjects.class, PATIENCE).reply(-1);
                own.await(next);
            }
            assertThat(handle.state().isQuarantined()).isTrue();
        }
    }

    @Test
    void reentrantActorIsSentCallsAsTheyCome() {
        Bits.setIn(KIT, FOUR_CGROUPS, register(spec.reentrant()));
        CompletionStage<ReclaimReport> round = KIT.reclaimer().reclaim(ReclaimRequest.in("/"));
        List<CountObjects> counts = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            counts.add(expectCount());
        }
        counts.forEach(count -> count.reply(0));
        KIT.await(round);
    }

    @Test
    void actorsRegisterByMessage() {
        TestProbe<StatusReply<ShrinkerHandle>> replies = KIT.testKit().createTestProbe();
        ActorRef<ShrinkerMessage> actor = KIT.testKit().spawn(Kind.actor(Scripted.endless(10)));
        KIT.reclaimer().ref().tell(new ReclaimerProtocol.AllocateActor(spec, actor, replies.getRef()));
        ShrinkerHandle handle = replies.receiveMessage(PATIENCE).getValue();
        assertThat(KIT.state().shrinkers().get(0).phase()).isEqualTo(ReclaimerState.Phase.ALLOCATED);
        KIT.await(handle.free());
    }

    @Test
    void emptyAndStopMeanWhatTheyMeanElsewhere() {
        ActorRef<ShrinkerMessage> empty =
                KIT.testKit().spawn(Kind.actor(new Scripted(control -> Shrinker.EMPTY, control -> 1)));
        Bits.setIn(KIT, "/a", KIT.register(spec, empty));
        KIT.pass("/a", 0, 0);
        assertThat(KIT.state("/a", 0).bits()).isEmpty();
        assertThat(KIT.state().shrinkers().get(0).faults()).isZero();
    }

    private TestProbe<ShrinkerMessage> actor() {
        return actor.orElseThrow();
    }

    /** Registers a probe, whose messages the test answers. */
    private ShrinkerHandle register(ShrinkerSpec with) {
        actor = Optional.of(KIT.testKit().createTestProbe());
        return KIT.register(with, actor().getRef());
    }

    private CountObjects expectCount() {
        return actor().expectMessageClass(CountObjects.class, PATIENCE);
    }

    private ScanObjects expectScan() {
        return actor().expectMessageClass(ScanObjects.class, PATIENCE);
    }

    private void awaitGone() {
        Threads.until(() -> KIT.state().shrinkers().isEmpty());
    }
}
