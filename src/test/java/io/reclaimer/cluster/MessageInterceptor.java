package io.reclaimer.cluster;

import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.TypedActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** An interceptor of the messages to members, which records them and applies a rule to each. */
final class MessageInterceptor implements UnaryOperator<Behavior<ClusterMember.Command>> {

    /** The rule for the messages to one member. */
    interface Rule {
        /** Passes a message to the target, now, later, or never. */
        Behavior<ClusterMember.Command> apply(
                TypedActorContext<ClusterMember.Command> context,
                ClusterMessage message,
                BehaviorInterceptor.ReceiveTarget<ClusterMember.Command> target);
    }

    /** The messages to all intercepted members. */
    final Queue<ClusterMessage> seen = new ConcurrentLinkedQueue<>();

    private final Supplier<Rule> rules;

    /** @param rules makes the rule of each member */
    MessageInterceptor(Supplier<Rule> rules) {
        this.rules = rules;
    }

    /** @param replacement of each message; empty to drop it */
    static MessageInterceptor replacing(Function<ClusterMessage, Optional<ClusterMessage>> replacement) {
        return new MessageInterceptor(() -> (context, message, target) -> replacement
                .apply(message)
                .map(other -> target.apply(context, other))
                .orElse(Behaviors.same()));
    }

    @Override
    public Behavior<ClusterMember.Command> apply(Behavior<ClusterMember.Command> member) {
        return Behaviors.intercept(() -> new Interceptor(rules.get()), member);
    }

    private final class Interceptor extends BehaviorInterceptor<ClusterMember.Command, ClusterMember.Command> {
        private final Rule rule;

        Interceptor(Rule rule) {
            super(ClusterMember.Command.class);
            this.rule = rule;
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
            return rule.apply(context, one, target);
        }
    }
}
