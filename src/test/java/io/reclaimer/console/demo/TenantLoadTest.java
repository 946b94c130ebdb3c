package io.reclaimer.console.demo;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ReclaimerState;
import io.reclaimer.shrinker.ShrinkerKind;
import io.reclaimer.shrinker.ShrinkerObjects;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The actor of a load with a real reclaimer. It runs by the real clock, so tests wait for its effects. */
class TenantLoadTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create()
            .expectActor("$*")
            .with(Workload.DEFAULTS.root().render());

    private final OutOfMemoryExit outOfMemory = new OutOfMemoryExit(3, "out of memory", () -> {});
    private long lastKey;
    private final TenantLoad.Traffic traffic = new TenantLoad.Traffic(() -> ++lastKey, Pace.USUAL);

    @Test
    void theActorOfATenantIsTheShrinkerOfItsSessions() {
        startAndEnd(registered(), Tenant.WEB);
        assertThat(kit.state().shrinkers())
                .filteredOn(shrinker -> shrinker.spec().name().equals("sessions-web"))
                .singleElement()
                .satisfies(shrinker -> assertThat(shrinker.kind()).isEqualTo(ShrinkerKind.ACTOR));
    }

    /** Each key is new, so each look-up adds a page or a session. */
    @Test
    void pagesAndSessionsAreReclaimedInTheCgroupOfTheTenant() {
        TenantCaches caches = startAndEnd(registered(), Tenant.WEB);
        kit.settle();
        ReclaimReport report =
                kit.reclaim(ReclaimRequest.in("/shop/web").onNodes(0).startingAt(0));
        assertThat(report.freedObjects()).isEqualTo(caches.hits().now().lookups());
        assertThat(report.largest())
                .extracting(ShrinkerObjects::shrinker)
                .containsExactlyInAnyOrder("pages-web", "sessions-web");
    }

    @Test
    void eachLoadedPageTookABufferAndReturnedIt() {
        NodeCaches node = registered();
        TenantCaches caches = startAndEnd(node, Tenant.BATCH);
        assertThat(node.buffers().leased()).isZero();
        assertThat(node.buffers().free()).isBetween(1L, caches.hits().now().lookups() / 2);
    }

    @Test
    void withoutAReclaimContextNothingIsReclaimed() {
        NodeCaches node = NodeCaches.unregistered();
        TenantCaches caches = startAndEnd(node, Tenant.ORM);
        assertThat(kit.state().shrinkers()).isEmpty();
        assertThat(node.buffers().free()).isZero();
        assertThat(caches.pages().estimatedSize()).isEqualTo(caches.hits().now().lookups() / 2);
    }

    @Test
    void endIsAnsweredEachTimeAndNoRequestComesAfterIt() {
        TenantCaches caches = NodeCaches.unregistered().of(Tenant.WEB);
        ActorRef<TenantLoad.Command> load = start(caches);
        end(load);
        long lookups = caches.hits().now().lookups();
        end(load);
        assertThat(caches.hits().now().lookups()).isEqualTo(lookups);
    }

    private NodeCaches registered() {
        return NodeCaches.registered(kit.reclaimer());
    }

    private TenantCaches startAndEnd(NodeCaches node, Tenant tenant) {
        TenantCaches caches = node.of(tenant);
        ActorRef<TenantLoad.Command> load = start(caches);
        Threads.until(() -> caches.reclaim().isEmpty() || isRegistered(caches));
        end(load);
        return caches;
    }

    private ActorRef<TenantLoad.Command> start(TenantCaches caches) {
        ActorRef<TenantLoad.Command> load = kit.testKit().spawn(TenantLoad.create(caches, traffic, outOfMemory));
        Threads.until(() -> caches.hits().now().lookups() > 0);
        return load;
    }

    private boolean isRegistered(TenantCaches caches) {
        return kit.state().shrinkers().stream()
                .anyMatch(shrinker -> shrinker.phase() == ReclaimerState.Phase.REGISTERED
                        && shrinker.spec().name().equals(caches.sessionsSpec().name()));
    }

    private void end(ActorRef<TenantLoad.Command> load) {
        TestProbe<TenantLoad.Ended> probe = kit.testKit().createTestProbe();
        load.tell(new TenantLoad.End(probe.ref()));
        assertThat(probe.receiveMessage(PATIENCE).load()).isEqualTo(load);
    }
}
