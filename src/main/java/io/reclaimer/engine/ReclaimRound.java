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
import io.reclaimer.shrinker.Shortfall;
import java.time.Duration;
import java.util.Optional;

/**
 * One request: passes over the subtree at falling priority until the target is met, and one answer, by the deadline.
 *
 * <ol>
 *   <li>a pass goes to all dirty pairs of the subtree ({@link #beginPass});
 *   <li>when all have acknowledged it, but for those that are late, it is over ({@link #passIsOver}): with the target not met, the
 *       next one begins at the next lower priority;
 *   <li>who was late when its turn in a pass came is asked when it is not any more ({@link #onLateNoMore}); after the last
 *       pass the round waits for those, until its deadline;
 *   <li>deadline, cancellation and shutdown end it at any time ({@link #onEnd}).
 * </ol>
 *
 * <p>When it answers it tells the visits under way to stop, and ends: it waits for nobody.
 *
 * <p>Nobody holds up a pass for long: it goes on without those outstanding when for {@code reclaimer.late-after} nobody has
 * acknowledged, or when it has taken its share of the time that is left, so that the last priority is reached before the deadline.
 * Each pair by itself sees the priorities in falling order, none twice.
 */
public final class ReclaimRound extends AbstractBehavior<ReclaimRound.Command> {

    public sealed interface Command {}

    /** From a pair: enough have acknowledged. */
    enum Wake implements Command {
        INSTANCE
    }

    /** No late visit of the shrinker is under way in the pair any more. */
    private record LateNoMore(Pair pair, ShrinkerEntry entry, long skippedIn) implements Command {}

    /** To itself: it is time to look who is late. */
    private enum LookForLate implements Command {
        INSTANCE
    }

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

    /** How often it looks while others are waited for, as a share of the time after which they are late. */
    private static final int LOOKS = 2;

    private static final Duration SHORTEST_LOOK = Duration.ofMillis(5);

    private final Published published;
    private final RoundSpec spec;
    private final CgroupHandle top;
    private final Reply<RoundResult> replyTo;
    private final ActorRef<Rounds.Command> rounds;
    private final RoundWork work;
    private final PassAnswers answers;
    private final RoundPasses passes;
    private final long start;
    private final Runnable forgetCancellation;
    private int priority;
    private long passStart;
    private int silentLooks;

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
        ActorRef<Command> self = context.getSelf();
        this.answers = new PassAnswers(self);
        this.passes = new RoundPasses(published, spec, top, work, answers, visitor -> context.watch(visitor.ref()));
        work.tellOfLate((pair, entry, skippedIn) -> self.tell(new LateNoMore(pair, entry, skippedIn)));
        timers.startSingleTimer(End.DEADLINE, End.DEADLINE, spec.within());
        Duration look = published.settings().lateAfter().dividedBy(LOOKS);
        timers.startTimerWithFixedDelay(
                LookForLate.INSTANCE, LookForLate.INSTANCE, look.compareTo(SHORTEST_LOOK) < 0 ? SHORTEST_LOOK : look);
        this.forgetCancellation = spec.cancellation()
                .map(cancellation -> cancellation.onCancel(() -> self.tell(End.CANCELLED)))
                .orElse(() -> {});
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Wake.class, message -> goOn())
                .onMessage(LookForLate.class, this::onLookForLate)
                .onMessage(LateNoMore.class, this::onLateNoMore)
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
        passes.begin(priority);
        passStart = published.nanoTime().getAsLong();
        silentLooks = 0;
        return goOn();
    }

    private Behavior<Command> goOn() {
        passes.goOn();
        return passes.isOver() ? passIsOver() : this;
    }

    private Behavior<Command> passIsOver() {
        if (work.isMet()) {
            return end(Outcome.MET);
        }
        if (spec.countOnly()) {
            return end(Outcome.DONE);
        }
        if (work.hasTarget() && priority > spec.lastPriority()) {
            if (passes.isEverybodyLate() && !hasHadItsShare()) {
                return this;
            }
            priority--;
            return beginPass();
        }
        if (late() > 0) {
            return this;
        }
        return end(work.hasTarget() ? Outcome.SHORT : Outcome.DONE);
    }

    /** Pairs and visits that have yet to answer, and nobody waits for. */
    private int late() {
        return passes.lateCount() + work.lateVisits();
    }

    private Behavior<Command> onLookForLate(LookForLate message) {
        passes.takeAnswers();
        passes.askReplaced();
        passes.openWindow();
        silentLooks = passes.madeProgress() ? 0 : silentLooks + 1;
        if (silentLooks >= LOOKS) {
            silentLooks = 0;
            passes.passOverLate();
        } else if (work.hasTarget() && priority > spec.lastPriority() && hasHadItsShare()) {
            passes.passOverLate();
            passes.cutShort();
        }
        return goOn();
    }

    /** Whether the pass has had as much of the time that is left as each one up to the last priority may have. */
    private boolean hasHadItsShare() {
        long now = published.nanoTime().getAsLong();
        long left = start + spec.within().toNanos() - passStart;
        return now - passStart > left / (priority - spec.lastPriority() + 1);
    }

    /** A shrinker that was passed over in this pass is asked now. */
    private Behavior<Command> onLateNoMore(LateNoMore message) {
        work.hasHeardOfLate();
        passes.askSkipped(message.pair(), message.entry(), message.skippedIn());
        return goOn();
    }

    private Behavior<Command> onTerminated(Terminated signal) {
        passes.ended(signal.getRef());
        return goOn();
    }

    private Behavior<Command> onEnd(End message) {
        return end(message.outcome);
    }

    private Behavior<Command> end(Outcome outcome) {
        work.stop();
        work.tellOfLate(null);
        answers.close();
        forgetCancellation.run();
        work.fallsShort(Shortfall.LATE, late());
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
        return Behaviors.stopped();
    }

    private Behavior<Command> onPostStop() {
        forgetCancellation.run();
        return this;
    }
}
