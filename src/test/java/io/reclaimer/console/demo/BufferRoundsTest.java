package io.reclaimer.console.demo;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimReport.Outcome;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.testkit.FakeReclaimReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The test controls the time and the reports. */
class BufferRoundsTest {

    private static final int NODE = 1;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final ActorTestKit testKit =
            ActorTestKit.create("spec", ManualTime.config().withFallback(ConfigFactory.load()));
    private final ManualTime time = ManualTime.get(testKit.system());
    private final TestProbe<Requested> rounds = testKit.createTestProbe();
    private ActorRef<PeriodicRounds.Command> actor;

    private record Requested(ReclaimRequest request, CompletableFuture<ReclaimReport> report) {}

    @BeforeEach
    void spawn() {
        actor = testKit.spawn(BufferRounds.create(this::reclaim, NODE));
    }

    @AfterEach
    void stop() {
        testKit.shutdownTestKit();
    }

    @Test
    void onceASecondThereIsABackgroundPassOverTheNodeOfTheBuffers() {
        time.timePasses(PeriodicRounds.INTERVAL.minusMillis(1));
        rounds.expectNoMessage();
        for (int second = 1; second <= 3; second++) {
            time.timePasses(second == 1 ? Duration.ofMillis(1) : PeriodicRounds.INTERVAL);
            Requested requested = rounds.receiveMessage(PATIENCE);
            assertThat(requested.request().nodes()).containsExactly(NODE);
            assertThat(requested.request().cgroup()).isEqualTo(CgroupPath.root());
            assertThat(requested.request().isWithoutDescendants()).isFalse();
            assertThat(requested.request().flags()).containsExactly(ReclaimFlag.BACKGROUND);
            assertThat(requested.request().objects()).isEmpty();
            requested.report().complete(report(Outcome.DONE));
        }
    }

    @Test
    void whileOneIsUnderWayNoOtherStarts() {
        time.timePasses(PeriodicRounds.INTERVAL);
        Requested first = rounds.receiveMessage(PATIENCE);
        time.timePasses(PeriodicRounds.INTERVAL.multipliedBy(5));
        rounds.expectNoMessage();
        first.report().complete(report(Outcome.DEADLINE));
        time.timePasses(PeriodicRounds.INTERVAL);
        rounds.receiveMessage(PATIENCE);
    }

    @Test
    void refusalIsLoggedAndTheNextRoundIsTried() {
        time.timePasses(PeriodicRounds.INTERVAL);
        Requested first = rounds.receiveMessage(PATIENCE);
        LoggingTestKit.warn("Round [free direct buffers] failed")
                .expect(
                        testKit.system(),
                        () -> first.report()
                                .completeExceptionally(new ReclaimerException(
                                        ReclaimerException.Reason.TOO_MANY_ROUNDS, "refused by the test")));
        time.timePasses(PeriodicRounds.INTERVAL);
        rounds.receiveMessage(PATIENCE);
    }

    @Test
    void shutdownOfTheReclaimerEndsItWithoutAWarning() {
        LoggingTestKit.empty()
                .withLogLevel(org.slf4j.event.Level.WARN)
                .withOccurrences(0)
                .expect(testKit.system(), () -> {
                    time.timePasses(PeriodicRounds.INTERVAL);
                    rounds.receiveMessage(PATIENCE)
                            .report()
                            .completeExceptionally(new CompletionException(new ReclaimerException(
                                    ReclaimerException.Reason.SHUTTING_DOWN, "ended by the test")));
                    rounds.expectTerminated(actor, PATIENCE);
                    return null;
                });
    }

    @Test
    void roundThatAShutdownEndedIsTheLast() {
        time.timePasses(PeriodicRounds.INTERVAL);
        rounds.receiveMessage(PATIENCE).report().complete(report(Outcome.SHUTDOWN));
        rounds.expectTerminated(actor, PATIENCE);
    }

    private CompletionStage<ReclaimReport> reclaim(ReclaimRequest request) {
        Requested requested = new Requested(request, new CompletableFuture<>());
        rounds.ref().tell(requested);
        return requested.report();
    }

    private static ReclaimReport report(Outcome outcome) {
        return new FakeReclaimReport(
                CgroupPath.root(), outcome, 0, 0, 0, 0, 0, 0, 2, 2, Duration.ofMillis(1), List.of(), 0, Map.of());
    }
}
