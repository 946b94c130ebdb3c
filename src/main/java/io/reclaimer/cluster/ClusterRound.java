package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.RoundParameters.Presence;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.Registration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;

/**
 * One round over the cluster: the clock, the timer and the network of a {@link Coordinator}. Stops when the round has its
 * report. Where it throws, the round fails with the reason.
 */
final class ClusterRound extends AbstractBehavior<ClusterRound.Command> implements Coordinator.Output {

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
    private final CgroupPath cgroup;
    private final List<Optional<ActorRef<ClusterMessage>>> refs;
    private final CompletableFuture<ClusterReport> result;
    private final Coordinator coordinator;
    private final Registration cancellation;
    private long dueNanos = System.nanoTime() - 1;

    /**
     * @param refs the cluster actor of each participant; empty for one that does not take part
     * @param result completed with the report, or with the failure of the round
     */
    static Behavior<Command> create(
            RoundParameters parameters,
            List<Optional<ActorRef<ClusterMessage>>> refs,
            CompletableFuture<ClusterReport> result) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            ClusterRound round = new ClusterRound(context, timers, parameters, refs, result);
            return round.step(round.coordinator::begin);
        }));
    }

    private ClusterRound(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            RoundParameters parameters,
            List<Optional<ActorRef<ClusterMessage>>> refs,
            CompletableFuture<ClusterReport> result) {
        super(context);
        this.timers = timers;
        this.cgroup = parameters.request().cgroup();
        this.refs = refs;
        this.result = result;
        this.coordinator = new Coordinator(this, parameters);
        ActorRef<Command> self = context.getSelf();
        this.cancellation = parameters
                .request()
                .cancellation()
                .map(users -> users.onCancel(() -> self.tell(new End(Outcome.CANCELLED))))
                .orElse(() -> {});
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Replied.class, message -> step(now -> coordinator.receive(message.reply(), now)))
                .onMessage(
                        PresenceChanged.class,
                        message -> step(now -> coordinator.update(message.member(), message.presence(), now)))
                .onMessage(End.class, message -> step(now -> coordinator.end(message.outcome(), now)))
                .onMessage(Tick.class, message -> step(coordinator::tick))
                .onSignal(PostStop.class, signal -> onPostStop())
                .build();
    }

    /** Takes a step of the round, and schedules the next one. */
    private Behavior<Command> step(LongConsumer step) {
        long now = System.nanoTime();
        try {
            step.accept(now);
        } catch (RuntimeException | Error e) {
            // Before the actor stops, because a stopped round reports the outcome SHUTDOWN.
            result.completeExceptionally(failed(cgroup, Reasons.of(e)));
            throw e;
        }
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

    @Override
    public void send(int participant, ClusterMessage message) {
        refs.get(participant).ifPresent(ref -> ref.tell(message));
    }

    @Override
    public void report(ClusterReport report) {
        result.complete(report);
    }

    /** The failure of a round that ended without a report. */
    static ReclaimerException failed(CgroupPath cgroup, String why) {
        return new ReclaimerException(Reason.FAILED, "The round over the cluster on [" + cgroup + "] failed: " + why);
    }
}
