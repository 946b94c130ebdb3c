package io.reclaimer.adapter;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.ShardingEnvelope;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.Reclaimer;
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

    private sealed interface Command {}

    private record Ping(ActorRef<String> replyTo) implements Command {}

    private record Stop() implements Command {}

    private static final EntityTypeKey<Command> KEY = EntityTypeKey.create(Command.class, "cart");

    @Override
    protected Config config() {
        // A single member has no other member to tell that it leaves.
        return ConfigFactory.parseString("akka.coordinated-shutdown.run-by-actor-system-terminate = off\n"
                + ShardedCluster.CONFIG + ShardedCluster.WITH_LIMIT);
    }

    @Override
    protected ContractSubject create(Reclaimer reclaimer) {
        ActorSystem<?> system = reclaimer.system();
        ShardedCluster.join(ActorTestKit.create(system));
        Map<Integer, AtomicInteger> live = new ConcurrentHashMap<>();
        ActorRef<ShardingEnvelope<Command>> region = ClusterSharding.get(system)
                .init(Entity.of(
                                KEY,
                                entity -> cart(live.computeIfAbsent(
                                        shard(entity.getEntityId()), shard -> new AtomicInteger())))
                        .withStopMessage(new Stop()));
        Settings settings = new Settings(1000, LEAST, STOP_DEADLINE, ShardedCluster.PATIENCE, ShardedCluster.PATIENCE);
        AtomicInteger ids = new AtomicInteger();
        return ContractSubject.of(
                        ShrinkerSpec.named("carts").callDeadline(STOP_DEADLINE.multipliedBy(2)),
                        system.systemActorOf(ShardedLimit.create(region, settings), "limit", Props.empty()))
                .estimates()
                .dropsByItself()
                .wholeBatches(SHARDS)
                .adds((handle, cgroup, node) -> AskPattern.<ShardingEnvelope<Command>, String>ask(
                                region,
                                replyTo -> new ShardingEnvelope<>("cart" + ids.incrementAndGet(), new Ping(replyTo)),
                                ShardedCluster.PATIENCE,
                                system.scheduler())
                        .toCompletableFuture()
                        .join())
                .holds((cgroup, node) -> live.values().stream()
                        .mapToInt(entities -> Math.max(0, entities.get() - LEAST))
                        .sum());
    }

    /** Returns the shard of an entity as Cluster Sharding computes it. */
    private static int shard(String id) {
        return Math.abs(id.hashCode() % SHARDS);
    }

    private static Behavior<Command> cart(AtomicInteger live) {
        return Behaviors.setup(context -> {
            live.incrementAndGet();
            return Behaviors.receive(Command.class)
                    .onMessage(Ping.class, ping -> {
                        ping.replyTo().tell("pong");
                        return Behaviors.same();
                    })
                    .onMessage(Stop.class, stop -> Behaviors.stopped())
                    .onSignal(PostStop.class, stopped -> {
                        live.decrementAndGet();
                        return Behaviors.same();
                    })
                    .build();
        });
    }
}
