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
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.unit.CountTally;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.Registration;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shortfall;
import java.time.Duration;
import java.util.Optional;

/**
 * One round: passes over the subtree at falling priority until the target is met, and one result, by the deadline.
 *
 * <ol>
 *   <li>A pass goes to all dirty cgroups of the subtree, on their nodes ({@link #beginPass}).
 *   <li>It is over when all have acknowledged it, except those that are late ({@link #passIsOver}). With the target not
 *       met, the next one begins at the next lower priority.
 *   <li>If the last priority does not meet the target, cgroups whose protection is low are asked from the first priority
 *       on.
 *   <li>A shrinker that was late in a pass is asked when it is no longer late ({@link #onLateVisitEnded}). After the last
 *       pass the round waits for those, until its deadline.
 *   <li>Deadline, cancellation and shutdown end it at any time ({@link #onEnd}).
 * </ol>
 *
 * <p>When it answers, it tells the visits under way to stop, and ends without waiting for them.
 *
 * <p>Nobody holds up a pass for long. It goes on without the outstanding visitors when nobody has acknowledged for
 * {@code reclaimer.late-after}, or when it has taken its share of the time that is left, so that the last priority is
 * reached before the deadline. Each visitor by itself sees the priorities in falling order, none twice.
 */
final class ReclaimRound extends AbstractBehavior<ReclaimRound.Command> {

    public sealed interface Command {}

    /** From a visitor: enough have acknowledged. */
    enum Wake implements Command {
        INSTANCE
    }

    /** From a sender of requests: the visitor may have stopped before the request came. */
    record VisitorGone(PassRequest request, CgroupPerNode perNode, Visitor visitor) implements Command {}

    /** No late visit of the shrinker is under way there any more. */
    private record LateVisitEnded(CgroupPerNode perNode, ShrinkerEntry entry, long skippedIn) implements Command {}

    /** To itself: it is time to check who is late. */
    private enum CheckForLate implements Command {
        INSTANCE
    }

    /** Ends the round before it is done. */
    enum End implements Command {
        DEADLINE(RoundOutcome.DEADLINE),
        CANCELLED(RoundOutcome.CANCELLED),
        SHUTDOWN(RoundOutcome.SHUTDOWN);

        private final RoundOutcome outcome;

        End(RoundOutcome outcome) {
            this.outcome = outcome;
        }
    }

    /** Checks in the time after which a visitor is late. */
    private static final int CHECKS = 2;

    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(5);

    private final EngineContext engine;
    private final Rounds.Start request;
    private final RoundSpec.Goal goal;
    private final ActorRef<Rounds.Command> rounds;
    private final RoundWork work;
    private final Acknowledgements acknowledgements;
    private final RoundPasses passes;
    private final long start;
    private final Registration cancellation;
    private int priority;
    private long passStart;
    private int silentChecks;

