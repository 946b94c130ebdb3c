package io.reclaimer.pressure;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.testkit.FakeCountReport;
import io.reclaimer.testkit.FakeReclaimReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/**
 * Tests of {@link HeapPressure} that play its heap and its reclaimer. Messages of a test arrive in order, so the answer
 * to a status request shows that all earlier ones are handled. Time passes only by calls of the test. The tests of a
 * class share an actor system, and each has an actor of its own.
 */
abstract class HeapPressureFixture {

    static final long LIMIT = 1_000_000;

    /** The watermarks are 100,000 (min), 200,000 (low) and 300,000 (high) bytes free. */
    static final Watermarks MARKS = new Watermarks(0.1, 0.2, 0.3);

    static final Duration RETRY_MIN = Duration.ofMillis(100);
    static final Duration RETRY_MAX = Duration.ofMillis(450);
    static final Duration SAMPLE = Duration.ofMillis(40);
    static final Duration PATIENCE = Duration.ofMinutes(1);

    static ActorTestKit testKit;
    static ManualTime time;

    final TestProbe<HeapStatus> statuses = testKit.createTestProbe();
    final PlayedHeap heap = new PlayedHeap();
    final List<PlayedRound> rounds = new CopyOnWriteArrayList<>();
    final List<CompletableFuture<CountReport>> counts = new CopyOnWriteArrayList<>();
    final AtomicBoolean lossless = new AtomicBoolean();
    final AtomicLong freedBytes = new AtomicLong();
    final List<HeapStatus> published = new CopyOnWriteArrayList<>();
    ActorRef<HeapPressure.Command> pressure;

    /** A round that the test answers. */
    record PlayedRound(ReclaimRequest request, CompletableFuture<ReclaimReport> answer) {
        boolean isBackground() {
            return request.flags().contains(ReclaimFlag.BACKGROUND);
        }

        boolean isLossless() {
            return request.flags().contains(ReclaimFlag.LOSSLESS_ONLY);
        }

        boolean isCancelled() {
            return request.cancellation().orElseThrow().isCancelled();
        }

        long bytes() {
            return request.bytes().orElseThrow();
        }
    }

    @BeforeAll
    static void startSystem() {
        testKit = ActorTestKit.create("spec", ManualTime.config().withFallback(ConfigFactory.load()));
        time = ManualTime.get(testKit.system());
    }

    @AfterAll
    static void stopSystem() {
        testKit.shutdownTestKit();
    }

    @AfterEach
    void stopActor() {
        testKit.stop(pressure, PATIENCE);
        statuses.stop();
    }

    void start() {
        start(true, 0);
    }

    void startWithFloor() {
        start(true, 0.1);
    }

    void start(boolean hasRounds, double floor) {
        HeapPressureSettings settings = new HeapPressureSettings(
                hasRounds, MARKS, floor, SAMPLE, RETRY_MIN, RETRY_MAX, Duration.ofSeconds(5), Duration.ofSeconds(1));
        pressure = testKit.spawn(HeapPressure.create(heap, settings, new PlayedReclaimer(), published::add));
        status();
    }

    HeapStatus status() {
        pressure.tell(new HeapPressure.GetStatus(statuses.getRef()));
        return statuses.receiveMessage(PATIENCE);
    }

    /** Reports a collection of all garbage that left {@code bytes} in use. */
    HeapStatus live(long bytes) {
        heap.report(new HeapReading(CollectionScope.ALL, heap.next(), 0, LIMIT, 0, bytes));
        return status();
    }

    HeapStatus young(long inUse) {
        heap.report(new HeapReading(CollectionScope.YOUNG, heap.next(), 100_000, inUse, 0, inUse));
        return status();
    }

    /** Answers a round. */
    HeapStatus answer(int round, RoundOutcome outcome, long freedObjects, long freed) {
        return answer(round, outcome, freedObjects, freed, 0);
    }

    HeapStatus answer(int round, RoundOutcome outcome, long freedObjects, long freed, long freedAtOnce) {
        heap.next();
        freedBytes.addAndGet(freed - freedAtOnce);
        rounds.get(round).answer().complete(report(outcome, freedObjects, freed, freedAtOnce));
        return status();
    }

    /** Fails a round, as when it is refused. */
    HeapStatus fail(int round) {
        rounds.get(round).answer().completeExceptionally(new IllegalStateException("refused"));
        return status();
    }

    static ReclaimReport report(RoundOutcome outcome, long freedObjects, long freed, long freedAtOnce) {
        return new FakeReclaimReport(
                CgroupPath.root(),
                outcome,
                freedObjects,
                freed,
                freedAtOnce,
                freedObjects,
                1,
                0,
                12,
                12,
                Duration.ofMillis(1),
                List.of(),
                0,
                Map.of());
    }

    /** Answers a count. */
    HeapStatus counted(int count, long bytes) {
        return counted(count, bytes, 0);
    }

    HeapStatus counted(int count, long bytes, long unsizedObjects) {
        counts.get(count)
                .complete(new FakeCountReport(
                        CgroupPath.root(),
                        RoundOutcome.DONE,
                        bytes / 1_000,
                        bytes,
                        List.of(),
                        1,
                        Duration.ofMillis(1),
                        List.of(),
                        0,
                        Map.of(),
                        unsizedObjects));
        return status();
    }

    void passes(Duration duration) {
        time.timePasses(duration);
        status();
    }

    private final class PlayedReclaimer implements HeapReclaimer {
        @Override
        public ReclaimRequest request() {
            return ReclaimRequest.everywhere();
        }

        @Override
        public CompletionStage<ReclaimReport> reclaim(ReclaimRequest request) {
            PlayedRound round = new PlayedRound(request, new CompletableFuture<>());
            rounds.add(round);
            return round.answer();
        }

        @Override
        public CompletionStage<CountReport> count(ReclaimRequest request) {
            CompletableFuture<CountReport> answer = new CompletableFuture<>();
            counts.add(answer);
            return answer;
        }

        @Override
        public long freedBytes() {
            return freedBytes.get();
        }

        @Override
        public boolean hasLossless() {
            return lossless.get();
        }
    }

    static final class PlayedHeap implements Heap {
        final AtomicInteger watchers = new AtomicInteger();
        final AtomicInteger watches = new AtomicInteger();
        final AtomicBoolean isBroken = new AtomicBoolean();
        volatile long usedBytes = LIMIT;
        private volatile long uptimeMillis = 1_000;
        private volatile Consumer<HeapReading> listener = reading -> {};

        @Override
        public long limitBytes() {
            return LIMIT;
        }

        @Override
        public long usedBytes() {
            if (isBroken.get()) {
                throw new IllegalStateException("broken");
            }
            return usedBytes;
        }

        @Override
        public long uptimeMillis() {
            return uptimeMillis;
        }

        @Override
        public Runnable watch(Consumer<HeapReading> newListener) {
            watchers.incrementAndGet();
            listener = newListener;
            watches.incrementAndGet();
            return watchers::decrementAndGet;
        }

        void report(HeapReading reading) {
            listener.accept(reading);
        }

        /** Lets some time pass. */
        long next() {
            passes(10);
            return uptimeMillis;
        }

        void passes(long millis) {
            long later = uptimeMillis + millis;
            uptimeMillis = later;
        }
    }
}
