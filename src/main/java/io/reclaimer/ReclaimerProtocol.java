package io.reclaimer;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * The front door as messages, for actors: each is answered once, with what the method of {@link Reclaimer} of that name
 * answers, or with an error that holds a {@link io.reclaimer.shrinker.ReclaimerException}. Ask with
 * {@code askWithStatus}.
 */
public final class ReclaimerProtocol {

    /** What can be asked. */
    public sealed interface Command {}

    /** See {@link Reclaimer#online(CgroupPath)}. */
    public record Online(CgroupPath path, ActorRef<StatusReply<Cgroup>> replyTo) implements Command {}

    /** See {@link Reclaimer#offline(CgroupPath)}. */
    public record Offline(CgroupPath path, ActorRef<StatusReply<Done>> replyTo) implements Command {}

    /** See {@link Reclaimer#allocate(ShrinkerSpec, Shrinker)}. */
    public record Allocate(ShrinkerSpec spec, Shrinker shrinker, ActorRef<StatusReply<ShrinkerHandle>> replyTo)
            implements Command {}

    /** See {@link Reclaimer#allocate(ShrinkerSpec, ActorRef)}. */
    public record AllocateActor(
            ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker, ActorRef<StatusReply<ShrinkerHandle>> replyTo)
            implements Command {}

    /** See {@link ShrinkerHandle#register}. */
    public record Register(ShrinkerHandle shrinker, ActorRef<StatusReply<ShrinkerHandle>> replyTo) implements Command {}

    /** See {@link ShrinkerHandle#free}. */
    public record Free(ShrinkerHandle shrinker, ActorRef<StatusReply<Done>> replyTo) implements Command {}

    /** See {@link Reclaimer#reclaim}. */
    public record Reclaim(ReclaimRequest request, ActorRef<StatusReply<ReclaimReport>> replyTo) implements Command {}

    /** See {@link Reclaimer#state}. */
    public record GetState(ActorRef<StatusReply<ReclaimerState>> replyTo) implements Command {}

    private ReclaimerProtocol() {}

    static Behavior<Command> create(Reclaimer reclaimer) {
        return Behaviors.receive(Command.class)
                .onMessage(Online.class, m -> answer(reclaimer.online(m.path()), m.replyTo()))
                .onMessage(Offline.class, m -> answer(reclaimer.offline(m.path()), m.replyTo()))
                .onMessage(Allocate.class, m -> answer(reclaimer.allocate(m.spec(), m.shrinker()), m.replyTo()))
                .onMessage(AllocateActor.class, m -> answer(reclaimer.allocate(m.spec(), m.shrinker()), m.replyTo()))
                .onMessage(Register.class, m -> answer(m.shrinker().register(), m.replyTo()))
                .onMessage(Free.class, m -> answer(m.shrinker().free(), m.replyTo()))
                .onMessage(Reclaim.class, m -> answer(reclaimer.reclaim(m.request()), m.replyTo()))
                .onMessage(GetState.class, m -> answer(reclaimer.state(), m.replyTo()))
                .build();
    }

    /** Nothing of the actor is touched by the stage: it only tells. */
    private static <T> Behavior<Command> answer(CompletionStage<T> stage, ActorRef<StatusReply<T>> replyTo) {
        stage.whenComplete((value, thrown) ->
                replyTo.tell(thrown == null ? StatusReply.success(value) : StatusReply.error(unwrapped(thrown))));
        return Behaviors.same();
    }

    private static Throwable unwrapped(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }
}
