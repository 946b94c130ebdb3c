package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.ShardingEnvelope;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.adapter.ShardedEntities.StopQuestion;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.ReclaimerTestSystem;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sharded entities, with rounds of a real reclaimer. */
class ShardedEntitiesRoundTest {

    private static final Duration PATIENCE = ShardedCluster.PATIENCE;
    private static final ShrinkerSpec SPEC =
            ShrinkerSpec.named("carts").objectBytes(10_000).callDeadline(PATIENCE.plusMinutes(1));

    private static ReclaimerTestSystem kit;

    @BeforeAll
    static void form() {
        kit = ShardedCluster.start(ShardedCluster.WITH_LIMIT);
    }

    @AfterAll
    static void leave() {
        kit.stop();
    }

    @AfterEach
    void checkNothingLeft() {
        kit.check();
    }

    @Test
    void roundStopsTheEntitiesThatMayStop() {
        ShardedEntities<Command> carts =
                ShardedEntities.start(kit.system(), "carts", Optional.of(MayStop::new), PATIENCE, PATIENCE);
        ActorRef<ShardingEnvelope<Command>> region = ClusterSharding.get(kit.system())
                .init(Entity.of(
                                EntityTypeKey.create(Command.class, "carts"),
                                entity -> carts.track(
                                        entity, cart(entity.getEntityId().startsWith("busy"))))
                        .withStopMessage(new Stop()));
        ShrinkerHandle handle = kit.await(carts.register(kit.reclaimer(), SPEC));
        for (int i = 0; i < 50; i++) {
            ping(region, "cart" + i);
            ping(region, "busy" + i);
        }
        ReclaimReport report =
                kit.reclaim(ReclaimRequest.everywhere().startingAt(0).within(PATIENCE.plusMinutes(5)));
        assertThat(report.freedObjects()).isEqualTo(50);
        assertThat(report.freedBytes()).isEqualTo(500_000);
        for (int i = 0; i < 50; i++) {
            ping(region, "cart" + i);
        }
        kit.await(handle.free());
    }

    @Test
    void roundLowersTheLimitOfARegion() {
        ActorRef<ShardingEnvelope<Command>> region = ClusterSharding.get(kit.system())
                .init(Entity.of(EntityTypeKey.create(Command.class, "limited"), entity -> cart(false))
                        .withStopMessage(new Stop()));
        for (int i = 0; i < 100; i++) {
            ping(region, "cart" + i);
        }
        ShardedLimit.Settings settings = new ShardedLimit.Settings(1000, 1, PATIENCE, PATIENCE, PATIENCE);
        ShrinkerHandle handle =
                kit.await(kit.reclaimer().register(SPEC, kit.testKit().spawn(ShardedLimit.create(region, settings))));
        ReclaimReport report =
                kit.reclaim(ReclaimRequest.everywhere().startingAt(0).within(PATIENCE.plusMinutes(5)));
        assertThat(report.freedObjects()).isBetween(90L, 96L);
        kit.await(handle.free());
    }

    sealed interface Command {}

    record Ping(ActorRef<String> replyTo) implements Command {}

    record MayStop(StopQuestion question) implements Command {}

    record Stop() implements Command {}

    private static Behavior<Command> cart(boolean busy) {
        return Behaviors.receive(Command.class)
                .onMessage(Ping.class, ping -> {
                    ping.replyTo().tell("pong");
                    return Behaviors.same();
                })
                .onMessage(MayStop.class, ask -> {
                    if (busy) {
                        ask.question().busy();
                    } else {
                        ask.question().stop();
                    }
                    return Behaviors.same();
                })
                .onMessage(Stop.class, stop -> Behaviors.stopped())
                .build();
    }

    private static void ping(ActorRef<ShardingEnvelope<Command>> region, String id) {
        TestProbe<String> probe = kit.testKit().createTestProbe();
        region.tell(new ShardingEnvelope<>(id, new Ping(probe.ref())));
        probe.expectMessage(PATIENCE, "pong");
    }
}
