package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The pressure, the status and the lifecycle of the actor. */
class HeapPressureTest extends HeapPressureFixture {

    @Test
    void withoutACollectionNothingIsStarted() {
        start();
        heap.usedBytes = LIMIT;
        time.timePasses(SAMPLE.multipliedBy(100));
        assertThat(status().state()).isEqualTo(PressureState.NONE);
        assertThat(rounds).isEmpty();
    }

    @Test
    void aboveLowNothingIsStarted() {
        start();
        assertThat(live(800_000).state()).isEqualTo(PressureState.NONE);
        assertThat(rounds).isEmpty();
    }

    @Test
    void belowLowABackgroundRoundStarts() {
        start();
        assertThat(live(800_001).state()).isEqualTo(PressureState.LOW);
        assertThat(rounds).singleElement().satisfies(round -> {
            assertThat(round.isBackground()).isTrue();
            assertThat(round.request().cgroup()).isEqualTo(CgroupPath.root());
            assertThat(round.request().isWithoutDescendants()).isFalse();
            assertThat(round.request().within()).contains(Duration.ofSeconds(5));
            assertThat(round.bytes()).isPositive();
        });
    }

    @Test
    void belowMinADirectRoundStarts() {
        start();
        assertThat(live(900_001).state()).isEqualTo(PressureState.MIN);
        assertThat(rounds).singleElement().satisfies(round -> {
            assertThat(round.isBackground()).isFalse();
            assertThat(round.request().within()).contains(Duration.ofSeconds(1));
            assertThat(round.bytes()).isPositive();
        });
    }

    @Test
    void sampleEndsPressureButNeverStartsARound() {
        start();
        live(850_000);
        heap.usedBytes = 600_000;
        passes(SAMPLE);
        assertThat(status().state()).isEqualTo(PressureState.NONE);
        assertThat(status().liveBytes()).isEqualTo(600_000);
        heap.usedBytes = LIMIT;
        passes(SAMPLE.multipliedBy(20));
        assertThat(status().state()).isEqualTo(PressureState.NONE);
        assertThat(rounds).hasSize(1);
    }

    @Test
    void withRoundsOffTheHeapIsOnlyWatched() {
        start(false, 0);
        assertThat(live(950_000).state()).isEqualTo(PressureState.MIN);
        assertThat(status().liveBytes()).isEqualTo(950_000);
        passes(RETRY_MAX.multipliedBy(3));
        assertThat(rounds).isEmpty();
    }

    @Test
    void statusHasTheSums() {
        start();
        heap.usedBytes = 990_000;
        live(950_000);
        answer(0, RoundOutcome.TARGET_REACHED, 100, 100_000);
        answer(1, RoundOutcome.TARGET_REACHED, 30, 60_000);
        live(600_000);
        assertThat(status())
                .isEqualTo(new HeapSnapshot(
                        PressureState.NONE, LIMIT, 990_000, 600_000, 0, 950_000, 2, 2, 1, 130, 160_000, 0, 0));
    }

    @Test
    void creditIsTheBytesFreedAndNotCollectedYet() {
        start();
        live(850_000);
        assertThat(answer(0, RoundOutcome.TARGET_REACHED, 100, 160_000).creditBytes())
                .isEqualTo(160_000);
        assertThat(status().liveBytes()).isEqualTo(690_000);
        assertThat(live(690_000).creditBytes()).isZero();
        assertThat(status().liveBytes()).isEqualTo(690_000);
    }

    /** Bytes freed without a collection, such as memory outside of the heap. */
    @Test
    void bytesFreedAtOnceAreNotCredited() {
        start();
        live(850_000);
        answer(0, RoundOutcome.TARGET_REACHED, 100, 160_000, 60_000);
        assertThat(status().creditBytes()).isEqualTo(100_000);
        assertThat(status().liveBytes()).isEqualTo(750_000);
        assertThat(status().freedBytes()).isEqualTo(160_000);
    }

    /** Rounds by hand, or of another member of a cluster. */
    @Test
    void bytesThatRoundsOfOthersFreedAreCredited() {
        start();
        live(790_000);
        heap.next();
        freedBytes.addAndGet(100_000);
        assertThat(live(850_000).liveBytes()).isEqualTo(850_000);
        heap.next();
        freedBytes.addAndGet(50_000);
        passes(SAMPLE);
        assertThat(status().liveBytes()).isEqualTo(800_000);
        assertThat(status().creditBytes()).isEqualTo(50_000);
    }

    @Test
    void everyChangeAndEverySampleIsPublished() {
        start();
        assertThat(published).hasSize(1);
        live(850_000);
        assertThat(status()).isEqualTo(published.get(1));
        answer(0, RoundOutcome.TARGET_REACHED, 100, 160_000);
        assertThat(status()).isEqualTo(published.get(2));
        heap.usedBytes = 123_456;
        passes(SAMPLE);
        assertThat(published).hasSize(4).last().satisfies(status -> {
            assertThat(status.usedBytes()).isEqualTo(123_456);
            assertThat(status).isEqualTo(status());
        });
    }

    @Test
    void roundThatReportsAShutdownStopsTheActor() {
        start();
        TestProbe<Object> watcher = testKit.createTestProbe();
        live(850_000);
        assertThat(heap.watchers).hasValue(1);
        rounds.get(0).answer().complete(report(RoundOutcome.SHUTDOWN, 0, 0, 0));
        watcher.expectTerminated(pressure, PATIENCE);
        assertThat(heap.watchers).hasValue(0);
        assertThat(rounds).hasSize(1);
    }

    @Test
    void actorThatStopsRemovesItsListener() {
        start();
        assertThat(heap.watchers).hasValue(1);
        testKit.stop(pressure, PATIENCE);
        assertThat(heap.watchers).hasValue(0);
    }

    /** The actor restarts after its back-off, with one listener, and rounds continue. */
    @Test
    void actorThatFailsRestartsWithOneListener() {
        start();
        live(850_000);
        heap.isBroken.set(true);
        LoggingTestKit.error("broken").expect(testKit.system(), () -> {
            time.timePasses(SAMPLE);
            return null;
        });
        heap.isBroken.set(false);
        // The back-off begins after the fault is logged, so the time that has to pass is unknown.
        Threads.until(() -> {
            time.timePasses(RETRY_MIN);
            return heap.watches.get() == 2;
        });
        assertThat(heap.watchers).hasValue(1);
        assertThat(live(850_000).collections()).isEqualTo(1);
        assertThat(rounds).hasSizeGreaterThan(1);
    }

    @Test
    void changesOfThePressureAreLoggedAtALimitedRate() {
        start();
        LoggingTestKit.info("Heap pressure [").withOccurrences(1).expect(testKit.system(), () -> {
            for (int i = 0; i < 10; i++) {
                live(850_000);
                live(600_000);
            }
            status();
            return null;
        });
        LoggingTestKit.info("Heap pressure [MIN]").withOccurrences(1).expect(testKit.system(), () -> {
            live(950_000);
            status();
            return null;
        });
    }
}
