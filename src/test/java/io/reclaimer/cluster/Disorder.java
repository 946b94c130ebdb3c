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
 * A bad network before a member's door: messages of other members come twice, late, in another order, or not at all.
 *
 * @param lost how many of a hundred do not come
 */
record Disorder(Seeded random, int lost) implements UnaryOperator<Behavior<ClusterMember.Command>> {

    private static final int LATEST_MILLIS = 60;

    @Override
    public Behavior<ClusterMember.Command> apply(Behavior<ClusterMember.Command> door) {
        return Behaviors.intercept(() -> new Interceptor(random.fork(random.nextInt()), lost), door);
    }

    private static final class Interceptor extends BehaviorInterceptor<ClusterMember.Command, ClusterMember.Command> {
        private final Seeded random;
        private final int lost;

        /** Those that have been through this. */
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
