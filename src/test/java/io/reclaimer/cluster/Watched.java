package io.reclaimer.cluster;

import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.TypedActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** An interceptor of the messages to members, which records them and replaces or drops some. */
final class Watched implements UnaryOperator<Behavior<ClusterMember.Command>> {

    /** The messages to all intercepted members. */
    final Queue<ClusterMessage> seen = new ConcurrentLinkedQueue<>();

    private final Function<ClusterMessage, Optional<ClusterMessage>> through;

    /** @param through the message that replaces a message; empty to drop it */
    Watched(Function<ClusterMessage, Optional<ClusterMessage>> through) {
        this.through = through;
    }

    @Override
    public Behavior<ClusterMember.Command> apply(Behavior<ClusterMember.Command> ref) {
        return Behaviors.intercept(Interceptor::new, ref);
    }

    private final class Interceptor extends BehaviorInterceptor<ClusterMember.Command, ClusterMember.Command> {
        Interceptor() {
            super(ClusterMember.Command.class);
        }

        @Override
        public Behavior<ClusterMember.Command> aroundReceive(
                TypedActorContext<ClusterMember.Command> context,
                ClusterMember.Command message,
                ReceiveTarget<ClusterMember.Command> target) {
            if (!(message instanceof ClusterMessage one)) {
                return target.apply(context, message);
            }
            seen.add(one);
            return through.apply(one).map(other -> target.apply(context, other)).orElse(Behaviors.same());
        }
    }
}
