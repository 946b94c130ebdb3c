package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimReport.Outcome;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.testkit.FakeReclaimReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bytes that rounds free without a collection, such as memory outside of the heap. */
class FreedAtOnceTest {

    private static final long LIMIT = 1_000_000;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration RETRY = Duration.ofMillis(100);

    private final ActorTestKit testKit =
            ActorTestKit.create("spec", ManualTime.config().withFallback(ConfigFactory.load()));
    private final ManualTime time = ManualTime.get(testKit.system());
    private final TestProbe<HeapStatus> statuses = testKit.createTestProbe();
    private final TestProbe<CompletableFuture<ReclaimReport>> rounds = testKit.createTestProbe();
    private final AtomicLong freedBytes = new AtomicLong();
    private final FullHeap heap = new FullHeap();
    private ActorRef<HeapPressure.Command> pressure;

    /** 850,000 bytes are live; at most 700,000 should be. */
    @BeforeEach
    void startBelowLow() {
        HeapPressureSettings settings = new HeapPressureSettings(
                true, new Watermarks(0.1, 0.2, 0.3), 0, PATIENCE, RETRY, RETRY, PATIENCE, PATIENCE);
        pressure = testKit.spawn(HeapPressure.create(
                heap,
                settings,
                ReclaimRequest.everywhere(),
                this::reclaim,
                this::count,
                freedBytes::get,
                () -> false,
                status -> {}));
        status();
        heap.listener.accept(new HeapReading(CollectionScope.ALL, 1_010, 0, LIMIT, 0, 850_000));
    }

    @AfterEach
    void stop() {
        testKit.shutdownTestKit();
    }

    @Test
    void creditLeavesItOut() {
        answer(160_000, 60_000);
        assertThat(status().creditBytes()).isEqualTo(100_000);
        assertThat(status().liveBytes()).isEqualTo(750_000);
        assertThat(status().freedBytes()).isEqualTo(160_000);
    }

    /** Otherwise rounds would free all memory that is not heap, in a loop and in vain. */
    @Test
    void roundThatFreedNothingElseStartsARest() {
        answer(160_000, 160_000);
        status();
        rounds.expectNoMessage();
        time.timePasses(RETRY);
        rounds.receiveMessage(PATIENCE);
    }

    @Test
    void roundThatFreedSomeHeapIsFollowedAtOnce() {
        answer(160_000, 159_000);
        rounds.receiveMessage(PATIENCE);
    }

    private void answer(long freedBytes, long freedAtOnceBytes) {
        CompletableFuture<ReclaimReport> round = rounds.receiveMessage(PATIENCE);
        this.freedBytes.addAndGet(freedBytes - freedAtOnceBytes);
        round.complete(new FakeReclaimReport(
                CgroupPath.root(),
                Outcome.MET,
                100,
                freedBytes,
                freedAtOnceBytes,
                100,
                1,
                0,
                12,
                12,
                Duration.ofMillis(1),
                List.of(),
                0,
                Map.of()));
        // The actor counts a round after it has acted on the answer.
        statuses.awaitAssert(PATIENCE, () -> {
            assertThat(status().rounds()).isOne();
            return null;
        });
    }

    /** No heap of this class needs a count. */
    private CompletionStage<CountReport> count(ReclaimRequest request) {
        throw new AssertionError("Caches are not to be counted");
    }

    private CompletionStage<ReclaimReport> reclaim(ReclaimRequest request) {
        CompletableFuture<ReclaimReport> answer = new CompletableFuture<>();
        rounds.ref().tell(answer);
        return answer;
    }

    private HeapStatus status() {
        pressure.tell(new HeapPressure.GetStatus(statuses.getRef()));
        return statuses.receiveMessage(PATIENCE);
    }

    private static final class FullHeap implements Heap {

        private volatile Consumer<HeapReading> listener = reading -> {};

        @Override
        public long limitBytes() {
            return LIMIT;
        }

        @Override
        public long usedBytes() {
            return LIMIT;
        }

        @Override
        public long uptimeMillis() {
            return 1_020;
        }

        @Override
        public Runnable watch(Consumer<HeapReading> newListener) {
            listener = newListener;
            return () -> {};
        }
    }
}
