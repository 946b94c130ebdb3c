package io.reclaimer.engine;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;

/**
 * The lifecycle of one shrinker: allocated, registered, freeing, gone; so that it is never called after it was answered
 * that it is freed.
 *
 * <p>Holds are taken and released on the {@link HoldCount} without a message; only the last release of a shrinker that
 * is being freed arrives as one. Lives from allocation until the answer.
 */
public final class ShrinkerGuard {

    public sealed interface Command {}

    /** From the registry, at once after the start: whom it guards. */
    record Guard(ShrinkerEntry entry) implements Command {}

    /** From now on the shrinker is called. */
    public record Register(ActorRef<StatusReply<Done>> replyTo) implements Command {}

    /** Starts the teardown. Answered once the last visit has let go, and the id is free. */
    public record Free(ActorRef<StatusReply<Done>> replyTo) implements Command {}

    /** From who let go last. */
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
        return Behaviors.setup(context -> new ShrinkerGuard(context, registry).starting());
    }

    private ShrinkerGuard(ActorContext<Command> context, ActorRef<ShrinkerRegistry.Command> registry) {
        this.context = context;
        this.registry = registry;
    }

    private Behavior<Command> starting() {
        return Behaviors.receive(Command.class)
                .onMessage(Guard.class, message -> allocated(message.entry()))
                .build();
    }

    private Behavior<Command> allocated(ShrinkerEntry entry) {
        return Behaviors.receive(Command.class)
                .onMessage(Register.class, message -> register(entry, message))
                .onMessage(Free.class, message -> free(entry, message))
                .build();
    }

    private Behavior<Command> registered(ShrinkerEntry entry) {
        return Behaviors.receive(Command.class)
                .onMessage(Register.class, message -> reject(message.replyTo(), alreadyRegistered(entry)))
                .onMessage(Free.class, message -> free(entry, message))
                .build();
    }

    private Behavior<Command> freeing(ShrinkerEntry entry, ActorRef<StatusReply<Done>> waiting) {
        return Behaviors.receive(Command.class)
                .onMessage(Register.class, message -> reject(message.replyTo(), alreadyFreed(entry)))
                .onMessage(Free.class, message -> reject(message.replyTo(), alreadyFreed(entry)))
                .onMessageEquals(LastHoldReleased.INSTANCE, () -> forget(entry))
                .onMessageEquals(Forgotten.INSTANCE, () -> answer(waiting))
                .build();
    }

    private Behavior<Command> register(ShrinkerEntry entry, Register message) {
        registry.tell(new ShrinkerRegistry.Enlist(entry, message.replyTo()));
        return registered(entry);
    }

    private Behavior<Command> free(ShrinkerEntry entry, Free message) {
        if (entry.holds().beginFree() == HoldCount.Freeing.IDLE) {
            forget(entry);
        }
        return freeing(entry, message.replyTo());
    }

    private Behavior<Command> forget(ShrinkerEntry entry) {
        registry.tell(new ShrinkerRegistry.Forget(entry, context.getSelf()));
        return Behaviors.same();
    }

    private Behavior<Command> answer(ActorRef<StatusReply<Done>> waiting) {
        waiting.tell(StatusReply.success(Done.getInstance()));
        return Behaviors.stopped();
    }

    private Behavior<Command> reject(ActorRef<StatusReply<Done>> replyTo, ReclaimerException why) {
        replyTo.tell(StatusReply.error(why));
        return Behaviors.same();
    }

    private static ReclaimerException alreadyRegistered(ShrinkerEntry entry) {
        return new ReclaimerException(
                Reason.ALREADY_REGISTERED,
                "Shrinker [" + entry + "] is registered already; a shrinker is registered once, after its allocation");
    }

    /** What is answered to whoever wants something of a shrinker that is gone, or about to be. */
    public static ReclaimerException alreadyFreed(ShrinkerEntry entry) {
        return new ReclaimerException(
                Reason.ALREADY_FREED,
                "Shrinker [" + entry + "] is freed already, or is being freed; allocate a new one");
    }
}
