package io.reclaimer.adapter;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.ShardingEnvelope;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.adapter.ShardedEntities.StopQuestion;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.contract.ContractSubject;
import io.reclaimer.testkit.contract.ShrinkerContract;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** {@link ShardedEntities} keep the shrinker contract. A running entity is an object. */
class ShardedEntitiesContractIT extends ShrinkerContract {

    /** Longer than any pause of the machine, so that no stop is given up. */
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(30);

    private sealed interface Command {}

    private record MayStop(StopQuestion question) implements Command {}

    private record Ping(ActorRef<String> replyTo) implements Command {}

    private record Stop() implements Command {}

    private static final EntityTypeKey<Command> KEY = EntityTypeKey.create(Command.class, "cart");

    @Override
    protected Config config() {
        // A single member has no other member to tell that it leaves.
        return ConfigFactory.parseString(
                "akka.coordinated-shutdown.run-by-actor-system-terminate = off\n" + ShardedCluster.CONFIG);
    }

    @Override
    protected ContractSubject create(Reclaimer reclaimer) {
        ActorSystem<?> system = reclaimer.system();
        ShardedCluster.join(ActorTestKit.create(system));
        ShardedEntities<Command> carts = ShardedEntities.start(
                system, "carts", Optional.of(MayStop::new), STOP_DEADLINE, ShardedEntities.HUNG_BACK_OFF);
        AtomicInteger live = new AtomicInteger();
        ActorRef<ShardingEnvelope<Command>> region = ClusterSharding.get(system)
                .init(Entity.of(KEY, entity -> carts.track(entity, cart(live))).withStopMessage(new Stop()));
        ShrinkerHandle handle = carts.register(
                        reclaimer, ShrinkerSpec.named("carts").callDeadline(STOP_DEADLINE.multipliedBy(2)))
                .toCompletableFuture()
                .join();
        AtomicInteger ids = new AtomicInteger();
        return ContractSubject.registered(handle, carts.shrinker())
                .adds((registered, cgroup, node) -> AskPattern.<ShardingEnvelope<Command>, String>ask(
                                region,
                                replyTo -> new ShardingEnvelope<>("cart" + ids.incrementAndGet(), new Ping(replyTo)),
                                ShardedCluster.PATIENCE,
                                system.scheduler())
                        .toCompletableFuture()
                        .join())
                .holds((cgroup, node) -> live.get());
    }

    private static Behavior<Command> cart(AtomicInteger live) {
        return Behaviors.setup(context -> {
            live.incrementAndGet();
            return Behaviors.receive(Command.class)
                    .onMessage(MayStop.class, may -> {
                        may.question().stop();
                        return Behaviors.same();
                    })
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
