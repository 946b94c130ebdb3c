package io.reclaimer.adapter;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.ShardingEnvelope;
import io.reclaimer.adapter.ShardedEntities.StopQuestion;
import java.util.concurrent.atomic.AtomicInteger;

/** A sharded entity that answers pings, and may always stop. */
final class ShardedCart {

    sealed interface Command {}

    record Ping(ActorRef<String> replyTo) implements Command {}

    record MayStop(StopQuestion question) implements Command {}

    record Stop() implements Command {}

    private ShardedCart() {}

    /** Creates an entity that is counted while it runs. */
    static Behavior<Command> counted(AtomicInteger live) {
        return Behaviors.setup(context -> {
            live.incrementAndGet();
            return Behaviors.receive(Command.class)
                    .onMessage(Ping.class, ping -> {
                        ping.replyTo().tell("pong");
                        return Behaviors.same();
                    })
                    .onMessage(MayStop.class, may -> {
                        may.question().stop();
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

    /** Creates an entity that ignores its stop message. */
    static Behavior<Command> deaf() {
        return Behaviors.receive(Command.class)
                .onMessage(Ping.class, ping -> {
                    ping.replyTo().tell("pong");
                    return Behaviors.same();
                })
                .onMessage(Stop.class, stop -> Behaviors.same())
                .build();
    }

    /** Returns when the entity has answered, and so runs. */
    static void ping(ActorSystem<?> system, ActorRef<ShardingEnvelope<Command>> region, String id) {
        AskPattern.<ShardingEnvelope<Command>, String>ask(
                        region,
                        replyTo -> new ShardingEnvelope<>(id, new Ping(replyTo)),
                        ShrinkerCaller.PATIENCE,
                        system.scheduler())
                .toCompletableFuture()
                .join();
    }
}
