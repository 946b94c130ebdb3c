package io.reclaimer.engine.call;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.function.BiConsumer;

/**
 * The actor that delays the teardown of one shrinker until nobody uses it, so that it is never called after its owner
 * was told that it is freed. Lives from allocation until then.
 *
 * <ol>
 *   <li>Holds are taken and released without a message, see {@link VisitingThread} and {@link ReferenceCount}. The
 *       first thread that frees the shrinker sends the only {@link Free} ({@link #inUse}).
 *   <li>From then on each release sends a {@link Released}, and the guard counts the holds each time ({@link
 *       #freeing}).
 *   <li>When nobody holds the shrinker, its id is given back ({@link #forgetting}), and then all who freed it are told.
 * </ol>
 */
public final class ShrinkerGuard {

    public sealed interface Command {}

    /** The shrinker is being freed. */
    record Free(ShrinkerEntry entry) implements Command {}

    /** Somebody released it, and it is being freed. */
    enum Released implements Command {
        INSTANCE
    }

    /** The shrinker's id has been given back. */
    public enum Forgotten implements Command {
        INSTANCE
    }

    private final ActorContext<Command> context;
    private final BiConsumer<ShrinkerEntry, ActorRef<Command>> forget;

    /**
     * The guard of one shrinker.
     *
     * @param forget gives back the id of the shrinker, which nobody uses any more, and then sends {@link Forgotten};
     *     called once, by the guard
     */
    public static Behavior<Command> create(BiConsumer<ShrinkerEntry, ActorRef<Command>> forget) {
        return Behaviors.setup(context -> new ShrinkerGuard(context, forget).inUse());
    }

    private ShrinkerGuard(ActorContext<Command> context, BiConsumer<ShrinkerEntry, ActorRef<Command>> forget) {
        this.context = context;
        this.forget = forget;
    }

    private Behavior<Command> inUse() {
        return Behaviors.receive(Command.class)
                .onMessage(Free.class, this::freeing)
                // Its sender saw that freeing had begun, and Free has not come yet. Free counts the holds.
                .onMessageEquals(Released.INSTANCE, Behaviors::same)
                .build();
    }

    private Behavior<Command> freeing(Free free) {
        if (free.entry().holdCount() == 0) {
            return forgetting(free);
        }
        return Behaviors.receive(Command.class)
                .onMessageEquals(Released.INSTANCE, () -> freeing(free))
                .build();
    }

    private Behavior<Command> forgetting(Free free) {
        forget.accept(free.entry(), context.getSelf());
        return Behaviors.receive(Command.class)
                .onMessageEquals(Released.INSTANCE, Behaviors::same)
                .onMessageEquals(Forgotten.INSTANCE, () -> {
                    free.entry().freed();
                    return Behaviors.stopped();
                })
                .build();
    }
}
