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
 * Starts rounds when too little of this process's heap is free. One an actor system, started by {@link Pressure}.
 *
 * <ol>
 *   <li>A collection ended: {@link #onCollected} brings the estimate of what is live up to date, and has caches counted where
 *       the collection can't tell.
 *   <li>{@link #act} compares the estimate with the watermarks and starts the round that is due, if any, for the bytes that are
 *       missing. Shrinkers that lose nothing are asked first, in a round of their own. A background round leaves caches their
 *       floor; until they are counted it takes little.
 *   <li>What rounds free, and a collection has yet to take out, is credited as it is freed ({@link #creditFreed}), whoever
 *       requested the round. What was freed at once is no credit.
 *   <li>The round answered: {@link #onAnswered} goes back to 2, so that rounds go on while they are needed without waiting
 *       for a collection.
 *   <li>A round in vain, which left nothing that the next one could take, starts a rest; longer each time.
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

    /** How long after a count the next one may begin: it asks every cache. */
    private static final long COUNT_INTERVAL_MILLIS = 200;

    /** What share of the heap a background round takes at most before caches are counted. */
    private static final long UNCOUNTED_SHARE = 128;

    /**
     * How many passes come before the one that asks caches for as much as is wanted. Together they ask for nearly as much, so
     * that caches pay evenly; those before them would ask for next to nothing, and each takes a while where a cache is slow.
     */
    private static final int EARLIER_PASSES = 3;

    /** What share of the deadline of direct rounds one has that asks only what loses nothing. */
    private static final long LOSSLESS_SHARE = 4;

    /** What it can be told. */
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
     * @param freedBytes what all rounds had freed when it was told of
     * @param millis when that was
     */
    record Collected(HeapReading reading, long freedBytes, long millis) implements Command {}

    /** One of report and failure is null. */
    private record Answered(
            Round round,
            @Nullable ReclaimReport report,
            @Nullable Throwable failure) implements Command {}

    /** Caches were counted; null where that failed. */
    private record Counted(@Nullable CountReport report) implements Command {}

    private enum Look implements Command {
        INSTANCE
    }

    private enum RestOver implements Command {
        INSTANCE
    }

    /** One that is under way. */
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

    /** What all rounds had freed when that was last credited, and when that was. */
    private long freedSoFar;

    private long creditedMillis;

    /** The most that caches were found to hold since the pressure began. */
    private long mostHeldBytes;

    /** Objects of a size that nobody knows, when they were counted last. */
    private long unsizedObjects;

    /** What was freed since a collection told what is live. */
    private long freedSinceTold;

    /** Whether what loses nothing was asked, and did not suffice. */
    private boolean isLosslessAsked;

    private boolean isCounting;
    private boolean isCounted;
    private long vainRounds;
    private long lastCountMillis = -COUNT_INTERVAL_MILLIS;
    private boolean resting;
    private Duration nextRest;

    /**
     * @param heap what to watch
     * @param anyHeap where there is heap to reclaim; has no target yet
     * @param reclaim requests a round
     * @param count requests one that only counts
     * @param freedBytes what all rounds freed so far, whoever requested them, but for what was free at once
     * @param hasLossless whether a shrinker that loses nothing takes part in such rounds
     * @param publish is given each new status
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
        this.nextRest = settings.retryMin();
        ActorRef<Command> self = context.getSelf();
        this.endWatch =
                heap.watch(reading -> self.tell(new Collected(reading, freedBytes.getAsLong(), heap.uptimeMillis())));
        timers.startTimerWithFixedDelay(Look.INSTANCE, Look.INSTANCE, settings.lookInterval());
        publishStatus();
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Collected.class, this::onCollected)
                .onMessage(Counted.class, this::onCounted)
                .onMessage(Answered.class, this::onAnswered)
                .onMessage(Look.class, this::onLook)
                .onMessage(RestOver.class, this::onRestOver)
                .onMessage(GetStatus.class, this::onGetStatus)
                .onSignal(PreRestart.class, signal -> stopWatching())
                .onSignal(PostStop.class, signal -> stopWatching())
                .build();
    }

    private Behavior<Command> onCollected(Collected message) {
        // What was freed until then, and not until this comes to the message, is what the collection may have taken
        // out.
        creditFreed(message.freedBytes(), message.millis());
        long tellings = estimate.tellings();
        estimate.collected(message.reading());
        if (estimate.tellings() > tellings) {
            told();
        }
        tally.collected(estimate.liveBytes());
        if (vainRounds <= 1) {
            endRest();
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
        // Objects of unknown size hold something else now.
        isCounted &= unsizedObjects == 0;
        freedSinceTold = 0;
    }

    /** Whoever requested it: a round by hand, and one of another member, take as much as one of this. */
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
            // One that is being visited for long, or is in trouble, is not asked.
            boolean isAll =
                    report.outcome() == Outcome.DONE && report.shortfalls().isEmpty();
            estimate.held(heldBytes(report), isAll, heap.uptimeMillis());
            mostHeldBytes = Math.max(mostHeldBytes, estimate.heldBytes());
            tally.believed(estimate.liveBytes());
        }
        act();
        return this;
    }

    private long heldBytes(CountReport report) {
        unsizedObjects = report.unsizedObjects();
        long sized = Math.max(
                0, report.freeableBytes() - Saturating.multiply(unsizedObjects, ShrinkerSpec.DEFAULT_OBJECT_BYTES));
        return Saturating.add(sized, unknownSize.held(unsizedObjects, Math.max(0, estimate.toldBytes() - sized)));
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
        creditFreed();
        ReclaimReport report = message.report();
        isLosslessAsked = round.lossless() && (report == null || report.outcome() != Outcome.MET);
        if (report == null) {
            // It was refused, or the reclaimer is ending: that says nothing of what caches have.
            log.failed(message.failure());
            if (!round.lossless()) {
                rest();
            }
        } else {
            tally.answered(round.direct(), report);
            if (report.outcome() == Outcome.SHUTDOWN) {
                return Behaviors.stopped();
            }
            if (round.lossless()) {
                // The one that follows takes the rest.
                act();
                return this;
            }
            if (report.outcome() != Outcome.CANCELLED && (isInVain(report) || leftNothing())) {
                inVain();
            } else {
                noMoreInVain();
            }
        }
        act();
        return this;
    }

    private Behavior<Command> onLook(Look message) {
        creditFreed();
        estimate.used(heap.usedBytes());
        enter(decide().state());
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
        enter(decision.state());
        if (settings.rounds() && !resting) {
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
            noMoreInVain();
        } else if (now == PressureState.MIN) {
            endRest();
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
            if (vainRounds > 0) {
                // The round follows the answer.
                return;
            }
            // Little is taken until it is known where the floor is; but that at once, for a heap may be full in a
            // second.
            most = heap.limitBytes() / UNCOUNTED_SHARE;
        }
        if (most <= 0) {
            inVain();
            return;
        }
        ReclaimRequest request =
                request(Math.min(wantedBytes, most)).background().within(settings.backgroundDeadline());
        background = Optional.of(start(false, false, startingWhereDue(request, wantedBytes)));
    }

    /** Whether there is pressure still, and next to nothing of what it takes to end it is above the floor. */
    private boolean leftNothing() {
        Watermarks.Decision now = decide();
        return now.state() == PressureState.LOW && isCounted && aboveFloorBytes() < now.wantedBytes() / 16;
    }

    private long aboveFloorBytes() {
        return estimate.heldBytes() - (long) (settings.floor() * mostHeldBytes);
    }

    /** A background round under way is ended: it would free the same bytes a second time, and less urgently. */
    private void startDirect(long wantedBytes) {
        if (direct.isEmpty()) {
            background.ifPresent(round -> round.cancellation().cancel());
            if (!isCounted) {
                // For whoever reads of rounds in vain.
                count();
            }
            ReclaimRequest request = urgent(wantedBytes);
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
                                    startingWhereDue(request.within(settings.directDeadline()), wantedBytes)));
        }
    }

    /** Whether a round that asks only what loses nothing comes before the one that is due. */
    private boolean isLosslessFirst() {
        return !isLosslessAsked && hasLossless.getAsBoolean();
    }

    private ReclaimRequest request(long wantedBytes) {
        return anyHeap.bytes(wantedBytes, unknownSize.bytes());
    }

    /** An object of unknown size is taken for a small one: rather too many of them go than too few. */
    private ReclaimRequest urgent(long wantedBytes) {
        return anyHeap.bytes(wantedBytes);
    }

    /** Leaves out the first passes, where it is known what caches hold. */
    private ReclaimRequest startingWhereDue(ReclaimRequest request, long wantedBytes) {
        long held = estimate.heldBytes();
        if (held <= 0) {
            return request;
        }
        // At priority p caches are asked for their share of 1/2^p.
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

    /** What is back already is no garbage that a reading may still hold: it was no heap, most likely. */
    private static long uncollectedBytes(ReclaimReport report) {
        return Math.max(0, report.freedBytes() - report.freedAtOnceBytes());
    }

    /**
     * It came to the end of what caches have, or nothing was freed, or nothing that helps the heap: another round at once would
     * go on with that for ever.
     */
    private static boolean isInVain(ReclaimReport report) {
        return report.outcome() == Outcome.SHORT
                || report.freedObjects() == 0
                || (report.freedAtOnceBytes() > 0 && uncollectedBytes(report) == 0);
    }

    private void inVain() {
        vainRounds++;
        // What caches hold may have changed until the next one.
        isCounted = false;
        log.inVain(estimate.liveBytes(), heap.limitBytes(), estimate.heldBytes(), decide().wantedBytes());
        rest();
    }

    private void noMoreInVain() {
        vainRounds = 0;
        nextRest = settings.retryMin();
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
                tally.freedBytes,
                estimate.heldBytes(),
                vainRounds);
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
            believed(liveBytes);
        }

        void believed(long liveBytes) {
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
