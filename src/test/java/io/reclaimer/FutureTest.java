package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import akka.Done;
import akka.pattern.StatusReply;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Held;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The futures of the public API: how they end, and the effects of ending them. */
class FutureTest {

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create()
            .with("reclaimer { call-deadline = 200ms, offline-timeout = 100ms, round-deadline = 10m, max-rounds = 8 }");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup();
    private final Gate gate = new Gate();

    /** The ways in which an application ends a future. */
    private enum End {
        CANCELLED(future -> future.cancel(false)),
        COMPLETED(future -> future.complete(null)),
        FAILED(future -> future.completeExceptionally(new IllegalStateException("enough"))),
        OUT_OF_TIME(future -> future.orTimeout(1, TimeUnit.MILLISECONDS));

        private final Consumer<CompletableFuture<?>> how;

        End(Consumer<CompletableFuture<?>> how) {
            this.how = how;
        }
    }

    @ParameterizedTest
    @EnumSource
    void endingTheFutureOfARoundCancelsTheRound(End end) {
        Gate first = new Gate();
        Scripted pages = new Scripted(control -> 1_000, control -> {
            first.pass();
            return 1;
        });
        KIT.register(spec.blocking().callDeadline(Duration.ofMinutes(1)), pages).setBit(KIT.online("/a"), 0);
        CompletableFuture<ReclaimReport> round =
                KIT.reclaimer().reclaim(ReclaimRequest.in("/a").startingAt(0)).toCompletableFuture();
        first.awaitEntered();
        end.how.accept(round);
        Threads.until(() -> KIT.state().runningRounds() == 0);
        first.open();
        Threads.until(() -> KIT.state().shrinkers().get(0).holds() == 0);
        assertThat(pages.calls).containsExactly("count /a 0", "scan /a 0 128");
    }

    @ParameterizedTest
    @EnumSource
    void endingTheFutureOfACountCancelsItToo(End end) {
        Scripted pages = Scripted.stuckInCount(10, gate);
        ShrinkerSpec one = spec.blocking().callDeadline(Duration.ofMinutes(1));
        Bits.setIn(KIT, "/a", KIT.register(one, pages));
        CompletableFuture<CountReport> first = KIT.reclaimer()
                .count(ReclaimRequest.in("/a").withoutDescendants())
                .toCompletableFuture();
        gate.awaitEntered();
        // Its call waits until the other call has ended.
        CompletableFuture<CountReport> second = KIT.reclaimer()
                .count(ReclaimRequest.in("/a").withoutDescendants())
                .toCompletableFuture();
        end.how.accept(second);
        end.how.accept(first);
        Threads.until(() -> KIT.state().runningRounds() == 0);
        gate.open();
        Threads.until(() -> KIT.state().shrinkers().get(0).holds() == 0);
        assertThat(pages.calls).containsExactly("count /a 0");
    }

    /** The cancellation of the caller still works, and keeps no rounds whose future was ended. */
    @Test
    void endedFuturesLeaveNothingBehindInTheCallersCancellation() {
        KIT.register(spec, Scripted.endless(1)).setBit(KIT.online("/a"), 0);
        Cancellation own = new Cancellation();
        for (int i = 0; i < 100; i++) {
            KIT.reclaimer()
                    .reclaim(ReclaimRequest.in("/a").cancelledBy(own))
                    .toCompletableFuture()
                    .cancel(false);
            Threads.until(() -> KIT.state().runningRounds() == 0);
        }
        assertThat(own).extracting("listeners").asInstanceOf(LIST).isEmpty();
    }

    @Test
    void futureFailsWithTheExceptionItselfHoweverOneLooksAtIt() throws Exception {
        CompletableFuture<Done> refused = KIT.reclaimer().offline("/absent").toCompletableFuture();
        AtomicReference<Throwable> seen = new AtomicReference<>();
        refused.whenComplete((done, thrown) -> seen.set(thrown))
                .handle((done, thrown) -> done)
                .get(1, TimeUnit.MINUTES);
        assertThat(seen.get()).isInstanceOf(ReclaimerException.class);
        Throwable got = catchThrowable(() -> refused.get(1, TimeUnit.MINUTES));
        assertThat(got).isInstanceOf(ExecutionException.class);
        assertThat(got.getCause()).isSameAs(seen.get());
        assertThat(refused.handle((done, thrown) -> thrown).get()).isSameAs(seen.get());
        assertThat(refused.exceptionally(thrown -> {
                    seen.set(thrown);
                    return Done.getInstance();
                }))
                .succeedsWithin(Duration.ofMinutes(1));
        assertThat(seen.get()).isInstanceOf(ReclaimerException.class);
    }

