package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.PostStop;
import akka.actor.typed.TypedActorContext;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.reclaimer.cluster.Candidate.Presence;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.Registration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One round over the cluster: the clock, the timer and the network of a {@link Coordinator}. Stops when the round has its
 * report.
 */
final class ClusterRound extends AbstractBehavior<ClusterRound.Command> {

    sealed interface Command {}

    /** A reply of a participant. */
    record Replied(ClusterMessage.Reply reply) implements Command {}

    /** The presence of a member has changed. */
    record PresenceChanged(String member, Presence presence) implements Command {}

    /** Ends the round early. */
    record End(Outcome outcome) implements Command {}

    private enum Tick implements Command {
        INSTANCE
    }

    private final TimerScheduler<Command> timers;
    private final Coordinator coordinator;
    private final Registration cancellation;
    private long dueNanos;

    /**
     * @param refs the cluster actor of each candidate; empty for one that does not take part
     * @param result completed with the report, or with the failure of the round
     */
    static Behavior<Command> create(
            RoundParameters parameters,
            List<Candidate> candidates,
            List<Optional<ActorRef<ClusterMessage>>> refs,
            CompletableFuture<ClusterReport> result) {
        Behavior<Command> behavior = Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new ClusterRound(context, timers, parameters, refs, result).begin(candidates)));
        return Behaviors.intercept(() -> new FailureGuard(parameters.request().cgroup(), result), behavior);
    }

    private ClusterRound(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            RoundParameters parameters,
            List<Optional<ActorRef<ClusterMessage>>> refs,
            CompletableFuture<ClusterReport> result) {
        super(context);
        this.timers = timers;
        this.coordinator = new Coordinator(
                new Coordinator.Output() {
                    @Override
                    public void send(int participant, ClusterMessage message) {
                        refs.get(participant).ifPresent(ref -> ref.tell(message));
                    }

                    @Override
                    public void report(ClusterReport report) {
                        result.complete(report);
                    }
                },
                parameters);
        ActorRef<Command> self = context.getSelf();
        this.cancellation = parameters
                .request()
                .cancellation()
                .map(users -> users.onCancel(() -> self.tell(new End(Outcome.CANCELLED))))
                .orElse(() -> {});
    }

    private Behavior<Command> begin(List<Candidate> candidates) {
        long now = System.nanoTime();
        dueNanos = now - 1;
        coordinator.begin(candidates, now);
        return next(now);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Replied.class, this::onReplied)
                .onMessage(PresenceChanged.class, this::onPresenceChanged)
                .onMessage(End.class, this::onEnd)
                .onMessage(Tick.class, this::onTick)
                .onSignal(PostStop.class, signal -> onPostStop())
                .build();
    }

    private Behavior<Command> onReplied(Replied message) {
        long now = System.nanoTime();
        coordinator.receive(message.reply(), now);
        return next(now);
    }

    private Behavior<Command> onPresenceChanged(PresenceChanged message) {
        long now = System.nanoTime();
        coordinator.update(message.member(), message.presence(), now);
        return next(now);
    }

    private Behavior<Command> onEnd(End message) {
        long now = System.nanoTime();
        coordinator.end(message.outcome(), now);
        return next(now);
    }

    private Behavior<Command> onTick(Tick message) {
        long now = System.nanoTime();
        coordinator.tick(now);
        return next(now);
    }

    private Behavior<Command> next(long now) {
        if (coordinator.isReported()) {
            return Behaviors.stopped();
        }
        long due = coordinator.dueNanos();
        if (due != dueNanos) {
            dueNanos = due;
            timers.startSingleTimer(Tick.INSTANCE, Tick.INSTANCE, Duration.ofNanos(Math.max(0, due - now)));
        } else if (now - due >= 0) {
            getContext().getSelf().tell(Tick.INSTANCE);
        }
        return this;
    }

    private Behavior<Command> onPostStop() {
        cancellation.close();
        coordinator.abort(Outcome.SHUTDOWN, System.nanoTime());
        return this;
    }

    /** The failure of a round that ended without a report. */
    static ReclaimerException failed(CgroupPath cgroup, String why) {
        return new ReclaimerException(Reason.FAILED, "The round over the cluster on [" + cgroup + "] failed: " + why);
    }

    /**
     * Fails the round whose actor throws, at its creation as well as in a message, and lets the actor stop as it would have.
     * Confined to the actor of the round.
     */
    private static final class FailureGuard extends BehaviorInterceptor<Command, Command> {

        private final CgroupPath cgroup;
        private final CompletableFuture<ClusterReport> result;

        FailureGuard(CgroupPath cgroup, CompletableFuture<ClusterReport> result) {
            super(Command.class);
            this.cgroup = cgroup;
            this.result = result;
        }

        @Override
        public Behavior<Command> aroundStart(TypedActorContext<Command> context, PreStartTarget<Command> target) {
            return guarded(() -> target.start(context));
        }

        @Override
        public Behavior<Command> aroundReceive(
                TypedActorContext<Command> context, Command message, ReceiveTarget<Command> target) {
            return guarded(() -> target.apply(context, message));
        }

        private Behavior<Command> guarded(Supplier<Behavior<Command>> step) {
            try {
                return step.get();
            } catch (RuntimeException | Error e) {
                // Before the actor stops, because a stopped round reports the outcome SHUTDOWN.
                result.completeExceptionally(failed(cgroup, Reasons.of(e)));
                throw e;
            }
        }
    }
}
