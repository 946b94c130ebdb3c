package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.ShrinkerMessage;
import io.reclaimer.adapter.PageStore.Command;
import io.reclaimer.adapter.PageStore.Crash;
import io.reclaimer.adapter.PageStore.Stop;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Actors that hold a reclaimable state, with rounds of a real reclaimer. */
class ReclaimableRoundTest {

    private static final Duration PATIENCE = ShrinkerCaller.PATIENCE;

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create().expectActor("$*");

    private final CompletableFuture<ShrinkerHandle> registered = new CompletableFuture<>();

    @Test
    void roundFreesWhatAnActorHolds() {
        ActorRef<Command> store = registered(PageStore.create(factory()));
        PageStore.put(store, 1000);
        ReclaimReport report =
                kit.reclaim(ReclaimRequest.everywhere().objects(100).startingAt(4));
        assertThat(report.outcome()).isEqualTo(ReclaimReport.Outcome.MET);
        assertThat(report.freedBytes()).isEqualTo(report.freedObjects() * 10);
        assertThat(size(store)).isEqualTo(1000 - report.freedObjects());
        assertThat(kit.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects())
                .isEqualTo(1000 - report.freedObjects());
        assertThat(size(store)).isZero();
    }

    @Test
    void actorOfACgroupIsFoundByItsBitAndFollowsToTheParent() {
        kit.online("/shop");
        ActorRef<Command> store = registered(PageStore.create(factory().in(kit.online("/shop/web"))));
        PageStore.put(store, 10);
        assertThat(size(store)).isEqualTo(10);
        kit.settle();
        assertThat(kit.pass("/shop/web", 0, 0).freedObjects()).isEqualTo(10);
        kit.pass("/shop/web", 0, 0);
        assertThat(kit.state("/shop/web", 0).bits()).isEmpty();
        PageStore.put(store, 7);
        assertThat(size(store)).isEqualTo(7);
        kit.offline("/shop/web");
        assertThat(kit.pass("/shop", 0, 0).freedObjects()).isEqualTo(7);
        PageStore.put(store, 3);
        assertThat(size(store)).isEqualTo(3);
        kit.settle();
        assertThat(kit.pass("/shop", 0, 0).freedObjects()).isEqualTo(3);
    }

    @Test
    void restartKeepsTheShrinker() {
        Cgroup shop = kit.online("/shop");
        ActorRef<Command> store = registered(PageStore.supervised(PageStore.create(factory().in(shop))));
        PageStore.put(store, 10);
        store.tell(new Crash());
        PageStore.put(store, 4);
        assertThat(size(store)).isEqualTo(4);
        kit.settle();
        assertThat(kit.state().shrinkers()).hasSize(1);
        assertThat(kit.pass("/shop", 0, 0).freedObjects()).isEqualTo(4);
    }

    @Test
    void stopFreesTheShrinker() {
        ActorRef<Command> store = registered(PageStore.create(factory()));
        PageStore.put(store, 10);
        store.tell(new Stop());
        TestProbe<Object> probe = kit.testKit().createTestProbe();
        probe.expectTerminated(store, PATIENCE);
        // The reclaimer sees the end of the actor when the probe does, and does not report the end of its work.
        probe.awaitAssert(PATIENCE, () -> {
            assertThat(kit.state().shrinkers()).isEmpty();
            return null;
        });
        assertThat(kit.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects())
                .isZero();
    }

    private ReclaimableActor<ReclaimableMap<Integer, String>> factory() {
        return ReclaimableActor.of(ShrinkerSpec.named("pages"), () -> new ReclaimableMap<Integer, String>().weigher(value -> 10))
                .registeredBy(this::register);
    }

    private CompletionStage<ShrinkerHandle> register(
            ActorSystem<?> system, ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker) {
        CompletableFuture<ShrinkerHandle> toActor = new CompletableFuture<>();
        Reclaimer.get(system).register(spec, shrinker).thenAccept(handle -> {
            toActor.complete(handle);
            registered.complete(handle);
        });
        return toActor;
    }

    /** Spawns an actor and waits until it has its registration, at the latest when its start is over. */
    private ActorRef<Command> registered(Behavior<Command> behavior) {
        ActorRef<Command> store = kit.testKit().spawn(behavior);
        kit.await(registered);
        size(store);
        return store;
    }

    private long size(ActorRef<Command> store) {
        return PageStore.size(kit, store);
    }
}
