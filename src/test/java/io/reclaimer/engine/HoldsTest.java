package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Holds by mark and by count against the freeing of what they hold. The registry is a probe. */
class HoldsTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Published published = Parts.published();
    private final TestProbe<ShrinkerRegistry.Command> registry = KIT.createTestProbe();

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @Test
    void markHoldsUpFreeingUntilItIsSettled() {
        ShrinkerEntry entry = registered(1);
        CallMark mark = published.callMarks().ofThisThread();
        assertThat(mark.tryHold(entry)).isTrue();
        assertThat(entry.holdCount()).isOne();
        CountDownLatch freed = free(entry);
        registry.expectNoMessage();
        mark.release(entry);
        mark.settle();
        assertFreed(entry, freed);
    }

    @Test
    void nextHoldSettlesTheOneBefore() {
        ShrinkerEntry entry = registered(1);
        ShrinkerEntry other = registered(2);
        CallMark mark = published.callMarks().ofThisThread();
        assertThat(mark.tryHold(entry)).isTrue();
        CountDownLatch freed = free(entry);
        registry.expectNoMessage();
        mark.release(entry);
        assertThat(mark.tryHold(other)).isTrue();
        assertFreed(entry, freed);
        mark.release(other);
        mark.settle();
        assertThat(other.holdCount()).isZero();
    }

    @Test
    void countedHoldHoldsUpFreeingWhenTheMarkIsGone() {
        ShrinkerEntry entry = registered(1);
        CallMark mark = published.callMarks().ofThisThread();
        assertThat(mark.tryHold(entry)).isTrue();
        entry.holdAgain();
        mark.release(entry);
        mark.settle();
        assertThat(entry.holdCount()).isOne();
        CountDownLatch freed = free(entry);
        mark.settle();
        registry.expectNoMessage();
        entry.release();
        assertFreed(entry, freed);
    }

    @Test
    void whatIsBeingFreedIsNotHeld() {
        ShrinkerEntry entry = registered(1);
        CountDownLatch freed = free(entry);
        CallMark mark = published.callMarks().ofThisThread();
        assertThat(mark.tryHold(entry)).isFalse();
        assertThat(entry.holdCount()).isZero();
        assertFreed(entry, freed);
    }

    /** Marked, counted, both; freed at any moment. From then on nobody is inside, and it always comes to that. */
    @Test
    void freeingWaitsForAllAndIsNeverForgotten() throws Exception {
        AtomicBoolean gone = new AtomicBoolean();
        ActorRef<ShrinkerRegistry.Command> forgetting = KIT.spawn(Behaviors.receiveMessage(message -> {
            gone.set(true);
            ((ShrinkerRegistry.Forget) message).guard().tell(ShrinkerGuard.Forgotten.INSTANCE);
            return Behaviors.same();
        }));
        for (int i = 0; i < 1_000; i++) {
            gone.set(false);
            ShrinkerEntry entry = registered(2 * i + 1, forgetting);
            ShrinkerEntry other = registered(2 * i + 2, forgetting);
            AtomicInteger wrong = new AtomicInteger();
            Runnable user = () -> {
                CallMark mark = published.callMarks().ofThisThread();
                for (int j = 0; j < 60; j++) {
                    if (mark.tryHold(entry)) {
                        wrong.addAndGet(gone.get() ? 1 : 0);
                        if (j % 3 == 0) {
                            entry.holdAgain();
                            mark.release(entry);
                            mark.settle();
                            wrong.addAndGet(gone.get() ? 1 : 0);
                            entry.release();
                        } else {
                            mark.release(entry);
                        }
                    }
                    if (j % 2 == 0 && mark.tryHold(other)) {
                        mark.release(other);
                    }
                }
                mark.settle();
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

    private ShrinkerEntry registered(long serial, ActorRef<ShrinkerRegistry.Command> forgetting) {
        ActorRef<ShrinkerGuard.Command> guard = KIT.spawn(ShrinkerGuard.create(forgetting));
        ShrinkerSpec spec = ShrinkerSpec.named("s" + serial).byCgroup().byNode();
        ShrinkerEntry entry =
                new ShrinkerEntry(spec, ShrinkerTarget.of(spec, new Nothing()), 0, serial, guard, published);
        assertThat(entry.holds().register()).isTrue();
        return entry;
    }

    private static CountDownLatch free(ShrinkerEntry entry) {
        CountDownLatch freed = new CountDownLatch(1);
        entry.free((done, why) -> freed.countDown());
        return freed;
    }

    private void assertFreed(ShrinkerEntry entry, CountDownLatch freed) {
        ShrinkerRegistry.Forget forget = registry.expectMessageClass(ShrinkerRegistry.Forget.class, PATIENCE);
        assertThat(forget.entry()).isSameAs(entry);
        assertThat(freed.getCount()).isOne();
        forget.guard().tell(ShrinkerGuard.Forgotten.INSTANCE);
        try {
            assertThat(freed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Nothing implements Shrinker {
        @Override
        public long count(ShrinkControl control) {
            return EMPTY;
        }

        @Override
        public long scan(ShrinkControl control) {
            return STOP;
        }
    }
}
