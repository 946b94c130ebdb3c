package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterReport;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.MemberPressure;
import io.reclaimer.pressure.HeapStatus;
import io.reclaimer.pressure.PressureState;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Time, pressure and answers are the test's. */
class SurgeRoundsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final ActorTestKit testKit =
            ActorTestKit.create("spec", ManualTime.config().withFallback(ConfigFactory.load()));
    private final ManualTime time = ManualTime.get(testKit.system());
    private final TestProbe<Asked> rounds = testKit.createTestProbe();
    private final TestProbe<String> printed = testKit.createTestProbe();
    private volatile boolean isShort = true;
    private final ActorRef<SurgeRounds.Command> actor = testKit.spawn(SurgeRounds.create(
            this::reclaim, () -> isShort, () -> Tenant.ORM, lines -> lines.forEach(printed.ref()::tell)));

    private record Asked(ReclaimRequest request, CompletableFuture<ClusterReport> answer) {}

    @AfterEach
    void stop() {
        testKit.shutdownTestKit();
    }

    @Test
    void whileThisMemberIsShortTheSurgingTenantPaysOnAll() {
        time.timePasses(SurgeRounds.INTERVAL);
        Asked asked = rounds.receiveMessage(PATIENCE);
        assertThat(asked.request().cgroup()).isEqualTo(CgroupPath.of("/shop/orm"));
        assertThat(asked.request().objects()).hasValue(SurgeRounds.OBJECTS);
        // One at a time.
        time.timePasses(SurgeRounds.INTERVAL);
        rounds.expectNoMessage();
        asked.answer().complete(report());
        assertThat(printed.receiveMessage(PATIENCE))
                .isEqualTo("  cluster: /shop/orm surges; asked for 2,000 objects, freed 1,500 (short) in 3.5 ms:"
                        + " 10.0.0.1:1 1,500, 10.0.0.2:1 0 unreachable");
        time.timePasses(SurgeRounds.INTERVAL);
        rounds.receiveMessage(PATIENCE);
    }

    @Test
    void otherwiseNobodyIsAsked() {
        isShort = false;
        time.timePasses(SurgeRounds.INTERVAL.multipliedBy(3));
        rounds.expectNoMessage();
    }

    @Test
    void failureIsSaidAndTheNextSecondIsAnotherTry() {
        time.timePasses(SurgeRounds.INTERVAL);
        Asked asked = rounds.receiveMessage(PATIENCE);
        LoggingTestKit.warn("No round over the cluster on [/shop/orm]")
                .expect(testKit.system(), () -> asked.answer().completeExceptionally(new IllegalStateException("no")));
        time.timePasses(SurgeRounds.INTERVAL);
        rounds.receiveMessage(PATIENCE);
    }

    @Test
    void endsWithTheReclaimer() {
        time.timePasses(SurgeRounds.INTERVAL);
        TestProbe<Object> watcher = testKit.createTestProbe();
        rounds.receiveMessage(PATIENCE)
                .answer()
                .completeExceptionally(new CompletionException(
                        new ReclaimerException(ReclaimerException.Reason.SHUTTING_DOWN, "over")));
        watcher.expectTerminated(actor, PATIENCE);
    }

    @Test
    void pressureIsFeltWhereARoundWasNeededSinceTheLastLook() {
        HeapStatus[] now = {heap(PressureState.NONE, 0)};
        Felt felt = new Felt(() -> now[0]);
        assertThat(felt.getAsBoolean()).isFalse();
        now[0] = heap(PressureState.NONE, 2);
        assertThat(felt.getAsBoolean()).isTrue();
        assertThat(felt.getAsBoolean()).isFalse();
        now[0] = heap(PressureState.LOW, 2);
        assertThat(felt.getAsBoolean()).isTrue();
    }

    private CompletionStage<ClusterReport> reclaim(ReclaimRequest request) {
        CompletableFuture<ClusterReport> answer = new CompletableFuture<>();
        rounds.ref().tell(new Asked(request, answer));
        return answer;
    }

    private static HeapStatus heap(PressureState state, long rounds) {
        return new HeapStatus(state, 100, 50, 40, 0, 60, 3, rounds, 0, 10, 1_000, 0, 0);
    }

    private static ClusterReport report() {
        return new ClusterReport(
                CgroupPath.of("/shop/orm"),
                ClusterReport.Outcome.SHORT,
                1_500,
                0,
                Duration.ofNanos(3_500_000),
                List.of(
                        member("10.0.0.1:1", MemberOutcome.DONE, 1_500),
                        member("10.0.0.2:1", MemberOutcome.UNREACHABLE, 0)));
    }

    private static ClusterReport.Member member(String name, MemberOutcome outcome, long freed) {
        return new ClusterReport.Member(
                name,
                outcome,
                Optional.of(MemberPressure.NONE),
                5_000,
                2_000,
                freed,
                0,
                Duration.ZERO,
                Optional.empty(),
                false);
    }
}
