package io.reclaimer.console;

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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Time and answers are the test's. */
class BufferRoundsTest {

    private static final int NODE = 1;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final ActorTestKit testKit =
            ActorTestKit.create("spec", ManualTime.config().withFallback(ConfigFactory.load()));
    private final ManualTime time = ManualTime.get(testKit.system());
    private final TestProbe<Asked> rounds = testKit.createTestProbe();
    private ActorRef<BufferRounds.Command> actor;

    private record Asked(ReclaimRequest request, CompletableFuture<ReclaimReport> answer) {}

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
        time.timePasses(BufferRounds.INTERVAL.minusMillis(1));
        rounds.expectNoMessage();
        for (int second = 1; second <= 3; second++) {
            time.timePasses(second == 1 ? Duration.ofMillis(1) : BufferRounds.INTERVAL);
            Asked asked = rounds.receiveMessage(PATIENCE);
            assertThat(asked.request().nodes()).containsExactly(NODE);
            assertThat(asked.request().cgroup()).isEqualTo(CgroupPath.root());
            assertThat(asked.request().isAlone()).isFalse();
            assertThat(asked.request().flags()).containsExactly(ReclaimFlag.BACKGROUND);
            assertThat(asked.request().objects()).isEmpty();
            asked.answer().complete(report(Outcome.DONE));
        }
    }

    @Test
    void whileOneIsUnderWayNoOtherStarts() {
        time.timePasses(BufferRounds.INTERVAL);
        Asked first = rounds.receiveMessage(PATIENCE);
        time.timePasses(BufferRounds.INTERVAL.multipliedBy(5));
        rounds.expectNoMessage();
        first.answer().complete(report(Outcome.DEADLINE));
        time.timePasses(BufferRounds.INTERVAL);
        rounds.receiveMessage(PATIENCE);
    }

    @Test
    void refusalIsLoggedAndTheNextOneIsTried() {
        time.timePasses(BufferRounds.INTERVAL);
        Asked first = rounds.receiveMessage(PATIENCE);
        LoggingTestKit.warn("not given up now")
                .expect(
                        testKit.system(),
                        () -> first.answer()
                                .completeExceptionally(new ReclaimerException(
                                        ReclaimerException.Reason.TOO_MANY_ROUNDS, "refused by the test")));
        time.timePasses(BufferRounds.INTERVAL);
        rounds.receiveMessage(PATIENCE);
    }

    @Test
    void shutdownOfTheReclaimerEndsItWithoutAWord() {
        LoggingTestKit.empty()
                .withLogLevel(org.slf4j.event.Level.WARN)
                .withOccurrences(0)
                .expect(testKit.system(), () -> {
                    time.timePasses(BufferRounds.INTERVAL);
                    rounds.receiveMessage(PATIENCE)
                            .answer()
                            .completeExceptionally(new CompletionException(new ReclaimerException(
                                    ReclaimerException.Reason.SHUTTING_DOWN, "ended by the test")));
                    rounds.expectTerminated(actor, PATIENCE);
                    return null;
                });
    }

    @Test
    void roundThatAShutdownEndedIsTheLast() {
        time.timePasses(BufferRounds.INTERVAL);
        rounds.receiveMessage(PATIENCE).answer().complete(report(Outcome.SHUTDOWN));
        rounds.expectTerminated(actor, PATIENCE);
    }

    private CompletionStage<ReclaimReport> reclaim(ReclaimRequest request) {
        Asked asked = new Asked(request, new CompletableFuture<>());
        rounds.ref().tell(asked);
        return asked.answer();
    }

    private static ReclaimReport report(Outcome outcome) {
        return new ReclaimReport(
                CgroupPath.root(), outcome, 0, 0, 0, 0, 0, 0, 2, 2, Duration.ofMillis(1), List.of(), 0, Map.of());
    }
}
