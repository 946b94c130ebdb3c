package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A round has a deadline and can be cancelled. It always answers, with what it has done. */
class RoundEndTest {

    private static final Duration SOON = Duration.ofMillis(50);

    @RegisterExtension
    static final SharedReclaimer KIT =
            SharedReclaimer.create().with("reclaimer { nodes = [a, b], round-deadline = 60s, max-rounds = 3 }");

    private final ShrinkerSpec spec =
            ShrinkerSpec.named("pages").byCgroup().byNode().batch(10);
    private final Gate gate = new Gate();

    @Test
    void deadlineAnswersWithWhatWasDoneUntilThen() {
        AtomicLong scans = new AtomicLong();
        dirty("/a", new Scripted(control -> 1_000, control -> {
            if (scans.incrementAndGet() == 4) {
                gate.pass();
            }
            return 10;
        }));
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/a").startingAt(0).within(SOON));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.DEADLINE);
        assertThat(report.freedObjects()).isLessThanOrEqualTo(30);
        assertThat(report.elapsed()).isGreaterThanOrEqualTo(SOON);
        assertThat(KIT.state().runningRounds()).isZero();
        gate.open();
        settleAll();
        // The call under way was its last one, and the objects that were not scanned are deferred.
        assertThat(scans.get()).isLessThanOrEqualTo(4);
        assertThat(KIT.takeTrace().stream().filter(TraceEvent.End.class::isInstance))
                .allMatch(end -> ((TraceEvent.End) end).deferredAfter() == 2_000 - 10 * scans.get());
    }

    @Test
    void deadlineOfTheSettingsCountsWhereTheRequestHasNone() {
        try (ReclaimerTestSystem quick = ReclaimerTestSystem.start("reclaimer.round-deadline = 50ms")) {
            quick.register(ShrinkerSpec.named("stuck"), Scripted.stuck(10, gate));
            ReclaimReport report = quick.reclaim(ReclaimRequest.everywhere().startingAt(0));
            assertThat(report.outcome()).isEqualTo(RoundOutcome.DEADLINE);
            gate.open();
            Threads.until(() -> quick.state().shrinkers().get(0).holds() == 0);
        }
    }

    /** The other node goes on while one is stuck, and the report has what was freed there. */
    @Test
    void stuckNodeDoesNotHoldUpTheOther() {
        Cgroup a = KIT.online("/a");
        ShrinkerHandle handle = KIT.register(spec, new Scripted(control -> 10, control -> {
            if (control.node() == 0) {
                gate.pass();
                return Shrinker.STOP;
            }
            return control.nrToScan();
        }));
        handle.setBit(a, 0);
        handle.setBit(a, 1);
        KIT.settle();
        CountDownLatch ended = new CountDownLatch(1);
        KIT.reclaimer().trace(event -> {
            if (event instanceof TraceEvent.End) {
                ended.countDown();
            }
        });
        Cancellation cancellation = new Cancellation();
        CompletionStage<ReclaimReport> round =
                KIT.reclaimer().reclaim(ReclaimRequest.in("/a").startingAt(0).cancelledBy(cancellation));
        gate.awaitEntered();
        Threads.await(ended);
        cancellation.cancel();
        assertThat(KIT.await(round).freedObjects()).isEqualTo(20);
        gate.open();
        settleAll();
    }

    @Test
    void laterRoundIsServedAfterADeadline() {
        dirty("/a", Scripted.stuck(10, gate));
        KIT.reclaim(ReclaimRequest.in("/a").startingAt(0).within(SOON));
        Cache.registerIn(KIT, "/a", spec, 10);
        gate.open();
        settleAll();
        assertThat(KIT.reclaim(ReclaimRequest.in("/a").startingAt(0)).freedObjects())
                .isEqualTo(10);
    }

    @Test
    void cancellationEndsTheRoundWithWhatWasDoneUntilThen() {
        AtomicLong scans = new AtomicLong();
        dirty("/a", new Scripted(control -> 1_000, control -> {
            if (scans.incrementAndGet() == 3) {
                gate.pass();
            }
            return 10;
        }));
        Cancellation cancellation = new Cancellation();
        CompletionStage<ReclaimReport> round =
                KIT.reclaimer().reclaim(ReclaimRequest.in("/a").startingAt(0).cancelledBy(cancellation));
        gate.awaitEntered();
        assertThat(round.toCompletableFuture()).isNotDone();
        cancellation.cancel();
        ReclaimReport report = KIT.await(round);
        assertThat(report.outcome()).isEqualTo(RoundOutcome.CANCELLED);
        assertThat(report.freedObjects()).isEqualTo(20);
        gate.open();
        settleAll();
        assertThat(scans).hasValue(3);
        assertThat(KIT.state("/a", 0).deferred()).containsEntry(0, 2_000L - 30);
    }

