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
import io.reclaimer.ReclaimReport.Outcome;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
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
 *   <li>{@link #onAnswered}: the report of a round leads back to step 2, so rounds continue while they are needed,
 *       without waiting for a collection.
 *   <li>A round in vain, one that did not end the pressure and left nothing for the next one to free, starts a
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

    /**
     * The name of the node that rounds for heap are on, if {@code reclaimer.nodes} has it; otherwise they are on all
     * nodes.
     */
    public static final String NODE = "heap";

    /** The minimum time between the starts of two counts. A count asks every cache. */
    private static final long COUNT_INTERVAL_MILLIS = 200;

    /** The divisor of the heap's limit that gives the most a background round frees before caches are counted. */
    private static final long UNCOUNTED_SHARE = 128;

    /**
     * The number of passes before the one that asks caches for the wanted bytes. Together these passes ask for nearly
     * as much, so that caches contribute evenly. Still earlier passes would ask for next to nothing, and each takes a
     * while if a cache is slow.
     */
    private static final int EARLIER_PASSES = 3;

    /** The divisor of the deadline of direct rounds that gives the deadline of a direct lossless round. */
    private static final long LOSSLESS_SHARE = 4;

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

    /** A round was answered. One of report and failure is null. */
    private record Answered(
            Round round,
            @Nullable ReclaimReport report,
            @Nullable Throwable failure) implements Command {}

    /** Caches were counted. The report is null if that failed. */
    private record Counted(@Nullable CountReport report) implements Command {}

    private enum Sample implements Command {
        INSTANCE
    }

    private enum BackOffOver implements Command {
        INSTANCE
    }

    /** A round under way. */
    private record Round(boolean direct, boolean lossless, Cancellation cancellation) {}

    private final Heap heap;
    private final HeapPressureSettings settings;
    private final ReclaimRequest anyHeap;
    private final Function<ReclaimRequest, CompletionStage<ReclaimReport>> reclaim;
    private final Function<ReclaimRequest, CompletionStage<CountReport>> count;
    private final LongSupplier freedBytes;
    private final BooleanSupplier hasLossless;
    private final Consumer<HeapStatus> publish;
    private final TimerScheduler<Command> timers;
    private final Runnable endWatch;

    private final LiveEstimate estimate;
    private final UnknownSize unknownSize;
    private final Tally tally = new Tally();
    private PressureState state = PressureState.NONE;
    private Optional<Round> background = Optional.empty();
    private Optional<Round> direct = Optional.empty();
    private final HeapLog log;

    /** The bytes that all rounds had freed when freed bytes were last credited, and the time of that. */
    private long freedSoFar;

    private long creditedMillis;

    /** The most bytes that a count found in caches since the pressure began. */
    private long mostHeldBytes;

    /** The number of objects of unknown size at the last count. */
    private long unsizedObjects;

    /** The bytes freed since the last conclusive collection, see {@link LiveEstimate}. */
    private long freedSinceTold;

    /** Whether the last round was a lossless one that did not meet its target. */
    private boolean isLosslessAsked;

    private boolean isCounting;
    private boolean isCounted;
    private long ineffectiveRounds;
    private long lastCountMillis = -COUNT_INTERVAL_MILLIS;
    private boolean backingOff;
    private Duration nextBackOff;

    /**
     * @param heap the heap to watch
     * @param anyHeap a request on the nodes that have heap; without a target
     * @param reclaim requests a round
     * @param count requests a round that only counts
     * @param freedBytes the bytes that all rounds freed so far, whoever requested them, except those that were freed at
     *     once
     * @param hasLossless whether a lossless shrinker takes part in such rounds
     * @param publish receives each new status
     */
    static Behavior<Command> create(
            Heap heap,
            HeapPressureSettings settings,
            ReclaimRequest anyHeap,
            Function<ReclaimRequest, CompletionStage<ReclaimReport>> reclaim,
            Function<ReclaimRequest, CompletionStage<CountReport>> count,
            LongSupplier freedBytes,
            BooleanSupplier hasLossless,
            Consumer<HeapStatus> publish) {
        Behavior<Command> behavior = Behaviors.setup(context -> Behaviors.withTimers(timers -> new HeapPressure(
                context, timers, heap, settings, anyHeap, reclaim, count, freedBytes, hasLossless, publish)));
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
            Function<ReclaimRequest, CompletionStage<CountReport>> count,
            LongSupplier freedBytes,
            BooleanSupplier hasLossless,
            Consumer<HeapStatus> publish) {
        super(context);
        this.heap = heap;
        this.settings = settings;
        this.anyHeap = anyHeap;
        this.reclaim = reclaim;
        this.count = count;
        this.freedBytes = freedBytes;
        this.hasLossless = hasLossless;
        this.freedSoFar = freedBytes.getAsLong();
        this.creditedMillis = heap.uptimeMillis();
        this.publish = publish;
        this.timers = timers;
        this.estimate = new LiveEstimate(
                settings.watermarks().minMark(heap.limitBytes()),
                settings.watermarks().lowMark(heap.limitBytes()),
                settings.watermarks().highMark(heap.limitBytes()));
        this.log = new HeapLog(heap::uptimeMillis);
        this.unknownSize = new UnknownSize(heap.limitBytes());
        this.nextBackOff = settings.retryMin();
        ActorRef<Command> self = context.getSelf();
        this.endWatch =
                heap.watch(reading -> self.tell(new Collected(reading, freedBytes.getAsLong(), heap.uptimeMillis())));
        timers.startTimerWithFixedDelay(Sample.INSTANCE, Sample.INSTANCE, settings.sampleInterval());
        publishStatus();
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Collected.class, this::onCollected)
                .onMessage(Counted.class, this::onCounted)
                .onMessage(Answered.class, this::onAnswered)
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
        long conclusiveCollections = estimate.conclusiveCollections();
        estimate.collected(message.reading());
        if (estimate.conclusiveCollections() > conclusiveCollections) {
            told();
        }
        tally.collected(estimate.liveBytes());
        if (ineffectiveRounds <= 1) {
            endBackOff();
        }
        if (estimate.wantsCount()) {
            count();
        }
        act();
        return this;
    }

    private void told() {
        boolean isTooMuch = unsizedObjects > 0 && freedSinceTold > 0 && decide().state() != PressureState.NONE;
        unknownSize.told(isTooMuch);
        // The bytes of objects of unknown size have to be determined anew.
        isCounted &= unsizedObjects == 0;
        freedSinceTold = 0;
    }

    /** Credits bytes that any round freed. Rounds by hand and of other members free heap as this actor's rounds do. */
    private void creditFreed() {
        creditFreed(freedBytes.getAsLong(), heap.uptimeMillis());
    }

    private void creditFreed(long freed, long millis) {
        if (freed > freedSoFar) {
            estimate.freed(freed - freedSoFar, creditedMillis, millis);
            freedSinceTold += freed - freedSoFar;
            freedSoFar = freed;
        }
        creditedMillis = Math.max(creditedMillis, millis);
    }

    private void count() {
        long now = heap.uptimeMillis();
        if (!isCounting && now - lastCountMillis >= COUNT_INTERVAL_MILLIS) {
            isCounting = true;
            lastCountMillis = now;
            getContext()
                    .pipeToSelf(
                            count.apply(anyHeap.within(settings.directDeadline())),
                            (report, failure) -> new Counted(report));
        }
    }

    private Behavior<Command> onCounted(Counted message) {
        isCounting = false;
        isCounted = true;
        creditFreed();
        CountReport report = message.report();
        if (report != null) {
            // A shrinker in a long visit, or in trouble, is not asked.
            boolean isAll =
                    report.outcome() == Outcome.DONE && report.shortfalls().isEmpty();
            estimate.held(heldBytes(report), isAll, heap.uptimeMillis());
            mostHeldBytes = Math.max(mostHeldBytes, estimate.heldBytes());
            tally.updatePeak(estimate.liveBytes());
        }
        act();
        return this;
    }

    private long heldBytes(CountReport report) {
        unsizedObjects = report.unsizedObjects();
        long sized = Math.max(
                0, report.freeableBytes() - Saturating.multiply(unsizedObjects, ShrinkerSpec.DEFAULT_OBJECT_BYTES));
        return Saturating.add(sized, unknownSize.held(unsizedObjects, Math.max(0, estimate.conclusiveBytes() - sized)));
    }

    private Behavior<Command> onAnswered(Answered message) {
        Round round = message.round();
        if (direct.equals(Optional.of(round))) {
            direct = Optional.empty();
        } else if (background.equals(Optional.of(round))) {
            background = Optional.empty();
        } else {
            // Started before a restart of this actor, which cancelled it.
            return this;
        }
        creditFreed();
        ReclaimReport report = message.report();
        isLosslessAsked = round.lossless() && (report == null || report.outcome() != Outcome.MET);
        if (report == null) {
            // The round was refused, or the reclaimer is shutting down. That shows nothing about the caches.
            log.failed(message.failure());
            if (!round.lossless()) {
                backOff();
            }
        } else {
            tally.answered(round.direct(), report);
            if (report.outcome() == Outcome.SHUTDOWN) {
                return Behaviors.stopped();
            }
            if (round.lossless()) {
                // The round that follows frees the remainder.
                act();
                return this;
            }
            if (report.outcome() != Outcome.CANCELLED && (isIneffective(report) || isFloorReached())) {
                onIneffectiveRound();
            } else {
                onEffectiveRound();
            }
        }
        act();
        return this;
    }

    private Behavior<Command> onSample(Sample message) {
        creditFreed();
        estimate.used(heap.usedBytes());
        enter(decide().state());
        publishStatus();
        return this;
    }

    private Behavior<Command> onBackOffOver(BackOffOver message) {
        backingOff = false;
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
        enter(decision.state());
        if (settings.rounds() && !backingOff) {
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
            mostHeldBytes = 0;
            isCounted = false;
            unknownSize.over();
            onEffectiveRound();
        } else if (now == PressureState.MIN) {
            endBackOff();
        }
        state = now;
    }

    private Watermarks.Decision decide() {
        return settings.watermarks().decide(state, heap.limitBytes(), estimate.liveBytes());
    }

    private void startBackground(long wantedBytes) {
        if (background.isPresent() || direct.isPresent()) {
            return;
        }
        if (isLosslessFirst()) {
            background = Optional.of(start(
                    false,
                    true,
                    request(wantedBytes).background().losslessOnly().within(settings.backgroundDeadline())));
            return;
        }
        long most = Long.MAX_VALUE;
        if (settings.floor() > 0 && isCounted) {
            most = aboveFloorBytes();
        } else if (settings.floor() > 0) {
            count();
            if (ineffectiveRounds > 0) {
                // The round starts after the answer to the count.
                return;
            }
            // Until the floor is known, a round frees little, but starts at once: a heap may be full within a second.
            most = heap.limitBytes() / UNCOUNTED_SHARE;
        }
        if (most <= 0) {
            onIneffectiveRound();
            return;
        }
        ReclaimRequest request =
                request(Math.min(wantedBytes, most)).background().within(settings.backgroundDeadline());
        background = Optional.of(start(false, false, skippingFirstPasses(request, wantedBytes)));
    }

    /** Returns whether there is still low pressure, and less than 1/16 of the wanted bytes is above the floor. */
    private boolean isFloorReached() {
        Watermarks.Decision now = decide();
        return now.state() == PressureState.LOW && isCounted && aboveFloorBytes() < now.wantedBytes() / 16;
    }

    private long aboveFloorBytes() {
        return estimate.heldBytes() - (long) (settings.floor() * mostHeldBytes);
    }

    /**
     * Starts a direct round. Cancels the background round, which would free the same bytes again, and less urgently.
     */
    private void startDirect(long wantedBytes) {
        if (direct.isEmpty()) {
            background.ifPresent(round -> round.cancellation().cancel());
            if (!isCounted) {
                // Gives the log of rounds in vain its numbers.
                count();
            }
            ReclaimRequest request = directRequest(wantedBytes);
            direct = Optional.of(
                    isLosslessFirst()
                            ? start(
                                    true,
                                    true,
                                    request.losslessOnly()
                                            .within(settings.directDeadline().dividedBy(LOSSLESS_SHARE)))
                            : start(
                                    true,
                                    false,
                                    skippingFirstPasses(request.within(settings.directDeadline()), wantedBytes)));
        }
    }

    /** Returns whether a lossless round comes before the round that is due. */
    private boolean isLosslessFirst() {
        return !isLosslessAsked && hasLossless.getAsBoolean();
    }

    private ReclaimRequest request(long wantedBytes) {
        return anyHeap.bytes(wantedBytes, unknownSize.bytes());
    }

    /** Assumes that objects of unknown size are small: freeing too many is better than freeing too few. */
    private ReclaimRequest directRequest(long wantedBytes) {
        return anyHeap.bytes(wantedBytes);
    }

    /** Skips the first passes if it is known how much caches hold. */
    private ReclaimRequest skippingFirstPasses(ReclaimRequest request, long wantedBytes) {
        long held = estimate.heldBytes();
        if (held <= 0) {
            return request;
        }
        // At priority p, caches are asked for 1/2^p of their objects.
        int due = Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(1, held / Math.max(1, wantedBytes)));
        return request.startingAt(Math.min(request.priority(), due + EARLIER_PASSES));
    }

    private Round start(boolean isDirect, boolean isLossless, ReclaimRequest request) {
        Round round = new Round(isDirect, isLossless, new Cancellation());
        getContext()
                .pipeToSelf(
                        reclaim.apply(request.cancelledBy(round.cancellation())),
                        (report, failure) -> new Answered(round, report, failure));
        return round;
    }

    /** Returns the bytes that a reading may still contain. Bytes that were freed at once were most likely not heap. */
    private static long uncollectedBytes(ReclaimReport report) {
        return Math.max(0, report.freedBytes() - report.freedAtOnceBytes());
    }

    /**
     * Returns whether the round came to the end of what caches hold, freed nothing, or freed nothing that helps the
     * heap. Another round at once would do the same, endlessly.
     */
    private static boolean isIneffective(ReclaimReport report) {
        return report.outcome() == Outcome.SHORT
                || report.freedObjects() == 0
                || (report.freedAtOnceBytes() > 0 && uncollectedBytes(report) == 0);
    }

    private void onIneffectiveRound() {
        ineffectiveRounds++;
        // Caches may hold other amounts by the next round.
        isCounted = false;
        log.ineffective(estimate.liveBytes(), heap.limitBytes(), estimate.heldBytes(), decide().wantedBytes());
        backOff();
    }

    private void onEffectiveRound() {
        ineffectiveRounds = 0;
        nextBackOff = settings.retryMin();
    }

    private void backOff() {
        backingOff = true;
        timers.startSingleTimer(BackOffOver.INSTANCE, BackOffOver.INSTANCE, nextBackOff);
        Duration doubled = nextBackOff.multipliedBy(2);
        nextBackOff = doubled.compareTo(settings.retryMax()) < 0 ? doubled : settings.retryMax();
    }

    private void endBackOff() {
        backingOff = false;
        timers.cancel(BackOffOver.INSTANCE);
    }

    private void publishStatus() {
        publish.accept(status());
    }

    private HeapStatus status() {
        return new HeapSnapshot(
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
                tally.freedBytes,
                estimate.heldBytes(),
                ineffectiveRounds);
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
            updatePeak(liveBytes);
        }

        void updatePeak(long liveBytes) {
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
