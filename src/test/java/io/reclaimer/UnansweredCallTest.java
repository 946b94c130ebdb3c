package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.AsyncScripted;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.Twice;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A shrinker that does not answer, answers too late, or answers wrongly ends its own visit only. */
class UnansweredCallTest {

    private static final Duration DEADLINE = Duration.ofMillis(100);
    private static final int QUARANTINE_AFTER = 3;

    @RegisterExtension
    static final SharedReclaimer KIT =
            SharedReclaimer.create().with("reclaimer.quarantine { after-faults = 3, duration = 1h }");

    private final ShrinkerSpec spec =
            ShrinkerSpec.named("slow").byCgroup().byNode().batch(10).callDeadline(DEADLINE);

    @Test
    void countThatIsNeverAnsweredEndsTheVisitAndKeepsTheBit() {
        ShrinkerHandle handle = register(AsyncScripted.of(new CompletableFuture<>(), new CompletableFuture<>()));
        assertVisitEnds(handle, "its count did not answer within [PT0.1S]");
        assertThat(KIT.state("/a", 0).deferred()).isEmpty();
    }

    @Test
    void scanThatIsNeverAnsweredEndsTheVisitAndKeepsTheWorkOwed() {
        ShrinkerHandle handle =
                register(AsyncScripted.of(CompletableFuture.completedStage(100L), new CompletableFuture<>()));
        assertVisitEnds(handle, "its scan did not answer within [PT0.1S]");
        assertThat(KIT.state("/a", 0).deferred()).containsEntry(handle.id(), 200L);
    }

    @Test
    void secondLookThatIsNeverAnsweredKeepsTheBit() {
        AtomicInteger counts = new AtomicInteger();
        ShrinkerHandle handle = register(new AsyncScripted(
                control -> counts.incrementAndGet() == 1
                        ? CompletableFuture.completedStage(Shrinker.EMPTY)
                        : new CompletableFuture<>(),
                control -> new CompletableFuture<>()));
        assertVisitEnds(handle, "its count did not answer");
    }

    static Stream<Arguments> brokenStages() {
        return Stream.of(
                Arguments.of(null, "its count threw"),
                Arguments.of(CompletableFuture.completedStage(null), "completed with null"),
                Arguments.of(
                        CompletableFuture.failedStage(new IllegalStateException("no disk")),
                        "its count threw java.lang.IllegalStateException: no disk"));
    }

    @ParameterizedTest
    @MethodSource("brokenStages")
    void stageThatFailsOrHoldsNothingIsAFault(CompletionStage<Long> count, String fault) {
        assertVisitEnds(register(AsyncScripted.of(count, new CompletableFuture<>())), fault);
    }

    @Test
    void lateAnswerIsIgnoredAndCounted() {
        CompletableFuture<Long> late = new CompletableFuture<>();
        ShrinkerHandle handle = register(AsyncScripted.of(CompletableFuture.completedStage(100L), late));
        assertVisitEnds(handle, "its scan did not answer");
        late.complete(10L);
        Threads.until(() -> handle.state().lateReplies() == 1);
        assertThat(handle.state().faults()).isOne();
        assertThat(KIT.state("/a", 0).deferred()).containsEntry(handle.id(), 200L);
    }

    @Test
    void secondAnswerIsAFaultAndChangesNothing() {
        ShrinkerHandle handle = register(AsyncScripted.of(new Twice(100L), new Twice(10L)));
        ReclaimReport report = KIT.pass("/a", 0, 3);
        assertThat(report.freedObjects()).isEqualTo(20);
        // One for the count, and one for each of two scans.
        assertThat(handle.state().faults()).isEqualTo(3);
        assertThat(handle.state().lastFault().orElseThrow()).contains("its scan was answered a second time");
    }

    @Test
    void blockedCallEndsTheVisitAndItsShrinkerIsLeftAloneUntilItComesBack() {
        Gate gate = new Gate();
        AtomicInteger calls = new AtomicInteger();
        ShrinkerHandle handle = KIT.register(
                spec.blocking(),
                new Scripted(
                        control -> {
                            if (calls.incrementAndGet() == 1) {
                                gate.pass();
                            }
                            return 10;
                        },
                        control -> 10));
        Bits.setIn(KIT, List.of("/a", "/b"), handle);
        assertThat(KIT.pass("/a", 0, 0).freedObjects()).isZero();
        assertThat(handle.state().stuckCalls()).isOne();
        assertThat(handle.state().lastFault().orElseThrow()).contains("did not answer within [PT0.1S]");
        assertThat(KIT.pass("/b", 0, 0).visits()).isZero();
        assertThat(KIT.pass("/a", 0, 0).visits()).isZero();
        assertThat(handle.state().faults()).isOne();
        gate.open();
        Threads.until(() -> handle.state().stuckCalls() == 0);
        assertThat(KIT.pass("/a", 0, 0).freedObjects()).isEqualTo(20);
        assertThat(handle.state().lateReplies()).isOne();
        assertThat(KIT.state("/b", 0).bits()).containsExactly(handle.id());
    }

