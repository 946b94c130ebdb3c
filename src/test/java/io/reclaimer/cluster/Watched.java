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

/** Stands before a member's door: sees what comes, and decides what goes through. */
final class Watched implements UnaryOperator<Behavior<ClusterMember.Command>> {

    /** Messages that came, of all members that it stands before. */
    final Queue<ClusterMessage> seen = new ConcurrentLinkedQueue<>();

    private final Function<ClusterMessage, Optional<ClusterMessage>> through;

    /** @param through what goes through in the place of a message; empty for nothing */
    Watched(Function<ClusterMessage, Optional<ClusterMessage>> through) {
        this.through = through;
    }

    @Override
    public Behavior<ClusterMember.Command> apply(Behavior<ClusterMember.Command> door) {
        return Behaviors.intercept(Interceptor::new, door);
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
