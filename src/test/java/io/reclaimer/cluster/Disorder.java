package io.reclaimer.cluster;

import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.TypedActorContext;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.testkit.Seeded;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * An interceptor of the messages to a member, which duplicates, delays, reorders and loses some.
 *
 * @param lost the number of lost messages in a hundred
 */
record Disorder(Seeded random, int lost) implements UnaryOperator<Behavior<ClusterMember.Command>> {

    private static final int LATEST_MILLIS = 60;

    @Override
    public Behavior<ClusterMember.Command> apply(Behavior<ClusterMember.Command> ref) {
        return Behaviors.intercept(() -> new Interceptor(random.fork(random.nextInt()), lost), ref);
    }

    private static final class Interceptor extends BehaviorInterceptor<ClusterMember.Command, ClusterMember.Command> {
        private final Seeded random;
        private final int lost;

        /** Messages that were delayed, and pass the next time. */
        private final Set<ClusterMember.Command> through = Collections.newSetFromMap(new IdentityHashMap<>());

        Interceptor(Seeded random, int lost) {
            super(ClusterMember.Command.class);
            this.random = random;
            this.lost = lost;
        }

        @Override
        public Behavior<ClusterMember.Command> aroundReceive(
                TypedActorContext<ClusterMember.Command> context,
                ClusterMember.Command message,
                ReceiveTarget<ClusterMember.Command> target) {
            if (!(message instanceof ClusterMessage) || through.remove(message)) {
                return target.apply(context, message);
            }
            Behavior<ClusterMember.Command> next = Behaviors.same();
            if (random.nextInt(100) < lost) {
                return next;
            }
            boolean late = random.nextBoolean();
            if (!late) {
                next = target.apply(context, message);
            }
            if (late || random.nextInt(3) == 0) {
                through.add(message);
                Duration delay = Duration.ofMillis(random.nextInt(LATEST_MILLIS));
                context.asJava().scheduleOnce(delay, context.asJava().getSelf(), message);
            }
            return next;
        }
    }
}
