package io.reclaimer.adapter;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.ShardingEnvelope;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import com.typesafe.config.Config;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.adapter.ShardedCart.Command;
import io.reclaimer.adapter.ShardedCart.MayStop;
import io.reclaimer.adapter.ShardedCart.Stop;
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

    private static final EntityTypeKey<Command> KEY = EntityTypeKey.create(Command.class, "cart");

    @Override
    protected Config config() {
        return ShardedCluster.contractConfig("");
    }

    @Override
    protected ContractSubject create(Reclaimer reclaimer) {
        ActorSystem<?> system = reclaimer.system();
        ShardedCluster.join(ActorTestKit.create(system));
        ShardedEntities<Command> carts = ShardedEntities.start(
                system, "carts", Optional.of(MayStop::new), STOP_DEADLINE, ShardedEntities.HUNG_BACK_OFF);
        AtomicInteger live = new AtomicInteger();
        ActorRef<ShardingEnvelope<Command>> region = ClusterSharding.get(system)
                .init(Entity.of(KEY, entity -> carts.track(entity, ShardedCart.counted(live)))
                        .withStopMessage(new Stop()));
        ShrinkerHandle handle = carts.register(
                        reclaimer, ShrinkerSpec.named("carts").callDeadline(STOP_DEADLINE.multipliedBy(2)))
                .toCompletableFuture()
                .join();
        AtomicInteger ids = new AtomicInteger();
        return ContractSubject.registered(handle, carts.shrinker())
                .adds((registered, cgroup, node) -> ShardedCart.ping(system, region, "cart" + ids.incrementAndGet()))
                .holds((cgroup, node) -> live.get());
    }
}
