package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimReport.Outcome;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.testkit.FakeCountReport;
import io.reclaimer.testkit.FakeReclaimReport;
import io.reclaimer.testkit.Threads;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The test plays the heap and the rounds of the actor. Messages of the test arrive in order, so the answer to a status
 * request shows that all earlier ones are handled. Time passes only by calls of the test.
 */
class HeapPressureTest {

    private static final long LIMIT = 1_000_000;

    /** The watermarks are 100,000 (min), 200,000 (low) and 300,000 (high) bytes free. */
    private static final Watermarks MARKS = new Watermarks(0.1, 0.2, 0.3);

    private static final Duration RETRY_MIN = Duration.ofMillis(100);
    private static final Duration RETRY_MAX = Duration.ofMillis(450);
    private static final Duration LOOK = Duration.ofMillis(40);

    private final ActorTestKit testKit =
            ActorTestKit.create("spec", ManualTime.config().withFallback(ConfigFactory.load()));
    private final ManualTime time = ManualTime.get(testKit.system());
    private final TestProbe<HeapStatus> statuses = testKit.createTestProbe();
    private final ManualHeap heap = new ManualHeap();
    private final List<Asked> rounds = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<CountReport>> counts = new CopyOnWriteArrayList<>();
    private final AtomicBoolean lossless = new AtomicBoolean();
    private final AtomicLong freedBytes = new AtomicLong();
    private final List<HeapStatus> published = new CopyOnWriteArrayList<>();
    private ActorRef<HeapPressure.Command> pressure;

    /** A round that the test answers. */
    private record Asked(ReclaimRequest request, CompletableFuture<ReclaimReport> answer) {
        boolean isBackground() {
            return request.flags().contains(ReclaimFlag.BACKGROUND);
        }

        boolean isCancelled() {
            return request.cancellation().orElseThrow().isCancelled();
        }

        long bytes() {
            return request.bytes().orElseThrow();
        }
    }

    @AfterEach
    void stop() {
        testKit.shutdownTestKit();
    }

    @Test
    void withoutACollectionNothingIsStarted() {
        start();
        heap.usedBytes = LIMIT;
        time.timePasses(LOOK.multipliedBy(100));
        assertThat(status().state()).isEqualTo(PressureState.NONE);
        assertThat(rounds).isEmpty();
    }

    @Test
    void aboveLowNothingIsStarted() {
        start();
        live(800_000);
        assertThat(status().state()).isEqualTo(PressureState.NONE);
        assertThat(rounds).isEmpty();
    }

    @Test
    void belowLowABackgroundRoundStarts() {
        start();
        live(800_001);
        assertThat(status().state()).isEqualTo(PressureState.LOW);
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
        live(900_001);
        assertThat(status().state()).isEqualTo(PressureState.MIN);
        assertThat(rounds).singleElement().satisfies(round -> {
            assertThat(round.isBackground()).isFalse();
            assertThat(round.request().within()).contains(Duration.ofSeconds(1));
            assertThat(round.bytes()).isPositive();
        });
    }

    @Test
    void roundsGoOnUntilHighWithoutACollection() {
        start();
        live(850_000);
        answer(0, Outcome.MET, 50, 100_000);
        assertThat(status().state()).isEqualTo(PressureState.LOW);
        assertThat(rounds).hasSize(2);
        answer(1, Outcome.MET, 25, 50_000);
        assertThat(status().state()).isEqualTo(PressureState.NONE);
        assertThat(rounds).hasSize(2);
    }

    /** The bytes that the first round freed are not requested again. */
    @Test
    void roundIsForWhatIsMissingNow() {
        start();
        live(850_000);
        answer(0, Outcome.MET, 50, 100_000);
        status();
        assertThat(rounds.get(1).bytes()).isEqualTo(50_000);
    }

    @Test
    void oneBackgroundRoundAtATime() {
        start();
        for (int i = 0; i < 5; i++) {
            live(850_000 + i);
        }
        status();
        assertThat(rounds).hasSize(1);
    }

