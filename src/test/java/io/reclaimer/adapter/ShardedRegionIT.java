package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.ShardingEnvelope;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.ShrinkerMessage;
import io.reclaimer.adapter.ShardedCart.Command;
import io.reclaimer.adapter.ShardedCart.Stop;
import io.reclaimer.adapter.ShardedLimit.Settings;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.ReclaimerTestSystem;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@link ShardedLimit} with real regions. */
class ShardedRegionIT {

    private static final Duration PATIENCE = ShrinkerCaller.PATIENCE;

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
    void entitiesStopWhenTheLimitIsLowered() {
        ActorRef<ShardingEnvelope<Command>> region = region("stopping", true);
        pingAll(region, 100);
        ShrinkerCaller limit = caller(region, PATIENCE);
        // Each of the four shards keeps one entity.
        assertThat(limit.count()).isEqualTo(96);
        long freed = limit.scan(20);
        assertThat(freed).isBetween(17L, 20L);
        freed += limit.scan(50);
        assertThat(freed).isBetween(64L, 70L);
        ShrinkerCaller fresh = caller(region, PATIENCE);
        assertThat(fresh.count()).isEqualTo(96 - freed);
        // What stopped comes back when it is needed.
        pingAll(region, 100);
    }

    @Test
    void entitiesThatDoNotStopAreNotFreed() {
        ActorRef<ShardingEnvelope<Command>> region = region("deaf", false);
        pingAll(region, 20);
        ShrinkerCaller limit = caller(region, Duration.ofMillis(200));
        assertThat(limit.scan(10)).isZero();
    }

    @Test
    void roundLowersTheLimitOfARegion() {
        ActorRef<ShardingEnvelope<Command>> region = region("limited", true);
        pingAll(region, 100);
        ShrinkerSpec spec = ShrinkerSpec.named("carts").callDeadline(PATIENCE.plusMinutes(1));
        ShrinkerHandle handle = kit.register(spec, limit(region, PATIENCE));
        ReclaimReport report =
                kit.reclaim(ReclaimRequest.everywhere().startingAt(0).within(PATIENCE.plusMinutes(5)));
        assertThat(report.freedObjects()).isBetween(90L, 96L);
        kit.await(handle.free());
    }

    private static ActorRef<ShardingEnvelope<Command>> region(String name, boolean stops) {
        AtomicInteger live = new AtomicInteger();
        return ClusterSharding.get(kit.system())
                .init(Entity.of(
                                EntityTypeKey.create(Command.class, name),
                                entity -> stops ? ShardedCart.counted(live) : ShardedCart.deaf())
                        .withStopMessage(new Stop()));
    }

    private static void pingAll(ActorRef<ShardingEnvelope<Command>> region, int entities) {
        for (int i = 0; i < entities; i++) {
            ShardedCart.ping(kit.system(), region, "cart" + i);
        }
    }

    private static ShrinkerCaller caller(ActorRef<?> region, Duration stopDeadline) {
        return new ShrinkerCaller(kit.testKit(), limit(region, stopDeadline));
    }

    private static ActorRef<ShrinkerMessage> limit(ActorRef<?> region, Duration stopDeadline) {
        Settings settings = new Settings(1000, 1, stopDeadline, PATIENCE, PATIENCE);
        return kit.testKit().spawn(ShardedLimit.create(region, settings));
    }
}