    static Behavior<Command> create(EngineContext engine, Rounds.Start request, ActorRef<Rounds.Command> rounds) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new ReclaimRound(context, timers, engine, request, rounds).begin()));
    }

    private ReclaimRound(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            EngineContext engine,
            Rounds.Start request,
            ActorRef<Rounds.Command> rounds) {
        super(context);
        this.engine = engine;
        this.request = request;
        this.rounds = rounds;
        RoundSpec spec = request.spec();
        this.goal = spec.goal();
        this.work = new RoundWork(spec, listed());
        this.priority = goal.firstPriority();
        this.start = engine.nanoTime().getAsLong();
        ActorRef<Command> self = context.getSelf();
        this.acknowledgements = new Acknowledgements(self);
        this.passes = new RoundPasses(
                engine, spec.scope(), request.top(), work, acknowledgements, visitor -> context.watch(visitor.ref()));
        work.setLateListener((perNode, entry, skippedIn) -> self.tell(new LateVisitEnded(perNode, entry, skippedIn)));
        timers.startSingleTimer(End.DEADLINE, End.DEADLINE, spec.within());
        timers.startTimerWithFixedDelay(CheckForLate.INSTANCE, CheckForLate.INSTANCE, interval());
        this.cancellation = spec.cancellation()
                .map(users -> users.onCancel(() -> self.tell(End.CANCELLED)))
                .orElse(() -> {});
    }

    private Duration interval() {
        Duration share = engine.settings().calls().lateAfter().dividedBy(CHECKS);
        return share.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : share;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Wake.class, message -> goOn())
                .onMessage(VisitorGone.class, this::onVisitorGone)
                .onMessage(CheckForLate.class, this::onCheckForLate)
                .onMessage(LateVisitEnded.class, this::onLateVisitEnded)
                .onMessage(End.class, this::onEnd)
                .onSignal(Terminated.class, this::onTerminated)
                .onSignal(PostStop.class, signal -> onPostStop())
                .build();
    }

    /** How many entries the report lists. */
    private int listed() {
        return request.spec().isCount()
                ? CountTally.LISTED
                : engine.settings().rounds().reportEntries();
    }

    private Behavior<Command> begin() {
        boolean cancelled =
                request.spec().cancellation().map(Cancellation::isCancelled).orElse(false);
        return cancelled ? end(RoundOutcome.CANCELLED) : beginPass();
    }

    private Behavior<Command> beginPass() {
        passes.begin(priority);
        passStart = engine.nanoTime().getAsLong();
        silentChecks = 0;
        return goOn();
    }

    private Behavior<Command> goOn() {
        passes.goOn();
        return passes.isOver() ? passIsOver() : this;
    }

    private Behavior<Command> passIsOver() {
        if (work.isMet()) {
            return end(RoundOutcome.TARGET_REACHED);
        }
        if (request.spec().isCount()) {
            return end(RoundOutcome.DONE);
        }
        if (work.hasTarget() && priority > goal.lastPriority()) {
            if (passes.areAllLate() && !hasHadItsShare()) {
                return this;
            }
            priority--;
            return beginPass();
        }
        if (work.hasTarget() && passes.takeLow()) {
            priority = goal.firstPriority();
            return beginPass();
        }
        if (late() > 0) {
            return this;
        }
        return end(work.hasTarget() ? RoundOutcome.TARGET_MISSED : RoundOutcome.DONE);
    }

    /** The number of visitors and late visits that have not answered yet. */
    private int late() {
        return passes.lateCount() + work.lateVisits();
    }

    private Behavior<Command> onCheckForLate(CheckForLate message) {
        passes.ensureBegun();
        passes.takeAllAcknowledgements();
        passes.askReplaced();
        passes.openWindow();
        silentChecks = passes.takeProgress() ? 0 : silentChecks + 1;
        if (silentChecks >= CHECKS) {
            silentChecks = 0;
            passes.passOverLate();
        } else if (work.hasTarget() && priority > goal.lastPriority() && hasHadItsShare()) {
            passes.passOverLate();
            passes.cutShort();
        }
        return goOn();
    }

    /**
     * Whether the pass has had its share of the time that is left, which is the same for each pass up to the last
     * priority.
     */
    private boolean hasHadItsShare() {
        long now = engine.nanoTime().getAsLong();
        long nanosLeft = start + request.spec().within().toNanos() - passStart;
        return now - passStart > nanosLeft / (priority - goal.lastPriority() + 1);
    }

    /** Asks a shrinker that this pass has skipped because it was late. */
    private Behavior<Command> onLateVisitEnded(LateVisitEnded message) {
        work.removeLateVisit();
        passes.askSkipped(message.perNode(), message.entry(), message.skippedIn());
        return goOn();
    }

    private Behavior<Command> onVisitorGone(VisitorGone message) {
        passes.visitorGone(message);
        return goOn();
    }

    private Behavior<Command> onTerminated(Terminated signal) {
        passes.visitorStopped(signal.getRef());
        return goOn();
    }

    private Behavior<Command> onEnd(End message) {
        return end(message.outcome);
    }

    private Behavior<Command> end(RoundOutcome outcome) {
        work.stop();
        work.setLateListener(null);
        acknowledgements.close();
        cancellation.close();
        work.shortfalls().add(Shortfall.LATE, late());
        RoundResult result = result(outcome);
        // Sent before the result, so that the receiver of the result may start another round in the place of this one.
        rounds.tell(new Rounds.Ended(getContext().getSelf()));
        if (work.shortfalls().count(Shortfall.MAY_NOT_BLOCK) > 0 && !work.isMet() && outcome != RoundOutcome.SHUTDOWN) {
            rounds.tell(new Rounds.FollowUp(followUp(), request.top()));
        }
        request.replyTo().success(result);
        work.details().close();
        return Behaviors.stopped();
    }

    private RoundSpec followUp() {
        return request.spec()
                .followUp(priority, work.missing(), engine.settings().rounds().deadline());
    }

    private RoundResult result(RoundOutcome outcome) {
        return new RoundResult(
                outcome,
                work.tally().sums(),
                work.shortfalls().counts(),
                priority,
                Duration.ofNanos(engine.nanoTime().getAsLong() - start),
                work.details().largest(listed()),
                Optional.ofNullable(work.counts()).map(CountTally::sums));
    }

    private Behavior<Command> onPostStop() {
        cancellation.close();
        return this;
    }
}
