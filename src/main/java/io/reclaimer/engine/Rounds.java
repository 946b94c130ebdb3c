package io.reclaimer.engine;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.reclaimer.engine.call.CallWatchdog;
import io.reclaimer.engine.call.Reply;
import io.reclaimer.engine.unit.CountTally;
import io.reclaimer.engine.unit.Tally;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.RoundOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parent of all rounds: starts them, bounds how many are under way, and answers for a round that ends without a
 * result. A part of the slots is reserved for direct rounds, so that background rounds and counts never keep out a
 * round that somebody waits for. One per engine.
 */
public final class Rounds extends AbstractBehavior<Rounds.Command> {

    public sealed interface Command {}

    /** From the tree: starts a round whose top is online. */
    record Start(RoundSpec spec, CgroupHandle top, Reply<RoundResult> replyTo) implements Command {}

    /** From the tree: answers a round whose top is not online, with a result of 0. */
    record AnswerNotOnline(RoundSpec spec, Reply<RoundResult> replyTo) implements Command {}

    /** Ends all rounds and refuses new ones. Answered when all have answered. */
    public record EndAll(Reply<Done> replyTo) implements Command {}

    /** Asks how many rounds have yet to answer. */
    public record CountRunning(Reply<Integer> replyTo) implements Command {}

    /** From a round whose caller may not block: a background round is to visit the shrinkers that it skipped. */
    record FollowUp(RoundSpec spec, CgroupHandle top) implements Command {}

    /** From a round: it answers. */
    record Ended(ActorRef<ReclaimRound.Command> round) implements Command {}

    private record RoundStopped(ActorRef<ReclaimRound.Command> round) implements Command {}

    /** The key of a follow-up. For each key one follow-up is under way at a time. */
    private record FollowUpKey(CgroupHandle top, RoundSpec.Scope scope) {}

    /** One in this many slots is reserved for direct rounds. */
    private static final int DIRECT_PART = 4;

    private final EngineContext engine;

    /** Rounds that have not answered, and the receiver of each result. */
    private final Map<ActorRef<ReclaimRound.Command>, Reply<RoundResult>> running = new LinkedHashMap<>();

    /** Follow-ups that wait: for each key the newest, because it asks at the present pressure. */
    private final Map<FollowUpKey, FollowUp> waitingFollowUps = new LinkedHashMap<>();

    private final Map<ActorRef<ReclaimRound.Command>, FollowUpKey> runningFollowUps = new HashMap<>();
    private final List<Reply<Done>> waitingForNone = new ArrayList<>();
    private boolean closed;

    public static Behavior<Command> create(EngineContext engine) {
        return Behaviors.setup(context -> new Rounds(context, engine));
    }

    private Rounds(ActorContext<Command> context, EngineContext engine) {
        super(context);
        this.engine = engine;
        // Nothing works without these two. When one of them ends, this actor ends as well.
        context.watch(context.spawn(CallWatchdog.create(engine), "call-watchdog", DispatcherSelector.sameAsParent()));
        ActorRef<TimeSlices.Next> timeSlices =
                context.spawn(TimeSlices.create(), "time-slices", DispatcherSelector.sameAsParent());
        context.watch(timeSlices);
        engine.setTimeSlices(timeSlices);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Start.class, this::onStart)
                .onMessage(Ended.class, this::onEnded)
                .onMessage(RoundStopped.class, this::onRoundStopped)
                .onMessage(FollowUp.class, this::onFollowUp)
                .onMessage(AnswerNotOnline.class, this::onAnswerNotOnline)
                .onMessage(CountRunning.class, this::onCountRunning)
                .onMessage(EndAll.class, this::onEndAll)
                .build();
    }

    private Behavior<Command> onStart(Start message) {
        int limit = limitFor(message.spec());
        if (closed) {
            message.replyTo()
                    .failure(new ReclaimerException(
                            Reason.SHUTTING_DOWN, "No round is started: the reclaimer is shutting down"));
        } else if (running.size() >= limit) {
            message.replyTo()
                    .failure(new ReclaimerException(
                            Reason.TOO_MANY_ROUNDS,
                            "No round is started: [" + running.size() + "] are under way, and allowed are ["
                                    + max() + "] [reclaimer.max-rounds], [" + limit
                                    + "] of them for rounds of this kind"));
        } else {
            start(message);
        }
        return this;
    }

    private int max() {
        return engine.settings().rounds().max();
    }

    private int limitFor(RoundSpec spec) {
        return spec.isDirect() ? max() : backgroundLimit();
    }

    private int backgroundLimit() {
        return max() - max() / DIRECT_PART;
    }

    private ActorRef<ReclaimRound.Command> start(Start request) {
        ActorRef<ReclaimRound.Command> round = getContext()
                .spawnAnonymous(
                        ReclaimRound.create(engine, request, getContext().getSelf()),
                        DispatcherSelector.sameAsParent());
        getContext().watchWith(round, new RoundStopped(round));
        running.put(round, request.replyTo());
        return round;
    }

    private Behavior<Command> onEnded(Ended message) {
        running.remove(message.round());
        ended(message.round());
        return this;
    }

    private Behavior<Command> onRoundStopped(RoundStopped message) {
        Reply<RoundResult> unanswered = running.remove(message.round());
        if (unanswered != null) {
            unanswered.failure(new ReclaimerException(
                    Reason.FAILED, "The round ended without an answer, by a fault of the reclaimer; the log has it"));
            ended(message.round());
        }
        return this;
    }

    private void ended(ActorRef<ReclaimRound.Command> round) {
        runningFollowUps.remove(round);
        startFollowUps();
        answerIfNone();
    }

    private Behavior<Command> onFollowUp(FollowUp message) {
        waitingFollowUps.put(new FollowUpKey(message.top(), message.spec().scope()), message);
        startFollowUps();
        return this;
    }

    /** Starts follow-ups whose key has none under way, as far as more rounds are allowed. */
    private void startFollowUps() {
        Iterator<Map.Entry<FollowUpKey, FollowUp>> waiting =
                waitingFollowUps.entrySet().iterator();
        while (!closed && waiting.hasNext() && running.size() < backgroundLimit()) {
            Map.Entry<FollowUpKey, FollowUp> next = waiting.next();
            if (!runningFollowUps.containsValue(next.getKey())) {
                waiting.remove();
                FollowUp message = next.getValue();
                runningFollowUps.put(start(new Start(message.spec(), message.top(), Reply.none())), next.getKey());
            }
        }
    }

    private Behavior<Command> onAnswerNotOnline(AnswerNotOnline message) {
        RoundSpec spec = message.spec();
        message.replyTo()
                .success(new RoundResult(
                        RoundOutcome.NOT_ONLINE,
                        Tally.Sums.NOTHING,
                        Map.of(),
                        spec.goal().firstPriority(),
                        Duration.ZERO,
                        List.of(),
                        spec.isCount() ? Optional.of(CountTally.NOTHING) : Optional.empty()));
        return this;
    }

    private Behavior<Command> onCountRunning(CountRunning message) {
        message.replyTo().success(running.size());
        return this;
    }

    private Behavior<Command> onEndAll(EndAll message) {
        closed = true;
        waitingForNone.add(message.replyTo());
        running.keySet().forEach(round -> round.tell(ReclaimRound.End.SHUTDOWN));
        answerIfNone();
        return this;
    }

    private void answerIfNone() {
        if (running.isEmpty()) {
            waitingForNone.forEach(replyTo -> replyTo.success(Done.getInstance()));
            waitingForNone.clear();
        }
    }
}
