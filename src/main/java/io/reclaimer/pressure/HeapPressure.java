package io.reclaimer.pressure;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimReport.Outcome;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.Saturating;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Starts rounds when too little of this process's heap is free. One an actor system, started by {@link Pressure}.
 *
 * <ol>
 *   <li>A collection ended: {@link #onCollected} brings the estimate of what is live up to date.
 *   <li>{@link #act} compares it with the watermarks and starts the round that is due, if any.
 *   <li>The round answered: {@link #onAnswered} credits what it freed and a collection has yet to take out, and goes back
 *       to 2, so that rounds go on while they are needed without waiting for a collection. What was freed at once is no
 *       credit.
 *   <li>A round that came to the end of what can be freed, or freed at once all that it freed, starts a rest, which the
 *       next collection or a timer ends.
 * </ol>
 *
 * <p>Rounds are on the node {@value #NODE} where {@code reclaimer.nodes} has one of that name, otherwise on all nodes:
 * what is on others, as direct buffers, gives no heap.
 *
 * <p>A look at the heap between collections only ever ends pressure: what is in use then may be garbage, except that it
 * can't be less than what is live. It never starts a round; a burst between two collections fills the young generation,
 * whose collection is told of before the old one, where what survives goes, can be full.
 */
public final class HeapPressure extends AbstractBehavior<HeapPressure.Command> {

    /** The node that is asked for heap, where {@code reclaimer.nodes} has one of that name; otherwise all are. */
    public static final String NODE = "heap";

    /** What it can be told. */
    public sealed interface Command {}

    /** Asks for the status; answered at once. */
    public record GetStatus(ActorRef<HeapStatus> replyTo) implements Command {
        public GetStatus {
            Objects.requireNonNull(replyTo, "replyTo");
        }
    }

    /** A collection ended. */
    record Collected(HeapReading reading) implements Command {}

    private record Answered(Round round, @Nullable ReclaimReport report) implements Command {}

    private enum Look implements Command {
        INSTANCE
    }

    private enum RestOver implements Command {
        INSTANCE
    }

    /** One that is under way. */
    private record Round(boolean direct, long startMillis, Cancellation cancellation) {}

    private final Heap heap;
    private final HeapPressureSettings settings;
    private final ReclaimRequest anyHeap;
    private final Function<ReclaimRequest, CompletionStage<ReclaimReport>> reclaim;
    private final Consumer<HeapStatus> publish;
    private final TimerScheduler<Command> timers;
    private final Runnable endWatch;

    private final LiveEstimate estimate;
    private final ObjectSize objectSize;
    private final Tally tally = new Tally();
    private PressureState state = PressureState.NONE;
    private Optional<Round> background = Optional.empty();
    private Optional<Round> direct = Optional.empty();
    private boolean resting;
    private Duration nextRest;

    /**
     * @param heap what to watch
     * @param anyHeap where there is heap to reclaim; has no target yet
     * @param reclaim requests a round
     * @param publish is given each new status
     */
    static Behavior<Command> create(
            Heap heap,
            HeapPressureSettings settings,
            ReclaimRequest anyHeap,
            Function<ReclaimRequest, CompletionStage<ReclaimReport>> reclaim,
            Consumer<HeapStatus> publish) {
        Behavior<Command> behavior = Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new HeapPressure(context, timers, heap, settings, anyHeap, reclaim, publish)));
        return Behaviors.supervise(behavior)
                .onFailure(SupervisorStrategy.restartWithBackoff(settings.retryMin(), settings.retryMax(), 0));
    }

    private HeapPressure(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Heap heap,
            HeapPressureSettings settings,
            ReclaimRequest anyHeap,
            Function<ReclaimRequest, CompletionStage<ReclaimReport>> reclaim,
            Consumer<HeapStatus> publish) {
        super(context);
        this.heap = heap;
        this.settings = settings;
        this.anyHeap = anyHeap;
        this.reclaim = reclaim;
        this.publish = publish;
        this.timers = timers;
        this.estimate =
                new LiveEstimate(heap.limitBytes(), settings.watermarks().mostLive(heap.limitBytes()));
        this.objectSize = new ObjectSize(settings.initialObjectBytes());
        this.nextRest = settings.retryMin();
        ActorRef<Command> self = context.getSelf();
        this.endWatch = heap.watch(reading -> self.tell(new Collected(reading)));
        timers.startTimerWithFixedDelay(Look.INSTANCE, Look.INSTANCE, settings.lookInterval());
        publishStatus();
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Collected.class, this::onCollected)
                .onMessage(Answered.class, this::onAnswered)
                .onMessage(Look.class, this::onLook)
                .onMessage(RestOver.class, this::onRestOver)
                .onMessage(GetStatus.class, this::onGetStatus)
                .onSignal(PreRestart.class, signal -> stopWatching())
                .onSignal(PostStop.class, signal -> stopWatching())
                .build();
    }

    private Behavior<Command> onCollected(Collected message) {
        estimate.collected(message.reading());
        tally.collected(estimate.liveBytes());
        endRest();
        act();
        return this;
    }

    private Behavior<Command> onAnswered(Answered message) {
        Round round = message.round();
        if (direct.equals(Optional.of(round))) {
            direct = Optional.empty();
        } else if (background.equals(Optional.of(round))) {
            background = Optional.empty();
        } else {
            // Of the life before a restart, which cancelled it.
            return this;
        }
        ReclaimReport report = message.report();
        if (report == null) {
            rest();
        } else {
            tally.answered(round.direct(), report);
            objectSize.learn(report.freedObjects(), report.freedBytes());
            estimate.freed(uncollectedBytes(report), round.startMillis(), heap.uptimeMillis());
            if (report.outcome() == Outcome.SHUTDOWN) {
                return Behaviors.stopped();
            }
            if (report.outcome() == Outcome.SHORT || (isInVain(report) && report.outcome() != Outcome.CANCELLED)) {
                rest();
            } else {
                nextRest = settings.retryMin();
            }
        }
        act();
        return this;
    }

    private Behavior<Command> onLook(Look message) {
        estimate.used(heap.usedBytes());
        state = decide().state();
        publishStatus();
        return this;
    }

    private Behavior<Command> onRestOver(RestOver message) {
        resting = false;
        act();
        return this;
    }

    private Behavior<Command> onGetStatus(GetStatus message) {
        message.replyTo().tell(status());
        return this;
    }

    private Behavior<Command> stopWatching() {
        endWatch.run();
        direct.ifPresent(round -> round.cancellation().cancel());
        background.ifPresent(round -> round.cancellation().cancel());
        return this;
    }

    private void act() {
        Watermarks.Decision decision = decide();
        state = decision.state();
        if (settings.rounds() && !resting) {
            switch (state) {
                case NONE -> {}
                case LOW -> startBackground(decision.wantedBytes());
                case MIN -> startDirect(decision.wantedBytes());
            }
        }
        publishStatus();
    }

    private Watermarks.Decision decide() {
        return settings.watermarks().decide(state, heap.limitBytes(), estimate.liveBytes());
    }

    private void startBackground(long wantedBytes) {
        if (background.isEmpty() && direct.isEmpty()) {
            ReclaimRequest request = request(wantedBytes).background().within(settings.backgroundDeadline());
            background = Optional.of(start(false, request));
        }
    }

    /** A background round under way is ended: it would free the same bytes a second time, and less urgently. */
    private void startDirect(long wantedBytes) {
        if (direct.isEmpty()) {
            background.ifPresent(round -> round.cancellation().cancel());
            direct = Optional.of(start(true, request(wantedBytes).within(settings.directDeadline())));
        }
    }

    private ReclaimRequest request(long wantedBytes) {
        return anyHeap.objects(objectSize.objectsFor(wantedBytes));
    }

    private Round start(boolean isDirect, ReclaimRequest request) {
        Round round = new Round(isDirect, heap.uptimeMillis(), new Cancellation());
        getContext()
                .pipeToSelf(
                        reclaim.apply(request.cancelledBy(round.cancellation())),
                        (report, failure) -> new Answered(round, report));
        return round;
    }

    /** What is back already is no garbage that a reading may still hold: it was no heap, most likely. */
    private static long uncollectedBytes(ReclaimReport report) {
        return Math.max(0, report.freedBytes() - report.freedAtOnceBytes());
    }

    /** Nothing was freed, or nothing that helps the heap: another round at once would go on with that for ever. */
    private static boolean isInVain(ReclaimReport report) {
        return report.freedObjects() == 0 || (report.freedAtOnceBytes() > 0 && uncollectedBytes(report) == 0);
    }

    private void rest() {
        resting = true;
        timers.startSingleTimer(RestOver.INSTANCE, RestOver.INSTANCE, nextRest);
        Duration doubled = nextRest.multipliedBy(2);
        nextRest = doubled.compareTo(settings.retryMax()) < 0 ? doubled : settings.retryMax();
    }

    private void endRest() {
        resting = false;
        timers.cancel(RestOver.INSTANCE);
    }

    private void publishStatus() {
        publish.accept(status());
    }

    private HeapStatus status() {
        return new HeapStatus(
                state,
                heap.limitBytes(),
                heap.usedBytes(),
                estimate.liveBytes(),
                estimate.creditBytes(),
                tally.peakLiveBytes,
                tally.collections,
                tally.rounds,
                tally.directRounds,
                tally.freedObjects,
                tally.freedBytes);
    }

    /** Sums since the start. */
    private static final class Tally {
        private long peakLiveBytes;
        private long collections;
        private long rounds;
        private long directRounds;
        private long freedObjects;
        private long freedBytes;

        void collected(long liveBytes) {
            collections++;
            peakLiveBytes = Math.max(peakLiveBytes, liveBytes);
        }

        void answered(boolean direct, ReclaimReport report) {
            rounds++;
            directRounds += direct ? 1 : 0;
            freedObjects = Saturating.add(freedObjects, report.freedObjects());
            freedBytes = Saturating.add(freedBytes, report.freedBytes());
        }
    }
}
