package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.reclaimer.engine.RoundResult.Outcome;
import io.reclaimer.shrinker.Cancellation;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request: passes over the subtree at falling priority until the target is met, and one answer, by the deadline.
 *
 * <ol>
 *   <li>a pass goes to the top pair of each node ({@link #beginPass});
 *   <li>each reports when its subtree is done ({@link #onPassEnded});
 *   <li>with the target not met, the next priority; otherwise, or after the last, the answer ({@link #endPass});
 *   <li>deadline, cancellation and shutdown end it at any time: it answers at once with what was done until then, tells
 *       the walks to stop, and lives on, answering nobody, until the last pair has reported ({@link #onEnd}).
 * </ol>
 */
public final class ReclaimRound extends AbstractBehavior<ReclaimRound.Command> {

    public sealed interface Command {}

    /** From a top pair. */
    record PassEnded(CgroupNode.Pass pass, ActorRef<CgroupNode.Command> pair) implements Command {}

    /** What ends a round before it is done. */
    enum End implements Command {
        DEADLINE(Outcome.DEADLINE),
        CANCELLED(Outcome.CANCELLED),
        SHUTDOWN(Outcome.SHUTDOWN);

        private final Outcome outcome;

        End(Outcome outcome) {
            this.outcome = outcome;
        }
    }

    private final Published published;
    private final RoundSpec spec;
    private final CgroupHandle top;
    private final Reply<RoundResult> replyTo;
    private final ActorRef<Rounds.Command> rounds;
    private final RoundWork work;
    private final long start;

    /** Top pairs that have yet to report; a pair that stopped has nothing to report. */
    private final Set<ActorRef<?>> outstanding = new HashSet<>();

    private final Runnable forgetCancellation;
    private CgroupNode.@Nullable Pass pass;
    private int priority;
    private boolean answered;

    static Behavior<Command> create(
            Published published,
            RoundSpec spec,
            CgroupHandle top,
            Reply<RoundResult> replyTo,
            ActorRef<Rounds.Command> rounds) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new ReclaimRound(context, timers, published, spec, top, replyTo, rounds).begin()));
    }

    private ReclaimRound(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Published published,
            RoundSpec spec,
            CgroupHandle top,
            Reply<RoundResult> replyTo,
            ActorRef<Rounds.Command> rounds) {
        super(context);
        this.published = published;
        this.spec = spec;
        this.top = top;
        this.replyTo = replyTo;
        this.rounds = rounds;
        this.work = RoundWork.of(spec, listed());
        this.priority = spec.firstPriority();
        this.start = published.nanoTime().getAsLong();
        timers.startSingleTimer(End.DEADLINE, End.DEADLINE, spec.within());
        ActorRef<Command> self = context.getSelf();
        this.forgetCancellation = spec.cancellation()
                .map(cancellation -> cancellation.onCancel(() -> self.tell(End.CANCELLED)))
                .orElse(() -> {});
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(PassEnded.class, this::onPassEnded)
                .onMessage(End.class, this::onEnd)
                .onSignal(Terminated.class, this::onTerminated)
                .onSignal(PostStop.class, signal -> onPostStop())
                .build();
    }

    /** How many entries the answer lists. */
    private int listed() {
        return spec.countOnly() ? CountTally.LISTED : published.settings().reportEntries();
    }

    private Behavior<Command> begin() {
        boolean cancelled = spec.cancellation().map(Cancellation::isCancelled).orElse(false);
        return cancelled ? end(Outcome.CANCELLED) : beginPass();
    }

    private Behavior<Command> beginPass() {
        pass = new CgroupNode.Pass(work, priority, spec.alone());
        CgroupNode.StartPass message =
                new CgroupNode.StartPass(pass, getContext().getSelf());
        for (int node : spec.nodes()) {
            Pair pair = top.isOnline() ? top.pair(node) : null;
            if (pair != null && outstanding.add(pair.ref())) {
                getContext().watch(pair.ref());
                pair.ref().tell(message);
            }
        }
        return outstanding.isEmpty() ? endPass() : this;
    }

    private Behavior<Command> onPassEnded(PassEnded message) {
        return message.pass().equals(pass) ? reported(message.pair()) : this;
    }

    private Behavior<Command> onTerminated(Terminated signal) {
        return reported(signal.getRef());
    }

    private Behavior<Command> reported(ActorRef<?> pair) {
        return outstanding.remove(pair) && outstanding.isEmpty() ? endPass() : this;
    }

    private Behavior<Command> endPass() {
        if (answered) {
            return Behaviors.stopped();
        }
        if (spec.target().isEmpty() || spec.countOnly()) {
            return end(Outcome.DONE);
        }
        if (work.isMet()) {
            return end(Outcome.MET);
        }
        if (priority == spec.lastPriority()) {
            return end(Outcome.SHORT);
        }
        priority--;
        return beginPass();
    }

    private Behavior<Command> onEnd(End message) {
        return answered ? this : end(message.outcome);
    }

    /** Answers; then there is nothing left to do but to wait for the pairs that are still at it. */
    private Behavior<Command> end(Outcome outcome) {
        answered = true;
        work.stop();
        forgetCancellation.run();
        // Before the answer, so that whoever has it may start another round in the place of this one.
        rounds.tell(new Rounds.Answered(getContext().getSelf()));
        if (work.left() > 0 && !work.isMet() && outcome != Outcome.SHUTDOWN) {
            rounds.tell(new Rounds.Left(
                    spec.forLeft(priority, work.missing(), published.settings().roundDeadline()), top));
        }
        replyTo.success(new RoundResult(
                outcome,
                work.tally().freedObjects(),
                work.tally().freedBytes(),
                work.tally().freedAtOnceBytes(),
                work.tally().scannedObjects(),
                work.tally().visits(),
                work.shortfalls(),
                priority,
                Duration.ofNanos(published.nanoTime().getAsLong() - start),
                work.details().largest(listed()),
                Optional.ofNullable(work.counts()).map(CountTally::sums)));
        work.details().close();
        return outstanding.isEmpty() ? Behaviors.stopped() : this;
    }

    private Behavior<Command> onPostStop() {
        if (!answered) {
            end(Outcome.SHUTDOWN);
        }
        return this;
    }
}
