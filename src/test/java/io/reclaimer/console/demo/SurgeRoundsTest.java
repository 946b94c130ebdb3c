package io.reclaimer.console.demo;

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
import io.reclaimer.testkit.FakeHeapStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The test controls the time, the pressure and the reports. */
class SurgeRoundsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final ActorTestKit testKit =
            ActorTestKit.create("spec", ManualTime.config().withFallback(ConfigFactory.load()));
    private final ManualTime time = ManualTime.get(testKit.system());
    private final TestProbe<Requested> rounds = testKit.createTestProbe();
    private final TestProbe<ClusterReport> printed = testKit.createTestProbe();
    private volatile boolean underPressure = true;
    private final ActorRef<PeriodicRounds.Command> actor = testKit.spawn(
            SurgeRounds.create(this::reclaim, () -> underPressure, () -> Tenant.ORM, printed.ref()::tell));

    private record Requested(ReclaimRequest request, CompletableFuture<ClusterReport> report) {}

    @AfterEach
    void stop() {
        testKit.shutdownTestKit();
    }

    @Test
    void underPressureTheSurgingTenantIsReclaimedOnAllMembers() {
        time.timePasses(PeriodicRounds.INTERVAL);
        Requested requested = rounds.receiveMessage(PATIENCE);
        assertThat(requested.request().cgroup()).isEqualTo(CgroupPath.of("/shop/orm"));
        assertThat(requested.request().objects()).hasValue(SurgeRounds.OBJECTS);
        // One at a time.
        time.timePasses(PeriodicRounds.INTERVAL);
        rounds.expectNoMessage();
        requested.report().complete(report());
        assertThat(printed.receiveMessage(PATIENCE)).isEqualTo(report());
        time.timePasses(PeriodicRounds.INTERVAL);
        rounds.receiveMessage(PATIENCE);
    }

    @Test
    void withoutPressureNoRoundIsRequested() {
        underPressure = false;
        time.timePasses(PeriodicRounds.INTERVAL.multipliedBy(3));
        rounds.expectNoMessage();
    }

    @Test
    void failureIsLoggedAndTheNextRoundIsTried() {
        time.timePasses(PeriodicRounds.INTERVAL);
        Requested requested = rounds.receiveMessage(PATIENCE);
        LoggingTestKit.warn("Round [/shop/orm over the cluster] failed")
                .expect(
                        testKit.system(),
                        () -> requested.report().completeExceptionally(new IllegalStateException("no")));
        time.timePasses(PeriodicRounds.INTERVAL);
        rounds.receiveMessage(PATIENCE);
    }

    @Test
    void endsWithTheReclaimer() {
        time.timePasses(PeriodicRounds.INTERVAL);
        TestProbe<Object> watcher = testKit.createTestProbe();
        rounds.receiveMessage(PATIENCE)
                .report()
                .completeExceptionally(new CompletionException(
                        new ReclaimerException(ReclaimerException.Reason.SHUTTING_DOWN, "over")));
        watcher.expectTerminated(actor, PATIENCE);
    }

    @Test
    void aRoundSinceThePreviousPollIsPressure() {
        HeapStatus[] now = {heap(PressureState.NONE, 0)};
        SurgeRounds.PressureDetector detector = new SurgeRounds.PressureDetector(() -> now[0]);
        assertThat(detector.poll()).isFalse();
        now[0] = heap(PressureState.NONE, 2);
        assertThat(detector.poll()).isTrue();
        assertThat(detector.poll()).isFalse();
        now[0] = heap(PressureState.LOW, 2);
        assertThat(detector.poll()).isTrue();
    }

    private CompletionStage<ClusterReport> reclaim(ReclaimRequest request) {
        CompletableFuture<ClusterReport> report = new CompletableFuture<>();
        rounds.ref().tell(new Requested(request, report));
        return report;
    }

    private static HeapStatus heap(PressureState state, long rounds) {
        return new FakeHeapStatus(state, 100, 50, 40, 0, 60, 3, rounds, 0, 10, 1_000, 0, 0);
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
