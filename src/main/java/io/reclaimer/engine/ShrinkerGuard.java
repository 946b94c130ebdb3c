package io.reclaimer.engine;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;

/**
 * Holds up the teardown of one shrinker until nobody uses it, so that it is never called after it was answered that it
 * is freed. Lives from allocation until that answer.
 *
 * <p>Holds are taken and released on the {@link HoldCount} without a message. Whoever closes it sends the one {@link Free}
 * there is; whoever finds that nobody holds it any more sends the one {@link LastHoldReleased}. They may come in either
 * order. When both are there, the registry forgets the shrinker, and then the answer goes out.
 */
public final class ShrinkerGuard {

    sealed interface Command {}

    /** The shrinker is being freed. */
    record Free(ShrinkerEntry entry, Reply<Done> replyTo) implements Command {}

    /** Nobody holds it, and nobody will. */
    enum LastHoldReleased implements Command {
        INSTANCE
    }

    /** From the registry: the id is free. */
    enum Forgotten implements Command {
        INSTANCE
    }

    private final ActorContext<Command> context;
    private final ActorRef<ShrinkerRegistry.Command> registry;

    static Behavior<Command> create(ActorRef<ShrinkerRegistry.Command> registry) {
        return Behaviors.setup(context -> new ShrinkerGuard(context, registry).inUse());
    }

    private ShrinkerGuard(ActorContext<Command> context, ActorRef<ShrinkerRegistry.Command> registry) {
        this.context = context;
        this.registry = registry;
    }

    private Behavior<Command> inUse() {
        return Behaviors.receive(Command.class)
                .onMessage(Free.class, this::freeing)
                .onMessageEquals(LastHoldReleased.INSTANCE, this::released)
                .build();
    }

    private Behavior<Command> freeing(Free free) {
        return Behaviors.receive(Command.class)
                .onMessageEquals(LastHoldReleased.INSTANCE, () -> forgetting(free))
                .build();
    }

    private Behavior<Command> released() {
        return Behaviors.receive(Command.class)
                .onMessage(Free.class, this::forgetting)
                .build();
    }

    private Behavior<Command> forgetting(Free free) {
        registry.tell(new ShrinkerRegistry.Forget(free.entry(), context.getSelf()));
        return Behaviors.receive(Command.class)
                .onMessageEquals(Forgotten.INSTANCE, () -> {
                    free.replyTo().success(Done.getInstance());
                    return Behaviors.stopped();
                })
                .build();
    }
}
