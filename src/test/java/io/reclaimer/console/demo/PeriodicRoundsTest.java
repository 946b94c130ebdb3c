package io.reclaimer.console.demo;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterReport;
import io.reclaimer.console.Samples;
import io.reclaimer.pressure.HeapStatus;
import io.reclaimer.pressure.PressureState;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.testkit.FakeReclaimReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;

/**
 * {@link BufferRounds} and {@link SurgeRounds}. A test controls the time, the pressure and the reports. The tests share
 * an actor system, and each has an actor of its own.
 */
class PeriodicRoundsTest {

    private static final int NODE = 1;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static ActorTestKit testKit;
    private static ManualTime time;

    private final TestProbe<Requested> rounds = testKit.createTestProbe();
    private final TestProbe<ClusterReport> printed = testKit.createTestProbe();
    private volatile boolean underPressure = true;
    private ActorRef<PeriodicRounds.Command> actor;

    private record Requested(ReclaimRequest request, CompletableFuture<Object> report) {
        void fail(ReclaimerException.Reason reason) {
            report.completeExceptionally(
                    new CompletionException(new ReclaimerException(reason, "refused by the test")));
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
        if (actor != null) {
            testKit.stop(actor, PATIENCE);
        }
    }

    @Test
    void onceASecondThereIsABackgroundPassOverTheNodeOfTheBuffers() {
        spawn("buffers");
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
            requested.report().complete(report(RoundOutcome.DONE));
        }
    }

    @Test
    void underPressureTheSurgingTenantIsReclaimedOnAllMembers() {
        spawn("surge");
        Requested requested = nextRound();
        assertThat(requested.request().cgroup()).isEqualTo(CgroupPath.of("/shop/orm"));
        assertThat(requested.request().objects()).hasValue(SurgeRounds.OBJECTS);
        requested.report().complete(Samples.surge());
        assertThat(printed.receiveMessage(PATIENCE)).isEqualTo(Samples.surge());
    }

    @Test
    void withoutPressureNoRoundIsRequestedForTheSurgingTenant() {
        underPressure = false;
        spawn("surge");
        time.timePasses(PeriodicRounds.INTERVAL.multipliedBy(3));
        rounds.expectNoMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"buffers", "surge"})
    void whileARoundIsUnderWayNoOtherStarts(String kind) {
        spawn(kind);
        Requested first = nextRound();
        time.timePasses(PeriodicRounds.INTERVAL.multipliedBy(5));
        rounds.expectNoMessage();
        first.report().complete(kind.equals("surge") ? Samples.surge() : report(RoundOutcome.DEADLINE));
        nextRound();
    }

    @ParameterizedTest
    @ValueSource(strings = {"buffers", "surge"})
    void failureIsLoggedAndTheNextRoundIsTried(String kind) {
        spawn(kind);
        Requested first = nextRound();
        String name = kind.equals("surge") ? "/shop/orm over the cluster" : "free direct buffers";
        LoggingTestKit.warn("Round [" + name + "] failed").expect(testKit.system(), () -> {
            first.fail(ReclaimerException.Reason.TOO_MANY_ROUNDS);
            return null;
        });
        nextRound();
    }

    @ParameterizedTest
    @ValueSource(strings = {"buffers", "surge"})
    void shutdownOfTheReclaimerEndsTheRoundsWithoutAWarning(String kind) {
        spawn(kind);
        LoggingTestKit.empty().withLogLevel(Level.WARN).withOccurrences(0).expect(testKit.system(), () -> {
            nextRound().fail(ReclaimerException.Reason.SHUTTING_DOWN);
            rounds.expectTerminated(actor, PATIENCE);
            return null;
        });
    }

    @Test
    void roundThatAShutdownEndedIsTheLast() {
        spawn("buffers");
        nextRound().report().complete(report(RoundOutcome.SHUTDOWN));
        rounds.expectTerminated(actor, PATIENCE);
    }

    @Test
    void aRoundSinceThePreviousPollIsPressure() {
        HeapStatus[] now = {Samples.heap(PressureState.NONE, 0)};
        SurgeRounds.PressureDetector detector = new SurgeRounds.PressureDetector(() -> now[0]);
        assertThat(detector.poll()).isFalse();
        now[0] = Samples.heap(PressureState.NONE, 2);
        assertThat(detector.poll()).isTrue();
        assertThat(detector.poll()).isFalse();
        now[0] = Samples.heap(PressureState.LOW, 2);
        assertThat(detector.poll()).isTrue();
    }

    private void spawn(String kind) {
        actor = testKit.spawn(
                kind.equals("surge")
                        ? SurgeRounds.create(
                                request -> this.<ClusterReport>reclaim(request),
                                () -> underPressure,
                                () -> Tenant.ORM,
                                printed.ref()::tell)
                        : BufferRounds.create(request -> this.<ReclaimReport>reclaim(request), NODE));
    }

    /** Lets the interval pass, and returns the round that is requested then. */
    private Requested nextRound() {
        time.timePasses(PeriodicRounds.INTERVAL);
        return rounds.receiveMessage(PATIENCE);
    }

    @SuppressWarnings("unchecked") // a test completes each round with a report of its kind
    private <T> CompletionStage<T> reclaim(ReclaimRequest request) {
        CompletableFuture<Object> report = new CompletableFuture<>();
        rounds.ref().tell(new Requested(request, report));
        return report.thenApply(object -> (T) object);
    }

    private static ReclaimReport report(RoundOutcome outcome) {
        return new FakeReclaimReport(
                CgroupPath.root(), outcome, 0, 0, 0, 0, 0, 0, 2, 2, Duration.ofMillis(1), List.of(), 0, Map.of());
    }
}
