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
import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.shrinker.RoundOutcome;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The actor that starts rounds when too little of this process's heap is free. One per actor system, started by
 * {@link Pressure}.
 *
 * <ol>
 *   <li>{@link #onCollected}: a collection updates the estimate of live bytes. If the collection does not show what is
 *       live, the caches are counted.
 *   <li>{@link #act} compares the estimate with the watermarks, and starts the round that is due, if any, for the
 *       missing bytes. Lossless shrinkers are asked first, in a round of their own. Any other background round leaves
 *       caches their floor; until they are counted, it frees little.
 *   <li>{@link #creditFreed}: bytes that rounds free are credited until a collection removes them, whoever requested
 *       the round. Bytes that shrinkers free at once are not credited.
 *   <li>{@link #onRoundEnded}: the report of a round leads back to step 2, so rounds continue while they are needed,
 *       without waiting for a collection.
 *   <li>An ineffective round, one that did not end the pressure and left nothing for the next one to free, starts a
 *       back-off, which grows each time.
 * </ol>
 *
 * <p>Rounds are on the node {@value #NODE} if {@code reclaimer.nodes} has one of that name, otherwise on all nodes.
 * Memory of other nodes, such as direct buffers, is not heap.
 *
 * <p>A periodic sample of the heap between collections can only end pressure: bytes in use may be garbage, but live bytes
 * are never more than the bytes in use. It never starts a round, and need not: a burst of allocation between two
 * collections fills the young generation, and the collection of that is reported before its survivors can fill the old
 * one.
 */
public final class HeapPressure extends AbstractBehavior<HeapPressure.Command> {

    /** The name of the node that rounds for heap are on. If there is none of this name, they are on all nodes. */
    public static final String NODE = "heap";

    /** The messages that the actor accepts. */
    public sealed interface Command {}

    /** Asks for the status; answered at once. */
    public record GetStatus(ActorRef<HeapStatus> replyTo) implements Command {
        public GetStatus {
            Objects.requireNonNull(replyTo, "replyTo");
        }
    }

    /**
     * A collection ended.
     *
     * @param freedBytes the bytes that all rounds had freed when the collection was reported
     * @param millis the time of that report
     */
    record Collected(HeapReading reading, long freedBytes, long millis) implements Command {}

    /** A round ended. One of report and failure is null. */
    record RoundEnded(
            HeapRounds.Round round,
            @Nullable ReclaimReport report,
            @Nullable Throwable failure) implements Command {}

    /** Caches were counted. The report is null if that failed. */
    private record Counted(@Nullable CountReport report) implements Command {}

    private enum Sample implements Command {
        INSTANCE
    }

    enum BackOffOver implements Command {
        INSTANCE
    }

    private final Heap heap;
    private final HeapPressureSettings settings;
    private final HeapReclaimer reclaimer;
    private final Consumer<HeapStatus> publish;
    private final Runnable endWatch;
    private final HeapLog log;

    private final LiveEstimate estimate;
    private final CacheCounts counts;
    private final HeapRounds rounds;
    private final BackOff backOff;
    private final HeapStatistics statistics = new HeapStatistics();
    private PressureState state = PressureState.NONE;

    /** The bytes that all rounds had freed when freed bytes were last credited, and the time of that. */
    private long freedSoFar;

    private long creditedMillis;

    /** @param publish receives each new status */
    static Behavior<Command> create(
            Heap heap, HeapPressureSettings settings, HeapReclaimer reclaimer, Consumer<HeapStatus> publish) {
        Behavior<Command> behavior = Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new HeapPressure(context, timers, heap, settings, reclaimer, publish)));
        return Behaviors.supervise(behavior)
                .onFailure(SupervisorStrategy.restartWithBackoff(settings.retryMin(), settings.retryMax(), 0));
    }

    private HeapPressure(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Heap heap,
            HeapPressureSettings settings,
            HeapReclaimer reclaimer,
            Consumer<HeapStatus> publish) {
        super(context);
        this.heap = heap;
        this.settings = settings;
        this.reclaimer = reclaimer;
        this.publish = publish;
        this.log = new HeapLog(heap::uptimeMillis);
        this.estimate = new LiveEstimate(settings.watermarks(), heap.limitBytes());
        this.counts = new CacheCounts(estimate, settings.floor(), heap.limitBytes());
        this.rounds = new HeapRounds(context, reclaimer, settings);
        this.backOff = new BackOff(timers, settings.retryMin(), settings.retryMax());
        this.freedSoFar = reclaimer.freedBytes();
        this.creditedMillis = heap.uptimeMillis();
        ActorRef<Command> self = context.getSelf();
        this.endWatch =
                heap.watch(reading -> self.tell(new Collected(reading, reclaimer.freedBytes(), heap.uptimeMillis())));
        timers.startTimerWithFixedDelay(Sample.INSTANCE, settings.sampleInterval());
        publishStatus();
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Collected.class, this::onCollected)
                .onMessage(Counted.class, this::onCounted)
                .onMessage(RoundEnded.class, this::onRoundEnded)
                .onMessage(Sample.class, this::onSample)
                .onMessage(BackOffOver.class, this::onBackOffOver)
                .onMessage(GetStatus.class, this::onGetStatus)
                .onSignal(PreRestart.class, signal -> stopWatching())
                .onSignal(PostStop.class, signal -> stopWatching())
                .build();
    }

    private Behavior<Command> onCollected(Collected message) {
        // The collection can have removed bytes freed before its report, but none freed since.
        creditFreed(message.freedBytes(), message.millis());
        if (estimate.collected(message.reading())) {
            counts.concluded(decide().state() != PressureState.NONE);
        }
        statistics.addCollection();
        statistics.updatePeak(estimate.liveBytes());
        if (backOff.ineffectiveRounds() <= 1) {
            backOff.end();
        }
        if (estimate.isCountDue()) {
            count();
        }
        act();
        return this;
    }

    /** Credits bytes that any round freed. Rounds by hand and of other members free heap as this actor's rounds do. */
    private void creditFreed() {
        creditFreed(reclaimer.freedBytes(), heap.uptimeMillis());
    }

    private void creditFreed(long freed, long millis) {
        if (freed > freedSoFar) {
            estimate.freed(freed - freedSoFar, creditedMillis, millis);
            counts.freed();
            freedSoFar = freed;
        }
        creditedMillis = Math.max(creditedMillis, millis);
    }

    private void count() {
        if (counts.tryStart(heap.uptimeMillis())) {
            getContext()
                    .pipeToSelf(
                            reclaimer.count(reclaimer.request().within(settings.directDeadline())),
                            (report, failure) -> new Counted(report));
        }
    }

    private Behavior<Command> onCounted(Counted message) {
        creditFreed();
        counts.ended(message.report(), heap.uptimeMillis());
        statistics.updatePeak(estimate.liveBytes());
        act();
        return this;
    }

    private Behavior<Command> onRoundEnded(RoundEnded message) {
        ReclaimReport report = message.report();
        if (!rounds.end(message.round(), report)) {
            return this;
        }
        creditFreed();
        if (report == null) {
            // The round was refused, or the reclaimer is shutting down. That shows nothing about the caches.
            log.failed(message.failure());
            if (!message.round().isLossless()) {
                backOff.start();
            }
        } else {
            statistics.addRound(message.round().isDirect(), report);
            if (report.outcome() == RoundOutcome.SHUTDOWN) {
                return Behaviors.stopped();
            }
            // The round that follows a lossless one frees the remainder.
            if (!message.round().isLossless()) {
                judge(report);
            }
        }
        act();
        return this;
    }

    private void judge(ReclaimReport report) {
        if (report.outcome() != RoundOutcome.CANCELLED && (HeapRounds.isIneffective(report) || isFloorReached())) {
            onIneffectiveRound();
        } else {
            backOff.reset();
        }
    }

    /** Returns whether there is still low pressure, and background rounds may free next to nothing more. */
    private boolean isFloorReached() {
        Watermarks.Decision now = decide();
        return now.state() == PressureState.LOW && counts.isFloorReached(now.wantedBytes());
    }

    private void onIneffectiveRound() {
        counts.roundIneffective();
        log.ineffective(estimate.liveBytes(), heap.limitBytes(), estimate.cachedBytes(), decide().wantedBytes());
        backOff.roundIneffective();
    }

    private Behavior<Command> onSample(Sample message) {
        creditFreed();
        estimate.sampled(heap.usedBytes());
        enter(decide().state());
        publishStatus();
        return this;
    }

    private Behavior<Command> onBackOffOver(BackOffOver message) {
        backOff.end();
        act();
        return this;
    }

    private Behavior<Command> onGetStatus(GetStatus message) {
        message.replyTo().tell(status());
        return this;
    }

    private Behavior<Command> stopWatching() {
        endWatch.run();
        rounds.cancel();
        return this;
    }

    private Watermarks.Decision decide() {
        return settings.watermarks().decide(state, heap.limitBytes(), estimate.liveBytes());
    }

    private void act() {
        Watermarks.Decision decision = decide();
        enter(decision.state());
        if (settings.rounds() && !backOff.isActive()) {
            switch (state) {
                case NONE -> {}
                case LOW -> startBackground(decision.wantedBytes());
                case MIN -> startDirect(decision.wantedBytes());
            }
        }
        publishStatus();
    }

    private void enter(PressureState now) {
        if (now == state) {
            return;
        }
        log.entered(state, now, estimate.liveBytes(), heap.limitBytes());
        if (now == PressureState.NONE) {
            counts.pressureEnded();
            backOff.reset();
        } else if (now == PressureState.MIN) {
            backOff.end();
        }
        state = now;
    }

    private void startBackground(long wantedBytes) {
        if (rounds.isUnderWay()) {
            return;
        }
        if (rounds.isLosslessDue()) {
            rounds.startLosslessBackground(wantedBytes, counts.unknownObjectBytes());
            return;
        }
        if (counts.isNeededForFloor()) {
            count();
            if (backOff.ineffectiveRounds() > 0) {
                // The round starts after the answer to the count.
                return;
            }
        }
        long maxBytes = counts.maxBackgroundBytes();
        if (maxBytes <= 0) {
            onIneffectiveRound();
            return;
        }
        rounds.startBackground(
                Math.min(wantedBytes, maxBytes), wantedBytes, counts.unknownObjectBytes(), estimate.cachedBytes());
    }

    private void startDirect(long wantedBytes) {
        if (rounds.isDirectUnderWay()) {
            return;
        }
        rounds.cancelBackground();
        if (!counts.isCurrent()) {
            // Gives the log of ineffective rounds its numbers.
            count();
        }
        rounds.startDirect(wantedBytes, estimate.cachedBytes());
    }

    private void publishStatus() {
        publish.accept(status());
    }

    private HeapStatus status() {
        return statistics.snapshot(state, heap, estimate, backOff.ineffectiveRounds());
    }
}
