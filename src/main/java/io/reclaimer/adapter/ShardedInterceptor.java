package io.reclaimer.adapter;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.TypedActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.javadsl.EntityContext;
import io.reclaimer.adapter.ShardedEntities.StopQuestion;
import java.util.Objects;
import java.util.function.Function;

/**
 * Around an entity that opted in: makes it known to the tracker of its region at each start, notes its uses, and hands
 * the tracker's question on in the entity's own protocol. One for each start of an entity; used by that entity only.
 */
final class ShardedInterceptor<M> extends BehaviorInterceptor<Object, M> {

    /** Ask the entity whether it may be stopped. */
    record Ask(ShardedQuestion question) {}

    private final EntityContext<M> entity;
    private final ActorRef<Object> tracker;
    private final Function<StopQuestion, M> question;
    private final ShardedUse use = new ShardedUse();

    ShardedInterceptor(EntityContext<M> entity, ActorRef<Object> tracker, Function<StopQuestion, M> question) {
        super(Object.class);
        this.entity = entity;
        this.tracker = tracker;
        this.question = question;
    }

    @Override
    public Behavior<M> aroundStart(TypedActorContext<Object> context, PreStartTarget<M> target) {
        Behavior<M> started = target.start(context);
        tracker.tell(new ShardedTracker.Started(
                entity.getEntityId(), context.asJava().getSelf(), entity.getShard(), use));
        return started;
    }

    /**
     * A question is no use: else who is asked would be warm by that. One that was withdrawn while it waited in the mailbox
     * is not asked: nobody counts what would stop by it.
     */
    @Override
    public Behavior<M> aroundReceive(TypedActorContext<Object> context, Object message, ReceiveTarget<M> target) {
        if (message instanceof Ask ask) {
            if (!ask.question().take()) {
                return Behaviors.same();
            }
            StopQuestion asked = new StopQuestion(tracker, context.asJava().getSelf(), ask.question().number);
            M own = Objects.requireNonNull(
                    question.apply(asked),
                    () -> "The question function made no message for entity [" + entity.getEntityId() + "] but null");
            return target.apply(context, own);
        }
        use.note();
        // What else is sent to the entity is of its own protocol: its ActorRef takes nothing else.
        @SuppressWarnings("unchecked")
        M own = (M) message;
        return target.apply(context, own);
    }
}
