package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.Registration;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.AsyncScripted;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Held;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A call to user code that does not come back holds up its own pair only, for each kind of call. */
class HeldCallTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    @RegisterExtension
    static final SharedReclaimer KIT =
            SharedReclaimer.create().with("reclaimer { call-deadline = 200ms, offline-timeout = 1m }");

    private final ShrinkerSpec spec = ShrinkerSpec.named("held").byCgroup();
    private final Gate gate = new Gate();
    private Cache good;
    private Cgroup a;
    private Cgroup b;

    @BeforeEach
    void makeCgroups() {
        good = Cache.register(KIT, "good");
        a = KIT.online("/a");
        b = KIT.online("/b");
    }

    @ParameterizedTest
    @CsvSource({
        "PLAIN,COUNT",
        "PLAIN,SCAN",
        "BLOCKING,COUNT",
        "BLOCKING,SCAN",
        "ASYNC_AT_ONCE,COUNT",
        "ASYNC_AT_ONCE,SCAN"
    })
    void visitThatIsHeldHoldsUpNothingElse(Kind kind, Held.Place place) {
        ShrinkerHandle handle = kind.register(KIT, spec, new Held(place, a.path(), gate));
        handle.setBit(a, 0);
        CompletionStage<ReclaimReport> round = beginHeldRound();
        assertSeen(handle);
        assertNothingElseIsHeldUp();
        gate.open();
        assertThat(KIT.await(round).outcome()).isEqualTo(RoundOutcome.DONE);
        awaitReturn(handle);
    }

    /** The call is watched although no round is under way. */
    @ParameterizedTest
    @CsvSource({"PLAIN", "BLOCKING", "ASYNC_AT_ONCE"})
    void reparentThatIsHeldHoldsUpNothingElse(Kind kind) {
        ShrinkerHandle handle = kind.register(KIT, spec, new Held(Held.Place.REPARENT, a.path(), gate));
        handle.setBit(a, 0);
        KIT.settle();
        CompletionStage<Done> offline = KIT.reclaimer().offline("/a");
        gate.awaitEntered();
        assertSeen(handle);
        assertNothingElseIsHeldUp();
        gate.open();
        KIT.await(offline);
        awaitReturn(handle);
    }

    /** The stage is returned in time, but registering a dependent on it does not return. */
    @Test
    void stageWhoseCompletionIsHeldHoldsUpNothingElse() {
        ShrinkerHandle handle =
                KIT.register(spec, new AsyncScripted(this::heldInA, control -> completed(control.nrToScan())));
        handle.setBit(a, 0);
        CompletionStage<ReclaimReport> round = beginHeldRound();
        assertSeen(handle);
        assertNothingElseIsHeldUp();
        gate.open();
        KIT.await(round);
        Threads.until(() -> handle.state().stuckCalls() == 0, handle::state);
        // It is late twice if its answer is past the deadline as well.
        assertThat(handle.state().faults()).isBetween(1L, 2L);
    }

    @Test
    void traceListenerThatIsHeldHoldsUpNothingElseAndIsToldNothingMeanwhile() {
        AtomicLong told = new AtomicLong();
        Registration registration = KIT.reclaimer().trace(event -> {
            told.incrementAndGet();
            if (event.cgroup().equals(a.path())) {
                gate.pass();
            }
        });
        good.put(a, 0, 10);
        CompletionStage<ReclaimReport> round = beginHeldRound();
        assertNothingElseIsHeldUp();
        Threads.until(() -> {
            long before = told.get();
            good.put(b, 0, 10);
            assertThat(KIT.pass("/b", 0, 0).freedObjects()).isEqualTo(10);
            return told.get() == before;
        });
        gate.open();
        assertThat(KIT.await(round).freedObjects()).isEqualTo(10);
        Threads.until(() -> {
            long before = told.get();
            good.put(b, 0, 10);
            KIT.pass("/b", 0, 0);
            return told.get() == before + 2;
        });
        registration.close();
    }

    private CompletionStage<ReclaimReport> beginHeldRound() {
        CompletionStage<ReclaimReport> round =
                KIT.reclaimer().reclaim(ReclaimRequest.in("/a").startingAt(0).within(LONG));
        gate.awaitEntered();
        return round;
    }

    private void assertSeen(ShrinkerHandle handle) {
        Threads.until(() -> handle.state().stuckCalls() == 1, handle::state);
        Threads.until(() -> handle.state().faults() == 1, handle::state);
        assertThat(handle.state().lastFault().orElseThrow()).contains("[PT0.2S]", "[reclaimer.call-deadline]");
    }

    /** Checks that each request is answered while the call is still held. */
    private void assertNothingElseIsHeldUp() {
        good.put(b, 0, 1_000);
        assertThat(KIT.pass("/b", 0, 0).freedObjects()).isEqualTo(1_000);
        good.put(b, 0, 1_000);
        assertThat(KIT.reclaim(ReclaimRequest.everywhere().objects(500).within(LONG))
                        .outcome())
                .isEqualTo(RoundOutcome.TARGET_REACHED);
        assertThat(KIT.await(KIT.reclaimer().count(ReclaimRequest.everywhere().within(LONG)))
                        .freeableObjects())
                .isBetween(1L, 500L);
        assertThat(KIT.state().cgroups()).hasSizeGreaterThan(1);
        ShrinkerHandle another = KIT.register(ShrinkerSpec.named("another").byCgroup(), Scripted.endless(1));
        another.setBit(b, 0);
        KIT.pass("/b", 0, 0);
        KIT.await(another.free());
        KIT.online("/b/new");
        good.put(KIT.online("/new"), 0, 10);
        KIT.offline("/b/new");
        KIT.offline("/new");
        assertThat(KIT.refusal(KIT.reclaimer().offline("/new")).reason()).isEqualTo(Reason.NOT_ONLINE);
    }

    private static void awaitReturn(ShrinkerHandle handle) {
        Threads.until(() -> handle.state().stuckCalls() == 0, handle::state);
        assertThat(handle.state().faults()).as(handle.state().toString()).isOne();
    }

    /** Its stages are of a class of its own, and block where somebody wants to hear of the answer. */
    private CompletionStage<Long> heldInA(ShrinkControl control) {
        return control.cgroup().equals(a.path()) ? new LateFuture(gate) : completed(0);
    }

    private static CompletionStage<Long> completed(long answer) {
        return CompletableFuture.completedStage(answer);
    }

    private static final class LateFuture extends CompletableFuture<Long> {
        private final Gate gate;

        private LateFuture(Gate gate) {
            this.gate = gate;
            complete(10L);
        }

        @Override
        public CompletableFuture<Long> whenComplete(BiConsumer<? super Long, ? super Throwable> action) {
            gate.pass();
            return super.whenComplete(action);
        }
    }
}