    @Test
    void oneDirectRoundAtATimeAndNoBackgroundOneBesideIt() {
        start();
        live(950_000);
        live(960_000);
        live(850_000);
        status();
        assertThat(rounds).hasSize(1);
        answer(0, Outcome.DEADLINE, 1, 1_000);
        status();
        assertThat(rounds).hasSize(2);
        assertThat(rounds.get(1).isBackground()).isTrue();
    }

    @Test
    void directRoundEndsTheBackgroundOne() {
        start();
        live(850_000);
        live(950_000);
        status();
        assertThat(rounds).hasSize(2);
        assertThat(rounds.get(0).isCancelled()).isTrue();
        assertThat(rounds.get(1).isBackground()).isFalse();
        assertThat(rounds.get(1).isCancelled()).isFalse();
    }

    /** A round that was cancelled shows nothing about the bytes that could be freed. */
    @Test
    void cancelledRoundThatFreedNothingStartsNoRest() {
        start();
        live(850_000);
        live(950_000);
        answer(0, Outcome.CANCELLED, 0, 0);
        answer(1, Outcome.MET, 10, 50_000);
        status();
        assertThat(rounds).hasSize(3);
    }

    @Test
    void underPressureRoundsBecomeDirectAndBackgroundAgain() {
        start();
        live(950_000);
        answer(0, Outcome.MET, 100, 100_000);
        assertThat(status().state()).isEqualTo(PressureState.LOW);
        assertThat(rounds.get(1).isBackground()).isTrue();
    }

    @Test
    void afterARoundThatFreedNothingTheNextOneWaits() {
        start();
        live(850_000);
        answer(0, Outcome.DONE, 0, 0);
        status();
        assertThat(rounds).hasSize(1);
        passes(RETRY_MIN.minusMillis(1));
        assertThat(rounds).hasSize(1);
        passes(Duration.ofMillis(1));
        assertThat(rounds).hasSize(2);
    }

    @Test
    void restDoublesUpToItsMaximum() {
        start();
        live(850_000);
        int started = 1;
        for (int millis : new int[] {100, 200, 400, 450, 450}) {
            answer(started - 1, Outcome.DONE, 0, 0);
            passes(Duration.ofMillis(millis - 1));
            assertThat(rounds).as("before %d ms", millis).hasSize(started);
            passes(Duration.ofMillis(1));
            started++;
            assertThat(rounds).as("after %d ms", millis).hasSize(started);
        }
    }

    @Test
    void roundThatFreedEndsTheDoubling() {
        start();
        live(950_000);
        answer(0, Outcome.DONE, 0, 0);
        passes(RETRY_MIN);
        answer(1, Outcome.DONE, 0, 0);
        passes(RETRY_MIN.multipliedBy(2));
        answer(2, Outcome.MET, 1, 1_000);
        answer(3, Outcome.DONE, 0, 0);
        passes(RETRY_MIN.minusMillis(1));
        assertThat(rounds).hasSize(4);
        passes(Duration.ofMillis(1));
        assertThat(rounds).hasSize(5);
    }

    /** All priorities were tried, and the target was not met. */
    @Test
    void roundThatFellShortStartsARest() {
        start();
        live(850_000);
        answer(0, Outcome.SHORT, 10, 10_000);
        status();
        assertThat(rounds).hasSize(1);
        passes(RETRY_MIN);
        assertThat(rounds).hasSize(2);
    }

    @Test
    void roundThatFreedUntilItsDeadlineIsFollowedAtOnce() {
        start();
        live(850_000);
        answer(0, Outcome.DEADLINE, 10, 10_000);
        status();
        assertThat(rounds).hasSize(2);
    }

    @Test
    void collectionEndsTheRest() {
        start();
        live(850_000);
        answer(0, Outcome.DONE, 0, 0);
        status();
        assertThat(rounds).hasSize(1);
        live(850_000);
        status();
        assertThat(rounds).hasSize(2);
        answer(1, Outcome.DONE, 0, 0);
        passes(RETRY_MIN);
        assertThat(rounds).as("the first rest's end").hasSize(2);
        passes(RETRY_MIN);
        assertThat(rounds).hasSize(3);
    }