    /** A background round never keeps out a round that somebody waits for. */
    @Test
    void placesAreReservedForDirectRounds() {
        KIT.register(spec.blocking().callDeadline(Duration.ofMinutes(1)), Scripted.stuck(10, gate))
                .setBit(KIT.online("/a"), 0);
        List<CompletionStage<ReclaimReport>> others = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            others.add(KIT.reclaimer()
                    .reclaim(ReclaimRequest.in("/a").startingAt(1).background()));
        }
        gate.awaitEntered();
        Threads.until(() -> KIT.state().runningRounds() == 6);
        ReclaimerException refusal =
                KIT.refusal(KIT.reclaimer().reclaim(ReclaimRequest.in("/a").background()));
        assertThat(refusal.reason()).isEqualTo(Reason.TOO_MANY_ROUNDS);
        assertThat(refusal).hasMessageContainingAll("[6]", "[8]", "[reclaimer.max-rounds]");
        assertThat(KIT.refusal(KIT.reclaimer().count(ReclaimRequest.in("/a"))).reason())
                .isEqualTo(Reason.TOO_MANY_ROUNDS);
        Cache.registerIn(KIT, "/b", spec, 100);
        assertThat(KIT.pass("/b", 0, 0).freedObjects()).isEqualTo(100);
        gate.open();
        others.forEach(KIT::await);
    }

    @Test
    void secondFreeAndSecondOfflineJoinTheFirst() {
        Cgroup a = KIT.online("/a");
        ShrinkerHandle handle = KIT.register(spec, new Held(Held.Place.REPARENT, a.path(), gate));
        CompletionStage<Done> firstOffline = KIT.reclaimer().offline("/a");
        gate.awaitEntered();
        CompletionStage<Done> secondOffline = KIT.reclaimer().offline("/a");
        CompletionStage<Done> firstFree = handle.free();
        CompletionStage<Done> secondFree = handle.free();
        for (CompletionStage<Done> late : List.of(firstOffline, secondOffline)) {
            ReclaimerException refusal = KIT.refusal(late);
            assertThat(refusal.reason()).isEqualTo(Reason.OFFLINE_TIMEOUT);
            assertThat(refusal).hasMessageContainingAll("[/a]", "[reclaimer.offline-timeout]", "ask again");
        }
        // A request that has timed out can be repeated any number of times. One of the repeated requests is told of the
        // end.
        assertThat(KIT.refusal(KIT.reclaimer().offline("/a")).reason()).isEqualTo(Reason.OFFLINE_TIMEOUT);
        assertThat(firstFree.toCompletableFuture()).isNotDone();
        gate.open();
        KIT.await(firstFree);
        KIT.await(secondFree);
        KIT.await(handle.free());
        Threads.until(() -> {
            try {
                KIT.await(KIT.reclaimer().offline("/a"));
                return true;
            } catch (ReclaimerException e) {
                return e.reason() == Reason.NOT_ONLINE;
            }
        });
    }

    @Test
    void callbackThatBlocksHoldsUpNeitherRoundsNorTheEngineNorMessages() {
        Cache good = Cache.register(KIT, "good");
        Cgroup b = KIT.online("/b");
        // One thread of the answer dispatcher stays free.
        CompletionStage<Void> blocked = blockAnswers(1).get(0);
        for (int i = 0; i < 20; i++) {
            good.put(b, 0, 10);
            assertThat(KIT.pass("/b", 0, 0).freedObjects()).isEqualTo(10);
        }
        KIT.online("/c");
        KIT.offline("/c");
        gate.open();
        KIT.await(blocked);
    }

    /** Even if all threads for answers are blocked: the engine and messages use none of them. */
    @Test
    void callbacksThatBlockAllAnswersHoldUpNoRoundThatIsAskedForByMessage() {
        Cache.registerIn(KIT, "/b", spec, 10);
        List<CompletionStage<Void>> blocked = blockAnswers(64);
        var probe = KIT.testKit().<StatusReply<ReclaimReport>>createTestProbe();
        KIT.reclaimer()
                .ref()
                .tell(new ReclaimerProtocol.Reclaim(ReclaimRequest.in("/b").startingAt(0), probe.ref()));
        assertThat(probe.receiveMessage(Duration.ofMinutes(1)).getValue().freedObjects())
                .isEqualTo(10);
        gate.open();
        blocked.forEach(KIT::await);
    }

    /** Registers callbacks that block, each on an answer of its own, before the answer comes. */
    private List<CompletionStage<Void>> blockAnswers(int many) {
        Gate count = new Gate();
        ShrinkerSpec held = ShrinkerSpec.named("held").byCgroup().blocking().callDeadline(Duration.ofMinutes(5));
        Bits.setIn(KIT, "/held", KIT.register(held, Scripted.stuckInCount(Shrinker.EMPTY, count)));
        KIT.reclaimer().reclaim(ReclaimRequest.in("/held").startingAt(0).within(Duration.ofMinutes(5)));
        count.awaitEntered();
        List<CompletionStage<Void>> blocked = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            blocked.add(KIT.reclaimer().offline("/held").thenRun(gate::pass));
        }
        count.open();
        gate.awaitEntered();
        return blocked;
    }
}
