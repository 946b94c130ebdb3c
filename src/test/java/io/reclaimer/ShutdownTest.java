package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.HeldVisit;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Coordinated shutdown ends rounds and frees shrinkers. */
class ShutdownTest {

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create()
            .with("akka.coordinated-shutdown.phases.before-actor-system-terminate.timeout = 60s\n"
                    + "reclaimer.round-deadline = 60s");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup();

    @Test
    void roundUnderWayIsAnsweredAndTheShrinkerFreedWhenItsVisitHasEnded() {
        Gate gate = new Gate();
        Scripted pages = Scripted.stuck(10, gate);
        HeldVisit visit = HeldVisit.begin(kit, kit.register(spec, pages), gate, "/a");
        CompletionStage<Done> shutdown = shutDown();
        assertThat(kit.await(visit.round()).outcome()).isEqualTo(RoundOutcome.SHUTDOWN);
        assertThat(shutdown.toCompletableFuture()).isNotDone();
        gate.open();
        kit.await(shutdown);
        assertThat(pages.calls).hasSize(2);
    }

    @Test
    void requestsAreRefusedWhileItShutsDown() {
        HeldVisit visit = HeldVisit.begin(kit, spec, "/a");
        CompletionStage<Done> shutdown = shutDown();
        kit.await(visit.round());
        assertThat(kit.refusal(kit.reclaimer().reclaim(ReclaimRequest.everywhere()))
                        .reason())
                .isEqualTo(Reason.SHUTTING_DOWN);
        // Shrinkers are freed after the last round has answered.
        List<CompletionStage<?>> allocations = new ArrayList<>();
        Threads.until(() -> {
            CompletionStage<ShrinkerHandle> allocation = kit.reclaimer().allocate(spec, Scripted.endless(1));
            allocations.add(allocation);
            try {
                return kit.await(allocation) == null;
            } catch (ReclaimerException e) {
                return e.reason() == Reason.SHUTTING_DOWN;
            }
        });
        visit.end();
        kit.await(shutdown);
    }

    @Test
    void shutdownWithNothingToDoIsDone() {
        kit.register(spec, Scripted.endless(1));
        kit.allocate(spec, Scripted.endless(1));
        kit.await(shutDown());
    }

    /** Every request after the end is refused, and none stays open. */
    @Test
    void requestsAfterTheEndFail() {
        Reclaimer reclaimer = kit.reclaimer();
        ShrinkerHandle handle = kit.register(spec, Scripted.endless(1));
        Cgroup a = kit.online("/a");
        kit.await(shutDown());
        handle.setBit(a, 0);
        List<CompletionStage<?>> stages = List.of(
                reclaimer.reclaim(ReclaimRequest.everywhere()),
                reclaimer.allocate(spec, Scripted.endless(1)),
                reclaimer.online("/b"),
                reclaimer.offline("/a"),
                reclaimer.state(),
                handle.free());
        for (CompletionStage<?> stage : stages) {
            assertThat(stage.handle((value, thrown) -> thrown == null ? value : unwrapped(thrown))
                            .toCompletableFuture())
                    .succeedsWithin(Duration.ofSeconds(60))
                    .isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void systemsInOneJvmDoNotSeeEachOther() {
        try (ReclaimerTestSystem other = ReclaimerTestSystem.start("")) {
            Cache mine = Cache.registerIn(kit, "/a", ShrinkerSpec.named("mine").byCgroup(), 10);
            Cache theirs =
                    Cache.registerIn(other, "/a", ShrinkerSpec.named("theirs").byCgroup(), 10);
            assertThat(mine.handle().id()).isEqualTo(theirs.handle().id());
            assertThat(other.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects())
                    .isEqualTo(10);
            assertThat(mine.table().objects()).isEqualTo(10);
            assertThat(kit.state().shrinkers())
                    .extracting(shrinker -> shrinker.spec().name())
                    .containsExactly("mine");
            kit.online("/b");
            assertThat(other.state().cgroups()).hasSize(2);
        }
        assertThat(kit.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects())
                .isEqualTo(10);
    }

    @Test
    void thereIsOneReclaimerASystem() {
        assertThat(Reclaimer.get(kit.system())).isSameAs(kit.reclaimer());
    }

    private CompletionStage<Done> shutDown() {
        return CoordinatedShutdown.get(kit.system()).runAll(CoordinatedShutdown.unknownReason());
    }

    private static Throwable unwrapped(Throwable thrown) {
        return thrown instanceof CompletionException ? thrown.getCause() : thrown;
    }
}