    @Test
    void restThatEndsWithoutPressureStartsNothing() {
        start();
        live(850_000);
        answer(0, Outcome.DONE, 0, 0);
        heap.usedBytes = 100_000;
        passes(RETRY_MIN.multipliedBy(2));
        assertThat(status().state()).isEqualTo(PressureState.NONE);
        assertThat(rounds).hasSize(1);
    }

    @Test
    void roundThatIsRefusedStartsARest() {
        start();
        live(850_000);
        status();
        rounds.get(0).answer().completeExceptionally(new IllegalStateException("refused"));
        assertThat(status().rounds()).isZero();
        assertThat(rounds).hasSize(1);
        passes(RETRY_MIN);
        assertThat(rounds).hasSize(2);
    }

    @Test
    void lookEndsPressureButNeverStartsARound() {
        start();
        live(850_000);
        heap.usedBytes = 600_000;
        passes(LOOK);
        assertThat(status().state()).isEqualTo(PressureState.NONE);
        assertThat(status().liveBytes()).isEqualTo(600_000);
        heap.usedBytes = LIMIT;
        passes(LOOK.multipliedBy(20));
        assertThat(status().state()).isEqualTo(PressureState.NONE);
        assertThat(rounds).hasSize(1);
    }

    @Test
    void withRoundsOffTheHeapIsOnlyWatched() {
        start(settings(false));
        live(950_000);
        assertThat(status().state()).isEqualTo(PressureState.MIN);
        assertThat(status().liveBytes()).isEqualTo(950_000);
        passes(RETRY_MAX.multipliedBy(3));
        assertThat(rounds).isEmpty();
    }

    @Test
    void statusSumsUpWhatWasDone() {
        start();
        heap.usedBytes = 990_000;
        live(950_000);
        answer(0, Outcome.MET, 100, 100_000);
        answer(1, Outcome.MET, 30, 60_000);
        live(600_000);
        assertThat(status())
                .isEqualTo(new HeapSnapshot(
                        PressureState.NONE, LIMIT, 990_000, 600_000, 0, 950_000, 2, 2, 1, 130, 160_000, 0, 0));
    }

    @Test
    void creditIsWhatWasFreedAndNotCollectedYet() {
        start();
        live(850_000);
        answer(0, Outcome.MET, 100, 160_000);
        assertThat(status().creditBytes()).isEqualTo(160_000);
        assertThat(status().liveBytes()).isEqualTo(690_000);
        live(690_000);
        assertThat(status().creditBytes()).isZero();
        assertThat(status().liveBytes()).isEqualTo(690_000);
    }

    @Test
    void everyChangeAndEveryLookIsPublished() {
        start();
        assertThat(published).hasSize(1);
        live(850_000);
        assertThat(status()).isEqualTo(published.get(1));
        answer(0, Outcome.MET, 100, 160_000);
        assertThat(status()).isEqualTo(published.get(2));
        heap.usedBytes = 123_456;
        passes(LOOK);
        assertThat(published).hasSize(4).last().satisfies(status -> {
            assertThat(status.usedBytes()).isEqualTo(123_456);
            assertThat(status).isEqualTo(status());
        });
    }

    @Test
    void roundThatTellsOfAShutdownEndsIt() {
        start();
        TestProbe<Object> watcher = testKit.createTestProbe();
        live(850_000);
        status();
        assertThat(heap.watchers).hasValue(1);
        answer(0, Outcome.SHUTDOWN, 0, 0);
        watcher.expectTerminated(pressure, Duration.ofSeconds(60));
        assertThat(heap.watchers).hasValue(0);
        assertThat(rounds).hasSize(1);
    }

    @Test
    void whenItStopsItsListenerIsRemoved() {
        start();
        assertThat(heap.watchers).hasValue(1);
        testKit.stop(pressure, Duration.ofSeconds(60));
        assertThat(heap.watchers).hasValue(0);
    }

