package io.reclaimer.engine.call;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.engine.Parts;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Holds by hazard pointer and by reference count against the freeing of their shrinker. The registry is a probe. */
class HoldsTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** From a guard: nobody uses the shrinker any more. */
    private record Forget(ShrinkerEntry entry, ActorRef<ShrinkerGuard.Command> guard) {}

    private final CallContext engine =
            new CallContext(Parts.settings(1), System::nanoTime, Runnable::run, VisitingThread::new) {};
    private final TestProbe<Forget> registry = KIT.createTestProbe();

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @Test
    void hazardPointerHoldsUpFreeingUntilItIsSettled() {
        ShrinkerEntry entry = registered(1);
        VisitingThread thread = engine.visitingThreads().ofThisThread();
        assertThat(thread.tryHold(entry)).isTrue();
        assertThat(entry.holdCount()).isOne();
        CountDownLatch freed = free(entry);
        registry.expectNoMessage();
        thread.release(entry);
        thread.completeRelease();
        assertFreed(entry, freed);
    }

    @Test
    void nextHoldSettlesTheOneBefore() {
        ShrinkerEntry entry = registered(1);
        ShrinkerEntry other = registered(2);
        VisitingThread thread = engine.visitingThreads().ofThisThread();
        assertThat(thread.tryHold(entry)).isTrue();
        CountDownLatch freed = free(entry);
        registry.expectNoMessage();
        thread.release(entry);
        assertThat(thread.tryHold(other)).isTrue();
        assertFreed(entry, freed);
        thread.release(other);
        thread.completeRelease();
        assertThat(other.holdCount()).isZero();
    }

    @Test
    void countedHoldHoldsUpFreeingWhenTheHazardPointerIsGone() {
        ShrinkerEntry entry = registered(1);
        VisitingThread thread = engine.visitingThreads().ofThisThread();
        assertThat(thread.tryHold(entry)).isTrue();
        entry.references().holdAgain();
        thread.release(entry);
        thread.completeRelease();
        assertThat(entry.holdCount()).isOne();
        CountDownLatch freed = free(entry);
        thread.completeRelease();
        registry.expectNoMessage();
        entry.release();
        assertFreed(entry, freed);
    }

    @Test
    void whatIsBeingFreedIsNotHeld() {
        ShrinkerEntry entry = registered(1);
        CountDownLatch freed = free(entry);
        VisitingThread thread = engine.visitingThreads().ofThisThread();
        assertThat(thread.tryHold(entry)).isFalse();
        assertThat(entry.holdCount()).isZero();
        assertFreed(entry, freed);
    }

    /**
     * A shrinker is held by hazard pointer, by count, or by both, and freed at any moment. Nobody is inside when it is
     * freed, and it always is freed.
     */
    @Test
    void freeingWaitsForAllAndIsNeverForgotten() throws Exception {
        AtomicBoolean gone = new AtomicBoolean();
        ActorRef<Forget> forgetting = KIT.spawn(Behaviors.receiveMessage(message -> {
            gone.set(true);
            message.guard().tell(ShrinkerGuard.Forgotten.INSTANCE);
            return Behaviors.same();
        }));
        for (int i = 0; i < 300; i++) {
            gone.set(false);
            ShrinkerEntry entry = registered(2 * i + 1, forgetting);
            ShrinkerEntry other = registered(2 * i + 2, forgetting);
            AtomicInteger wrong = new AtomicInteger();
            Runnable user = () -> {
                VisitingThread thread = engine.visitingThreads().ofThisThread();
                for (int j = 0; j < 60; j++) {
                    if (thread.tryHold(entry)) {
                        wrong.addAndGet(gone.get() ? 1 : 0);
                        if (j % 3 == 0) {
                            entry.references().holdAgain();
                            thread.release(entry);
                            thread.completeRelease();
                            wrong.addAndGet(gone.get() ? 1 : 0);
                            entry.release();
                        } else {
                            thread.release(entry);
                        }
                    }
                    if (j % 2 == 0 && thread.tryHold(other)) {
                        thread.release(other);
                    }
                }
                thread.completeRelease();
            };
            CountDownLatch freed = new CountDownLatch(1);
            Threads.run(user, user, () -> entry.free((done, why) -> freed.countDown()));
            assertThat(freed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(wrong).hasValue(0);
            assertThat(entry.holdCount()).isZero();
        }
    }

    private ShrinkerEntry registered(long serial) {
        return registered(serial, registry.ref());
    }

    private ShrinkerEntry registered(long serial, ActorRef<Forget> forgetting) {
        ActorRef<ShrinkerGuard.Command> guard =
                KIT.spawn(ShrinkerGuard.create((unused, of) -> forgetting.tell(new Forget(unused, of))));
        ShrinkerSpec spec = ShrinkerSpec.named("s" + serial).byCgroup().byNode();
        ShrinkerEntry entry =
                new ShrinkerEntry(spec, ShrinkerTarget.of(spec, Scripted.empty()), 0, serial, guard, engine);
        assertThat(entry.register()).isTrue();
        return entry;
    }

    private static CountDownLatch free(ShrinkerEntry entry) {
        CountDownLatch freed = new CountDownLatch(1);
        entry.free((done, why) -> freed.countDown());
        return freed;
    }

    private void assertFreed(ShrinkerEntry entry, CountDownLatch freed) {
        Forget forget = registry.expectMessageClass(Forget.class, PATIENCE);
        assertThat(forget.entry()).isSameAs(entry);
        assertThat(freed.getCount()).isOne();
        forget.guard().tell(ShrinkerGuard.Forgotten.INSTANCE);
        try {
            assertThat(freed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