    @Test
    void roundThatIsCancelledBeforeItBeginsVisitsNobody() {
        Scripted pages = Scripted.endless(10);
        dirty("/a", pages);
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/a").startingAt(0).cancelledBy(cancellation));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.CANCELLED);
        assertThat(report.visits()).isZero();
        assertThat(pages.calls).isEmpty();
    }

    @Test
    void cancellationEndsAllRoundsItWasGivenTo() {
        dirty("/a", Scripted.stuckIn("/a", 10, gate));
        Cancellation cancellation = new Cancellation();
        ReclaimRequest request = ReclaimRequest.in("/a").startingAt(0).cancelledBy(cancellation);
        CompletionStage<ReclaimReport> first = KIT.reclaimer().reclaim(request);
        CompletionStage<ReclaimReport> second = KIT.reclaimer().reclaim(request);
        gate.awaitEntered();
        cancellation.cancel();
        assertThat(KIT.await(first).outcome()).isEqualTo(RoundOutcome.CANCELLED);
        assertThat(KIT.await(second).outcome()).isEqualTo(RoundOutcome.CANCELLED);
        gate.open();
        settleAll();
    }

    @Test
    void cancellingARoundThatHasAnsweredChangesNothing() {
        dirty("/a", Scripted.endless(10));
        Cancellation cancellation = new Cancellation();
        ReclaimRequest request = ReclaimRequest.in("/a").startingAt(0).cancelledBy(cancellation);
        assertThat(KIT.reclaim(request).outcome()).isEqualTo(RoundOutcome.DONE);
        cancellation.cancel();
        assertThat(KIT.reclaim(ReclaimRequest.in("/a").startingAt(0)).outcome()).isEqualTo(RoundOutcome.DONE);
    }

    @Test
    void cancellationDoesNotCollectTheRoundsThatAreOver() {
        dirty("/a", Scripted.endless(10));
        Cancellation cancellation = new Cancellation();
        ReclaimRequest request = ReclaimRequest.in("/a").startingAt(0).cancelledBy(cancellation);
        for (int i = 0; i < 10; i++) {
            KIT.reclaim(request);
        }
        assertThat(cancellation).extracting("listeners").asInstanceOf(LIST).isEmpty();
    }

    /** A round that has answered takes no slot, even while its visit is stuck. */
    @Test
    void roundsBeyondTheLimitAreRefused() {
        dirty("/a", Scripted.stuck(10, gate));
        ReclaimRequest request = ReclaimRequest.in("/a").startingAt(0);
        Cancellation cancellation = new Cancellation();
        CompletionStage<ReclaimReport> first = KIT.reclaimer().reclaim(request.cancelledBy(cancellation));
        CompletionStage<ReclaimReport> second = KIT.reclaimer().reclaim(request);
        CompletionStage<ReclaimReport> third = KIT.reclaimer().reclaim(request);
        gate.awaitEntered();
        ReclaimerException refusal = KIT.refusal(KIT.reclaimer().reclaim(request));
        assertThat(refusal.reason()).isEqualTo(Reason.TOO_MANY_ROUNDS);
        assertThat(refusal).hasMessageContainingAll("[3]", "[reclaimer.max-rounds]");
        cancellation.cancel();
        KIT.await(first);
        CompletionStage<ReclaimReport> instead = KIT.reclaimer().reclaim(request);
        gate.open();
        KIT.await(second);
        KIT.await(third);
        assertThat(KIT.await(instead).outcome()).isEqualTo(RoundOutcome.DONE);
    }

    /** A deadline longer than a timer supports is kept, or is refused when it is given. It never hangs. */
    @Test
    void veryLongDeadlineIsAnswered() {
        dirty("/a", Scripted.endless(10));
        for (Duration within : new Duration[] {Duration.ofDays(1_000), Duration.ofSeconds(Long.MAX_VALUE)}) {
            ReclaimRequest request;
            try {
                request = ReclaimRequest.in("/a").startingAt(0).within(within);
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageContaining("deadline");
                continue;
            }
            assertThat(KIT.reclaim(request).outcome()).isEqualTo(RoundOutcome.DONE);
        }
    }

    private void dirty(String path, Shrinker shrinker) {
        Bits.setIn(KIT, path, KIT.register(spec, shrinker));
    }

    /** Waits until no visit is under way. */
    private void settleAll() {
        Threads.until(() -> KIT.state().shrinkers().stream().allMatch(shrinker -> shrinker.holds() == 0));
    }
}