    /** The actor restarts after its back-off, with one listener, and rounds continue. */
    @Test
    void afterAFaultItBeginsAnewWithOneListener() {
        start();
        live(850_000);
        status();
        heap.isBroken.set(true);
        LoggingTestKit.error("broken").expect(testKit.system(), () -> {
            time.timePasses(LOOK);
            return null;
        });
        heap.isBroken.set(false);
        // The back-off begins after the fault is logged, so the time that has to pass is unknown.
        Threads.until(() -> {
            time.timePasses(RETRY_MIN);
            return heap.watches.get() == 2;
        });
        assertThat(heap.watchers).hasValue(1);
        live(850_000);
        assertThat(status().collections()).isEqualTo(1);
        assertThat(rounds).hasSizeGreaterThan(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = CollectionScope.class,
            names = {"YOUNG", "SOME_OLD", "MIXED"})
    void collectionThatCannotTellHasCachesCounted(CollectionScope scope) {
        start();
        heap.tell(new HeapReading(scope, heap.next(), 100_000, 790_000, 0, 890_000));
        assertThat(status().state()).isEqualTo(PressureState.NONE);
        assertThat(counts).hasSize(1);
        counted(0, 850_000);
        assertThat(status().state()).isEqualTo(PressureState.LOW);
        assertThat(status().peakLiveBytes()).isEqualTo(850_000);
        assertThat(rounds).hasSize(1);
    }

    @Test
    void cachesAreNotCountedAgainBeforeThatIsAnsweredAndAWhileHasPassed() {
        start();
        young(890_000);
        status();
        heap.passes(10_000);
        young(890_000);
        status();
        assertThat(counts).as("The first one is under way").hasSize(1);
        counted(0, 100_000);
        young(890_000);
        status();
        assertThat(counts).hasSize(2);
        counted(1, 110_000);
        young(890_000);
        status();
        assertThat(counts).as("It is too soon").hasSize(2);
        heap.passes(200);
        young(890_000);
        status();
        assertThat(counts).hasSize(3);
    }

    @Test
    void countThatFailsChangesNothing() {
        start();
        young(890_000);
        status();
        counts.get(0).completeExceptionally(new IllegalStateException("planted by the test"));
        assertThat(status().liveBytes()).isZero();
        Threads.until(() -> {
            heap.passes(200);
            young(890_000);
            status();
            return counts.size() == 2;
        });
        counted(1, 850_000);
    }

    /** Caches are not asked while there is no pressure in sight. */
    @Test
    void cachesAreNotCountedWhileLittleIsInUse() {
        start();
        young(100_000);
        status();
        counted(0, 10_000);
        for (int i = 0; i < 10; i++) {
            heap.passes(1_000);
            young(700_000);
        }
        status();
        assertThat(counts).hasSize(1);
    }

    /** Rounds by hand, or of another member of a cluster. */
    @Test
    void whatRoundsOfOthersFreedIsCredited() {
        start();
        live(790_000);
        status();
        heap.next();
        freedBytes.addAndGet(100_000);
        live(850_000);
        assertThat(status().liveBytes()).isEqualTo(850_000);
        heap.next();
        freedBytes.addAndGet(50_000);
        passes(LOOK);
        assertThat(status().liveBytes()).isEqualTo(800_000);
        assertThat(status().creditBytes()).isEqualTo(50_000);
    }

    @Test
    void backgroundRoundsLeaveCachesTheirFloor() {
        start(settings(0.1));
        live(850_000);
        assertThat(status().state()).isEqualTo(PressureState.LOW);
        assertThat(rounds).as("It waits for no count").hasSize(1);
        held(0, 100_000);
        Threads.until(() -> status().heldBytes() == 100_000);
        answer(0, Outcome.MET, 10, 10_240);
        Threads.until(() -> rounds.size() == 2);
        assertThat(rounds.get(1).bytes()).isEqualTo(90_000 - 10_240);
    }

    @Test
    void backgroundRoundTakesLittleBeforeCachesAreCounted() {
        start(settings(0.1));
        live(850_000);
        answer(0, Outcome.MET, 1, 1_000);
        Threads.until(() -> rounds.size() == 2);
        assertThat(rounds.get(1).bytes()).as("Not all that is wanted").isEqualTo(LIMIT / 128);
    }

    /**
     * A fifth of the bytes in caches is wanted; priority 2 asks for a quarter. Then it is a third; priority 1 asks for
     * half.
     */
    @Test
    void roundStartsThreePassesBeforeTheOneThatAsksForEnough() {
        start(settings(0.1));
        live(850_000);
        status();
        held(0, 800_000);
        Threads.until(() -> status().heldBytes() == 800_000);
        assertThat(rounds.get(0).request().priority())
                .as("Before caches are counted")
                .isEqualTo(12);
        answer(0, Outcome.MET, 1, 1);
        Threads.until(() -> rounds.size() == 2);
        assertThat(rounds.get(1).bytes()).isEqualTo(149_999);
        assertThat(rounds.get(1).request().priority()).isEqualTo(2 + 3);
        live(950_000);
        Threads.until(() -> rounds.size() == 3);
        assertThat(rounds.get(2).isBackground()).isFalse();
        assertThat(rounds.get(2).bytes()).isEqualTo(250_000);
        assertThat(rounds.get(2).request().priority()).isEqualTo(1 + 3);
    }

    @Test
    void whatLosesNothingIsAskedFirst() {
        lossless.set(true);
        start();
        live(850_000);
        status();
        assertThat(losslessRounds()).containsExactly(true);
        assertThat(rounds.get(0).isBackground()).isTrue();
        assertThat(rounds.get(0).bytes()).isEqualTo(150_000);
        answer(0, Outcome.SHORT, 10, 30_000);
        Threads.until(() -> rounds.size() == 2);
        assertThat(losslessRounds()).containsExactly(true, false);
        assertThat(rounds.get(1).bytes()).isEqualTo(120_000);
        assertThat(status().ineffectiveRounds()).isZero();
        answer(1, Outcome.MET, 10, 100_000);
        Threads.until(() -> rounds.size() == 3);
        assertThat(losslessRounds()).as("Something may have come since").containsExactly(true, false, true);
    }

    @Test
    void nothingElseIsAskedWhereThatIsEnough() {
        lossless.set(true);
        start();
        live(850_000);
        answer(0, Outcome.MET, 10, 150_000);
        assertThat(status().state()).isEqualTo(PressureState.NONE);
        assertThat(rounds).hasSize(1);
    }

    /** The round may be late, and an allocation is waiting for the memory. */
    @Test
    void directRoundForWhatLosesNothingHasAPartOfTheTime() {
        lossless.set(true);
        start();
        live(950_000);
        status();
        assertThat(losslessRounds()).containsExactly(true);
        assertThat(rounds.get(0).isBackground()).isFalse();
        assertThat(rounds.get(0).request().within()).contains(Duration.ofMillis(250));
        answer(0, Outcome.DEADLINE, 0, 0);
        Threads.until(() -> rounds.size() == 2);
        assertThat(losslessRounds()).containsExactly(true, false);
        assertThat(rounds.get(1).request().within()).contains(Duration.ofSeconds(1));
    }

    @Test
    void failureOfARoundForWhatLosesNothingIsNoRoundInVain() {
        lossless.set(true);
        start();
        live(850_000);
        status();
        rounds.get(0).answer().completeExceptionally(new IllegalStateException("refused"));
        Threads.until(() -> rounds.size() == 2);
        assertThat(losslessRounds()).containsExactly(true, false);
        assertThat(status().ineffectiveRounds()).isZero();
    }

    /** A round fails when the system shuts down, for example. The next one still waits. */
    @Test
    void roundThatFailsIsNotInVain() {
        start();
        live(850_000);
        status();
        LoggingTestKit.warn("in vain").withOccurrences(0).expect(testKit.system(), () -> {
            rounds.get(0).answer().completeExceptionally(new IllegalStateException("refused"));
            passes(RETRY_MIN.dividedBy(2));
            return null;
        });
        assertThat(status().ineffectiveRounds()).isZero();
        assertThat(rounds).hasSize(1);
        Threads.until(() -> {
            passes(RETRY_MIN);
            return rounds.size() == 2;
        });
    }

    private List<Boolean> losslessRounds() {
        return rounds.stream()
                .map(round -> round.request().flags().contains(ReclaimFlag.LOSSLESS_ONLY))
                .toList();
    }

    /** Besides 100,000 bytes of known size, there are 750,000 bytes in 100 objects: at most 7,500 each. */
    @Test
    void objectsOfUnknownSizeAreTakenForTheMostThatTheyCanBe() {
        start(settings(0.1));
        live(850_000);
        status();
        counts.get(0).complete(countReport(100_000 + 100 * 1_024, 100));
        Threads.until(() -> status().heldBytes() == 850_000);
        answer(0, Outcome.MET, 1, 1_000);
        Threads.until(() -> rounds.size() == 2);
        assertThat(unknownBytes(1)).isEqualTo(7_500);
        assertThat(rounds.get(1).bytes()).isEqualTo(149_000);
    }

    /** A collection shows that fewer bytes were freed than estimated. */
    @Test
    void objectsOfUnknownSizeAreTakenForSmallerOnesWhereTooLittleWasFreed() {
        start(settings(0.1));
        live(850_000);
        status();
        counts.get(0).complete(countReport(100 * 1_024, 100));
        Threads.until(() -> status().heldBytes() == 850_000);
        answer(0, Outcome.MET, 1, 1_000);
        Threads.until(() -> rounds.size() == 2);
        assertThat(unknownBytes(1)).isEqualTo(8_500);
        answer(1, Outcome.MET, 18, 149_000);
        heap.passes(1_000);
        live(840_000);
        Threads.until(() -> rounds.size() == 3);
        assertThat(unknownBytes(2)).isLessThanOrEqualTo(4_250);
    }

    @Test
    void directRoundTakesObjectsOfUnknownSizeForSmallOnes() {
        start(settings(0.1));
        live(950_000);
        status();
        assertThat(unknownBytes(0)).isEqualTo(1_024);
    }

    private long unknownBytes(int round) {
        return rounds.get(round).request().unknownObjectBytes();
    }

    @Test
    void directRoundTakesTheFloorAndWaitsForNoCount() {
        start(settings(0.1));
        live(950_000);
        status();
        assertThat(rounds).hasSize(1);
    }

    /** If the live bytes are outside of caches, caches are not emptied further with each collection. */
    @Test
    void roundThatLeavesNothingButTheFloorIsInVain() {
        start(settings(0.1));
        live(850_000);
        status();
        held(0, 100_000);
        Threads.until(() -> status().heldBytes() == 100_000);
        LoggingTestKit.warn("in vain: [0] of [0] MiB").withOccurrences(1).expect(testKit.system(), () -> {
            answer(0, Outcome.MET, 88, 90_000);
            Threads.until(() -> status().ineffectiveRounds() == 1);
            for (int i = 1; i < 20; i++) {
                heap.passes(1_000);
                live(760_000);
                status();
                if (i < counts.size()) {
                    held(i, 10_000);
                }
            }
            return null;
        });
        assertThat(rounds).as("There is nothing above the floor").hasSize(1);
        assertThat(status().ineffectiveRounds()).isPositive();
    }

    @Test
    void collectionDoesNotEndTheRestAfterMoreThanOneRoundInVain() {
        start();
        live(850_000);
        answer(0, Outcome.SHORT, 0, 0);
        status();
        live(850_000);
        status();
        assertThat(rounds).hasSize(2);
        answer(1, Outcome.SHORT, 0, 0);
        Threads.until(() -> status().ineffectiveRounds() == 2);
        live(850_000);
        status();
        assertThat(rounds).hasSize(2);
        passes(RETRY_MIN.multipliedBy(2));
        assertThat(rounds).hasSize(3);
    }

    @Test
    void directRoundDoesNotWaitForTheEndOfARest() {
        start();
        live(850_000);
        answer(0, Outcome.SHORT, 0, 0);
        live(850_000);
        answer(1, Outcome.SHORT, 0, 0);
        Threads.until(() -> status().ineffectiveRounds() == 2);
        live(950_000);
        status();
        assertThat(rounds).hasSize(3);
        assertThat(rounds.get(2).isBackground()).isFalse();
    }

    @Test
    void changesOfThePressureAreLoggedButNotEachOfMany() {
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

    private void held(int count, long bytes) {
        counts.get(count).complete(countReport(bytes));
    }

    private static HeapPressureSettings settings(double floor) {
        return new HeapPressureSettings(
                true, MARKS, floor, LOOK, RETRY_MIN, RETRY_MAX, Duration.ofSeconds(5), Duration.ofSeconds(1));
    }

    private void young(long inUse) {
        heap.tell(new HeapReading(CollectionScope.YOUNG, heap.next(), 100_000, inUse, 0, inUse));
    }

    /** Answers a count, and returns when the actor has handled the answer. */
    private void counted(int count, long bytes) {
        held(count, bytes);
        Threads.until(() -> status().liveBytes() == bytes);
    }

    private static CountReport countReport(long bytes) {
        return countReport(bytes, 0);
    }

    private static CountReport countReport(long bytes, long unsizedObjects) {
        return new FakeCountReport(
                CgroupPath.root(),
                Outcome.DONE,
                bytes / 1_000,
                bytes,
                List.of(),
                1,
                Duration.ofMillis(1),
                List.of(),
                0,
                Map.of(),
                unsizedObjects);
    }

    private void start() {
        start(settings(true));
    }

    private void start(HeapPressureSettings settings) {
        pressure = testKit.spawn(HeapPressure.create(
                heap,
                settings,
                ReclaimRequest.everywhere(),
                this::reclaim,
                this::count,
                freedBytes::get,
                lossless::get,
                published::add));
        status();
    }

    private CompletionStage<CountReport> count(ReclaimRequest request) {
        CompletableFuture<CountReport> answer = new CompletableFuture<>();
        counts.add(answer);
        return answer;
    }

    private CompletionStage<ReclaimReport> reclaim(ReclaimRequest request) {
        Asked asked = new Asked(request, new CompletableFuture<>());
        rounds.add(asked);
        return asked.answer();
    }

    /** Reports a collection of all garbage that left {@code bytes} in use. */
    private void live(long bytes) {
        heap.tell(new HeapReading(CollectionScope.ALL, heap.next(), 0, LIMIT, 0, bytes));
    }

    /** Answers a round, after the actor has started it. */
    private void answer(int round, Outcome outcome, long freedObjects, long freedBytes) {
        status();
        heap.next();
        this.freedBytes.addAndGet(freedBytes);
        rounds.get(round)
                .answer()
                .complete(new FakeReclaimReport(
                        CgroupPath.root(),
                        outcome,
                        freedObjects,
                        freedBytes,
                        0,
                        freedObjects,
                        1,
                        0,
                        12,
                        12,
                        Duration.ofMillis(1),
                        List.of(),
                        0,
                        Map.of()));
    }

    private HeapStatus status() {
        pressure.tell(new HeapPressure.GetStatus(statuses.getRef()));
        return statuses.receiveMessage(Duration.ofSeconds(60));
    }

    private void passes(Duration duration) {
        status();
        time.timePasses(duration);
        status();
    }

    private static HeapPressureSettings settings(boolean rounds) {
        return new HeapPressureSettings(
                rounds, MARKS, 0, LOOK, RETRY_MIN, RETRY_MAX, Duration.ofSeconds(5), Duration.ofSeconds(1));
    }

    private static final class ManualHeap implements Heap {
        private final AtomicInteger watchers = new AtomicInteger();
        private final AtomicInteger watches = new AtomicInteger();
        private final AtomicBoolean isBroken = new AtomicBoolean();
        private volatile long usedBytes = LIMIT;
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

        void tell(HeapReading reading) {
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
