package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.reclaimer.cluster.ClusterMessage.Answers;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.ClusterReport.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One round over the cluster: the clock and the timer of a {@link FanOut} and its {@link PostOffice}. Stops when it has answered. */
final class ClusterRound extends AbstractBehavior<ClusterRound.Command> {

    sealed interface Command {}

    /** A member's answer. */
    record Answered(ClusterMessage message) implements Command {}

    /** What is known of a member has changed. */
    record Changed(String member, Presence presence) implements Command {}

    /** It is to end early. */
    record End(Outcome outcome) implements Command {}

    private enum Tick implements Command {
        INSTANCE
    }

    private final TimerScheduler<Command> timers;
    private final InnerMessages inner;
    private final PostOffice postOffice;
    private final FanOut fanOut;
    private final Runnable forgetCancellation;
    private long dueNanos;

    /**
     * @param doors where messages for each guest go; empty for one who is not there
     * @param mostDirect of {@link PostOffice}
     * @param answer is given the report, or what the round failed of
     */
    static Behavior<Command> create(
            long round,
            Terms terms,
            List<Guest> guests,
            List<Optional<ActorRef<ClusterMessage>>> doors,
            Sender sender,
            int mostDirect,
            RoundAnswer answer) {
        Behavior<Command> behavior = Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new ClusterRound(context, timers, round, terms, guests, doors, sender, mostDirect, answer)
                        .begin(guests)));
        return Behaviors.intercept(() -> new AnswerGuard(terms.request().cgroup(), answer), behavior);
    }

    private ClusterRound(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            long round,
            Terms terms,
            List<Guest> guests,
            List<Optional<ActorRef<ClusterMessage>>> doors,
            Sender sender,
            int mostDirect,
            RoundAnswer answer) {
        super(context);
        this.timers = timers;
        this.inner = new InnerMessages(context.getSystem());
        this.postOffice = new PostOffice(
                (seat, message) -> doors.get(seat).ifPresent(door -> door.tell(message)),
                inner,
                round,
                guests.stream().map(Guest::member).toList(),
                doors.indexOf(Optional.of(sender.door())),
                sender,
                mostDirect);
        FanOut.Port port = new FanOut.Port() {
            @Override
            public void send(int seat, ClusterMessage message) {
                postOffice.add(seat, message);
            }

            @Override
            public void answer(ClusterReport report) {
                answer.report(report);
            }
        };
        this.fanOut = new FanOut(port, round, terms, sender);
        ActorRef<Command> self = context.getSelf();
        this.forgetCancellation = terms.request()
                .cancellation()
                .map(cancellation -> cancellation.onCancel(() -> self.tell(new End(Outcome.CANCELLED))))
                .orElse(() -> {});
    }

    private Behavior<Command> begin(List<Guest> guests) {
        long now = System.nanoTime();
        dueNanos = now - 1;
        fanOut.begin(guests, now);
        return next(now);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Answered.class, this::onAnswered)
                .onMessage(Changed.class, this::onChanged)
                .onMessage(End.class, this::onEnd)
                .onMessage(Tick.class, this::onTick)
                .onSignal(PostStop.class, signal -> onPostStop())
                .build();
    }

    private Behavior<Command> onAnswered(Answered answered) {
        long now = System.nanoTime();
        if (answered.message() instanceof Answers answers) {
            inner.read(answers).forEach(message -> take(message, now));
        } else {
            take(answered.message(), now);
        }
        return next(now);
    }

    private void take(ClusterMessage message, long now) {
        postOffice.answered(message);
        if (message instanceof Offer offer) {
            fanOut.offered(offer, now);
        } else if (message instanceof Reclaimed reclaimed) {
            fanOut.reclaimed(reclaimed, now);
        } else if (message instanceof Refused refused) {
            fanOut.refused(refused, now);
        }
    }

    private Behavior<Command> onChanged(Changed message) {
        long now = System.nanoTime();
        postOffice.changed(message.member(), message.presence());
        fanOut.changed(message.member(), message.presence(), now);
        return next(now);
    }

    private Behavior<Command> onEnd(End message) {
        long now = System.nanoTime();
        fanOut.end(message.outcome(), now);
        return next(now);
    }

    private Behavior<Command> onTick(Tick message) {
        long now = System.nanoTime();
        fanOut.tick(now);
        return next(now);
    }

    private Behavior<Command> next(long now) {
        postOffice.post(now);
        if (fanOut.isAnswered()) {
            return Behaviors.stopped();
        }
        long due = postOffice.dueNanos(fanOut.dueNanos());
        if (due != dueNanos) {
            dueNanos = due;
            timers.startSingleTimer(Tick.INSTANCE, Tick.INSTANCE, Duration.ofNanos(Math.max(0, due - now)));
        } else if (now - due >= 0) {
            getContext().getSelf().tell(Tick.INSTANCE);
        }
        return this;
    }

    private Behavior<Command> onPostStop() {
        forgetCancellation.run();
        long now = System.nanoTime();
        fanOut.answerNow(Outcome.SHUTDOWN, now);
        postOffice.post(now);
        return this;
    }
}
