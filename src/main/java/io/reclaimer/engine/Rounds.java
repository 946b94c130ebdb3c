package io.reclaimer.engine;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts rounds, and bounds how many are under way; one an engine. A part of the places is for direct rounds alone, so that
 * background rounds and counts never keep out those that somebody waits for. Answers for a round that ends without an answer.
 */
public final class Rounds extends AbstractBehavior<Rounds.Command> {

    public sealed interface Command {}

    /** From the tree: the top was found. */
    record Start(RoundSpec spec, CgroupHandle top, Reply<RoundResult> replyTo) implements Command {}

    /** From the tree: the top is not online, where a pass gives 0. */
    record AnswerNotOnline(RoundSpec spec, Reply<RoundResult> replyTo) implements Command {}

    /** Ends all rounds and refuses new ones. Answered when all have answered. */
    public record EndAll(Reply<Done> replyTo) implements Command {}

    /** How many rounds have yet to answer. */
    public record CountRunning(Reply<Integer> replyTo) implements Command {}

    /** From a round whose caller could not wait: what it left out is to be done by a round that can. */
    record Left(RoundSpec spec, CgroupHandle top) implements Command {}

    /** From a round: it has answered. */
    record Answered(ActorRef<ReclaimRound.Command> round) implements Command {}

    /** A round has ended. */
    private record RoundStopped(ActorRef<ReclaimRound.Command> round) implements Command {}

    /** Where a round for what was left out goes: one at a time. */
    private record Place(CgroupHandle top, boolean alone, List<Integer> nodes) {}

    /** The part of the places that is for direct rounds alone. */
    private static final int DIRECT_PART = 4;

    private final Published published;

    /** Rounds that have not answered, and where each is to answer. */
    private final Map<ActorRef<ReclaimRound.Command>, Reply<RoundResult>> running = new LinkedHashMap<>();

    /** What is left out and waits: the newest for each place, for it asks at the pressure of now. */
    private final Map<Place, Left> left = new LinkedHashMap<>();

    private final Map<ActorRef<ReclaimRound.Command>, Place> runningForLeft = new HashMap<>();
    private final List<Reply<Done>> waitingForNone = new ArrayList<>();
    private boolean closed;

    public static Behavior<Command> create(Published published) {
        return Behaviors.setup(context -> new Rounds(context, published));
    }

    private Rounds(ActorContext<Command> context, Published published) {
        super(context);
        this.published = published;
        // Without these nothing works, so when one of them ends, so does this one.
        context.watch(context.spawn(CallWatch.create(published), "call-watch", DispatcherSelector.sameAsParent()));
        ActorRef<TimeSlices.Next> timeSlices =
                context.spawn(TimeSlices.create(), "time-slices", DispatcherSelector.sameAsParent());
        context.watch(timeSlices);
        published.timeSlicesAre(timeSlices);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Start.class, this::onStart)
                .onMessage(Answered.class, this::onAnswered)
                .onMessage(RoundStopped.class, this::onRoundStopped)
                .onMessage(Left.class, this::onLeft)
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
                                    + published.settings().maxRounds() + "] [reclaimer.max-rounds], [" + limit
                                    + "] of them for rounds of this kind"));
        } else {
            start(message.spec(), message.top(), message.replyTo());
        }
        return this;
    }

    private int limitFor(RoundSpec spec) {
        return spec.isDirect() ? published.settings().maxRounds() : backgroundLimit();
    }

    private int backgroundLimit() {
        int most = published.settings().maxRounds();
        return most - most / DIRECT_PART;
    }

    private ActorRef<ReclaimRound.Command> start(RoundSpec spec, CgroupHandle top, Reply<RoundResult> replyTo) {
        ActorRef<ReclaimRound.Command> round = getContext()
                .spawnAnonymous(
                        ReclaimRound.create(
                                published, spec, top, replyTo, getContext().getSelf()),
                        DispatcherSelector.sameAsParent());
        getContext().watchWith(round, new RoundStopped(round));
        running.put(round, replyTo);
        return round;
    }

    private Behavior<Command> onAnswered(Answered message) {
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
        runningForLeft.remove(round);
        startLeft();
        answerIfNone();
    }

    private Behavior<Command> onLeft(Left message) {
        RoundSpec spec = message.spec();
        left.put(new Place(message.top(), spec.alone(), spec.nodes()), message);
        startLeft();
        return this;
    }

    /** Starts what was left out, where no round for that place is under way, as far as more rounds are allowed. */
    private void startLeft() {
        Iterator<Map.Entry<Place, Left>> waiting = left.entrySet().iterator();
        while (!closed && waiting.hasNext() && running.size() < backgroundLimit()) {
            Map.Entry<Place, Left> next = waiting.next();
            if (!runningForLeft.containsValue(next.getKey())) {
                waiting.remove();
                Left message = next.getValue();
                runningForLeft.put(start(message.spec(), message.top(), Reply.none()), next.getKey());
            }
        }
    }

    private Behavior<Command> onAnswerNotOnline(AnswerNotOnline message) {
        message.replyTo()
                .success(new RoundResult(
                        RoundResult.Outcome.NOT_ONLINE,
                        0,
                        0,
                        0,
                        0,
                        0,
                        Map.of(),
                        message.spec().firstPriority(),
                        Duration.ZERO,
                        List.of(),
                        message.spec().countOnly() ? Optional.of(CountTally.NOTHING) : Optional.empty()));
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
