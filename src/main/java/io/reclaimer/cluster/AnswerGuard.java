package io.reclaimer.cluster;

import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.TypedActorContext;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.util.function.Supplier;

/**
 * Answers for a round whose actor throws, where it is made as well as in a message, and lets the actor end as it would have.
 * Confined to the actor of the round.
 */
final class AnswerGuard extends BehaviorInterceptor<ClusterRound.Command, ClusterRound.Command> {

    private final CgroupPath cgroup;
    private final RoundAnswer answer;

    AnswerGuard(CgroupPath cgroup, RoundAnswer answer) {
        super(ClusterRound.Command.class);
        this.cgroup = cgroup;
        this.answer = answer;
    }

    /** The answer of a round that ended without one. */
    static ReclaimerException failed(CgroupPath cgroup, String why) {
        return new ReclaimerException(Reason.FAILED, "The round over the cluster on [" + cgroup + "] failed: " + why);
    }

    @Override
    public Behavior<ClusterRound.Command> aroundStart(
            TypedActorContext<ClusterRound.Command> context, PreStartTarget<ClusterRound.Command> target) {
        return guarded(() -> target.start(context));
    }

    @Override
    public Behavior<ClusterRound.Command> aroundReceive(
            TypedActorContext<ClusterRound.Command> context,
            ClusterRound.Command message,
            ReceiveTarget<ClusterRound.Command> target) {
        return guarded(() -> target.apply(context, message));
    }

    private Behavior<ClusterRound.Command> guarded(Supplier<Behavior<ClusterRound.Command>> step) {
        try {
            return step.get();
        } catch (RuntimeException | Error e) {
            // Before the actor stops, for it then answers as one that is told to.
            answer.refuse(failed(cgroup, Reasons.of(e)));
            throw e;
        }
    }
}
