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
 * An interceptor around an entity. It announces each start of the entity to the tracker, notes its uses, and translates
 * the tracker's question to the entity's own protocol. One instance per start of an entity; confined to that entity.
 */
final class ShardedInterceptor<M> extends BehaviorInterceptor<Object, M> {

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
     * Passes a message to the entity. A question is not a use, because it would make the entity warm. A question that
     * was withdrawn while it waited in the mailbox is dropped, because no scan would count the stop.
     */
    @Override
    public Behavior<M> aroundReceive(TypedActorContext<Object> context, Object message, ReceiveTarget<M> target) {
        if (message instanceof ShardedQuestion asked) {
            if (!asked.take()) {
                return Behaviors.same();
            }
            StopQuestion answerable = new StopQuestion(tracker, context.asJava().getSelf(), asked.number);
            M own = Objects.requireNonNull(
                    question.apply(answerable),
                    () -> "The question function made no message for entity [" + entity.getEntityId() + "] but null");
            return target.apply(context, own);
        }
        use.note();
        // All other messages belong to the entity's own protocol, because its ActorRef accepts nothing else.
        @SuppressWarnings("unchecked")
        M own = (M) message;
        return target.apply(context, own);
    }
}
