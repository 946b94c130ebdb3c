package io.reclaimer.adapter;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.cluster.sharding.typed.ShardingEnvelope;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import com.typesafe.config.Config;
import io.reclaimer.Reclaimer;
import io.reclaimer.adapter.ShardedCart.Command;
import io.reclaimer.adapter.ShardedCart.Stop;
import io.reclaimer.adapter.ShardedLimit.Settings;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.contract.ContractSubject;
import io.reclaimer.testkit.contract.ShrinkerContract;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@link ShardedLimit} keeps the shrinker contract. An entity above the minimum of its shard is an object. After the
 * limit is lowered, the region stops entities by itself when others start.
 */
class ShardedLimitContractIT extends ShrinkerContract {

    private static final Duration STOP_DEADLINE = Duration.ofSeconds(30);

    private static final int SHARDS = 4;

    /** The number of entities that each shard keeps. */
    private static final int LEAST = 1;

    private static final EntityTypeKey<Command> KEY = EntityTypeKey.create(Command.class, "cart");

    @Override
    protected Config config() {
        return ShardedCluster.contractConfig(ShardedCluster.WITH_LIMIT);
    }

    @Override
    protected ContractSubject create(Reclaimer reclaimer) {
        ActorSystem<?> system = reclaimer.system();
        ShardedCluster.join(ActorTestKit.create(system));
        Map<Integer, AtomicInteger> live = new ConcurrentHashMap<>();
        ActorRef<ShardingEnvelope<Command>> region = ClusterSharding.get(system)
                .init(Entity.of(
                                KEY,
                                entity -> ShardedCart.counted(live.computeIfAbsent(
                                        shard(entity.getEntityId()), shard -> new AtomicInteger())))
                        .withStopMessage(new Stop()));
        Settings settings = new Settings(1000, LEAST, STOP_DEADLINE, ShrinkerCaller.PATIENCE, ShrinkerCaller.PATIENCE);
        AtomicInteger ids = new AtomicInteger();
        return ContractSubject.of(
                        ShrinkerSpec.named("carts").callDeadline(STOP_DEADLINE.multipliedBy(2)),
                        system.systemActorOf(ShardedLimit.create(region, settings), "limit", Props.empty()))
                .estimates()
                .dropsByItself()
                .wholeBatches(SHARDS)
                .adds((handle, cgroup, node) -> ShardedCart.ping(system, region, "cart" + ids.incrementAndGet()))
                .holds((cgroup, node) -> live.values().stream()
                        .mapToInt(entities -> Math.max(0, entities.get() - LEAST))
                        .sum());
    }

    /** Returns the shard of an entity as Cluster Sharding computes it. */
    private static int shard(String id) {
        return Math.abs(id.hashCode() % SHARDS);
    }
}