    @Test
    void freeingAnswersOnlyWhenTheThreadHasLeftAndInterruptsOneThatIsOverdue() {
        CountDownLatch inside = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        Gate mayLeave = new Gate();
        ShrinkerHandle handle = KIT.register(
                spec.blocking(),
                new Scripted(
                        control -> {
                            inside.countDown();
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                interrupted.set(true);
                            }
                            mayLeave.pass();
                            return 10;
                        },
                        control -> 10));
        Bits.setIn(KIT, "/a", handle);
        KIT.pass("/a", 0, 0);
        Threads.await(inside);
        assertThat(interrupted).isFalse();
        CompletableFuture<Done> freed = handle.free().toCompletableFuture();
        mayLeave.awaitEntered();
        assertThat(interrupted).isTrue();
        KIT.settle();
        assertThat(freed).isNotDone();
        mayLeave.open();
        KIT.await(freed);
    }

    @Test
    void manyThatAreStuckDoNotStarveTheOthers() {
        ReclaimerTestSystem own = ReclaimerTestSystem.start("reclaimer.blocking { calls = 2, calls-per-shrinker = 2 }");
        Gate gate = new Gate();
        try {
            for (int i = 0; i < 8; i++) {
                ShrinkerSpec stuck =
                        ShrinkerSpec.named("stuck" + i).byCgroup().blocking().callDeadline(DEADLINE);
                Bits.setIn(own, "/c" + i, own.register(stuck, Scripted.stuckInCount(0, gate)));
            }
            ShrinkerSpec good = ShrinkerSpec.named("good").byCgroup().blocking();
            Bits.setIn(own, "/good", own.register(good, Scripted.endless(128)));
            assertThat(own.reclaim(ReclaimRequest.in("/").startingAt(0).withoutDescendants())
                            .freedObjects())
                    .isEqualTo(256);
            assertThat(own.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects())
                    .isEqualTo(256 + 256);
            gate.open();
            Threads.until(() -> own.state().shrinkers().stream().allMatch(s -> s.holds() == 0));
        } finally {
            gate.open();
            own.stop();
        }
    }

    @Test
    void shrinkerThatNeverAnswersComesIntoQuarantineAndIsLetOutByHand() {
        AtomicBoolean mended = new AtomicBoolean();
        ShrinkerHandle bad = register(new AsyncScripted(
                control -> mended.get() ? CompletableFuture.completedStage(10L) : new CompletableFuture<>(),
                control -> CompletableFuture.completedStage(10L)));
        for (int i = 0; i < QUARANTINE_AFTER; i++) {
            assertThat(bad.state().isQuarantined()).isFalse();
            KIT.pass("/a", 0, 0);
        }
        assertThat(bad.state().isQuarantined()).isTrue();
        assertThat(bad.state().remainingQuarantine().orElseThrow())
                .isBetween(Duration.ofMinutes(50), Duration.ofHours(1));
        assertThat(KIT.pass("/a", 0, 0).visits()).isZero();
        mended.set(true);
        bad.endQuarantine();
        assertThat(KIT.pass("/a", 0, 0).freedObjects()).isEqualTo(20);
    }

    @Test
    void offlineIsNotHeldUpByAReparentThatIsNeverAnswered() {
        ShrinkerHandle handle = register(AsyncScripted.empty(offline -> new CompletableFuture<>()));
        KIT.offline("/a");
        assertThat(handle.state().lastFault().orElseThrow()).contains("its reparent did not answer");
        assertThat(handle.state().holds()).isZero();
    }

    private ShrinkerHandle register(AsyncShrinker shrinker) {
        return Bits.setIn(KIT, "/a", KIT.register(spec, shrinker));
    }

    /**
     * Checks that the visit of the one shrinker ends with that fault, that its bit is kept, and that the next one is
     * visited.
     */
    private void assertVisitEnds(ShrinkerHandle handle, String fault) {
        Cache.registerIn(KIT, "/a", ShrinkerSpec.named("next").byCgroup().byNode(), 10);
        assertThat(KIT.pass("/a", 0, 0).freedObjects()).isEqualTo(10);
        assertThat(handle.state().faults()).isOne();
        assertThat(handle.state().lastFault().orElseThrow()).contains(fault);
        assertThat(handle.state().holds()).isZero();
        assertThat(KIT.state("/a", 0).bits()).contains(handle.id());
    }
}
