package io.reclaimer.cluster;

import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.RoundParameters.Presence;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shrinker;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * State of one member in one round, as its {@link Coordinator} sees it. Confined to that coordinator; times are in
 * nanoseconds by its clock.
 */
final class Participant {

    /** The reply that the coordinator waits for. */
    enum Stage {
        /** An offer. */
        COUNTING,
        /** Nothing: the participant has no part, or its part has ended. */
        IDLE,
        /** The result of a part. */
        RUNNING,
        /** The result of a part whose objects have been allocated to others since. */
        WRITTEN_OFF,
        /** Nothing: the participant refused, left, or does not take part. */
        OUT
    }

    private static final List<Long> NO_OBJECTS = Collections.nCopies(Shrinker.LOWEST_PRIORITY + 1, 0L);

    private static final long FIRST_BACK_OFF_NANOS = Duration.ofMillis(25).toNanos();
    private static final long MAX_BACK_OFF_NANOS = Duration.ofMillis(500).toNanos();

    final int index;
    final String member;
    private final long askedNanos;

    private Stage stage = Stage.COUNTING;
    private boolean isReachable = true;

    private @Nullable Offer offer;
    private long offeredNanos;
    private long freedBeforeOffer;

    /** The part that was sent last. */
    private @Nullable Reclaim part;

    /** Whether the member has reported that it has no more. */
    private boolean isExhausted;

    /** Whether another part would be in vain: the member freed less than its target, or nothing in all its time. */
    private boolean isSpent;

    /** Whether the member could not do what it was asked last, and is asked to count again. */
    private boolean isDelayed;

    private long backOffNanos = FIRST_BACK_OFF_NANOS;

    /** When the request that is awaited is sent again, and the interval after that. */
    private long sendNanos;

    private long resendAfterNanos;

    /** How the last part ended, or why the participant is out or delayed. */
    private MemberOutcome outcome = MemberOutcome.DONE;

    private String reason = "";
    private long askedObjects;
    private long freedObjects;
    private long freedBytes;
    private long lastNanos;

    Participant(int index, String member, long now) {
        this.index = index;
        this.member = member;
        this.askedNanos = now;
        this.lastNanos = now;
    }

    Stage stage() {
        return stage;
    }

    boolean isReachable() {
        return isReachable;
    }

    /** Whether a reply is expected, as far as is known. */
    boolean isAwaited() {
        return isReachable && (stage == Stage.COUNTING || isRunning());
    }

    /** Whether a part has not ended, as far as is known. */
    boolean isRunning() {
        return stage == Stage.RUNNING || stage == Stage.WRITTEN_OFF;
    }

    /** Whether a part can be assigned, even where the offer has nothing left. */
    boolean canBeAsked() {
        return stage == Stage.IDLE && isReachable && !isExhausted && !isSpent;
    }

    boolean isExhausted() {
        return isExhausted;
    }

    /** Whether the last part is done. */
    boolean isPartDone() {
        return stage == Stage.IDLE && part != null && outcome == MemberOutcome.DONE;
    }

    /** Whether the member cannot be asked, whatever it has: it is unreachable or has left the cluster. */
    boolean isAway() {
        return stage == Stage.OUT ? outcome == MemberOutcome.LEFT : !isReachable;
    }

    /** Whether the member might have given more with more time. */
    boolean lacksTime() {
        return canBeAsked() || (stage == Stage.IDLE && outcome == MemberOutcome.DEADLINE);
    }

    /** By priority, the objects that one pass would free. */
    List<Long> plannedObjects() {
        return offer == null ? NO_OBJECTS : offer.plannedObjects();
    }

    /** The part whose result is awaited; empty while none is. */
    Optional<Reclaim> partUnderWay() {
        return isRunning() ? Optional.ofNullable(part) : Optional.empty();
    }

    long freedObjects() {
        return freedObjects;
    }

    long freedBytes() {
        return freedBytes;
    }

    /** The objects of the offer that have not been freed since; 0 where no part can be assigned. */
    long remainingObjects() {
        if (offer == null || !canBeAsked()) {
            return 0;
        }
        long remaining = offer.freeableObjects() - (freedObjects - freedBeforeOffer);
        return Math.min(Participants.Allocation.MAX_OBJECTS, Math.max(0, remaining));
    }

    /** Accepts an offer. Returns whether it was expected. */
    boolean accept(Offer newOffer, long now) {
        if (stage != Stage.COUNTING) {
            return false;
        }
        offer = newOffer;
        offeredNanos = now;
        lastNanos = now;
        isDelayed = false;
        if (part == null) {
            outcome = MemberOutcome.DONE;
            reason = "";
        }
        freedBeforeOffer = freedObjects;
        isExhausted = newOffer.complete() && newOffer.freeableObjects() == 0;
        stage = Stage.IDLE;
        return true;
    }

    /** Assigns the next part of the round, which has to be answered by {@code endNanos}. */
    void assign(RoundParameters round, long objects, long endNanos) {
        part = new Reclaim(
                round.round(),
                index,
                part == null ? 1 : part.part() + 1,
                objects,
                round.request().priority(),
                TimeUnit.NANOSECONDS.toMicros(Math.max(0, endNanos - offeredNanos)),
                round.sender().ref(),
                round.sender().uid(),
                offer == null ? 0 : offer.nonce());
        askedObjects = Saturating.add(askedObjects, objects);
        stage = Stage.RUNNING;
        resendAfterNanos = 0;
    }

    /** Notes that the awaited request was sent, for the first time or again: the interval doubles each time. */
    void sent(long now, long firstIntervalNanos) {
        resendAfterNanos = resendAfterNanos == 0 ? firstIntervalNanos : 2 * resendAfterNanos;
        sendNanos = now + resendAfterNanos;
    }

    /** When the awaited request is to be sent again. */
    long sendNanos() {
        return sendNanos;
    }

    /** Ends the wait for the part: its time is over. */
    void writeOff() {
        if (stage == Stage.RUNNING) {
            stage = Stage.WRITTEN_OFF;
        }
    }

    /** Accepts the result of the current part; any other result is ignored. */
    void accept(Reclaimed result, long now) {
        Reclaim sent = part;
        if (sent == null || result.part() != sent.part() || !isRunning()) {
            return;
        }
        lastNanos = now;
        freedObjects = Saturating.add(freedObjects, result.freedObjects());
        freedBytes = Saturating.add(freedBytes, result.freedBytes());
        isExhausted = result.exhausted();
        Participants.Conclusion conclusion = Participants.Conclusion.of(result, sent.objects());
        outcome = conclusion.outcome();
        isSpent = conclusion.isSpent();
        reason = conclusion.reason();
        stage = outcome == MemberOutcome.LEFT ? Stage.OUT : Stage.IDLE;
        if (result.notBegun() && outcome == MemberOutcome.DEADLINE) {
            delay(now);
        }
    }

    /** Accepts a refusal: a final one in any case, a temporary one only where it answers the current request. */
    void accept(Refused refusal, long now) {
        if (stage == Stage.OUT || (refusal.again() && !answersCurrentRequest(refusal))) {
            return;
        }
        lastNanos = now;
        if (refusal.again()) {
            outcome = MemberOutcome.REFUSED;
            reason = refusal.reason();
            delay(now);
        } else {
            exclude(MemberOutcome.REFUSED, refusal.reason());
        }
    }

    /** False where the refusal comes late, or a second time. */
    private boolean answersCurrentRequest(Refused refusal) {
        return refusal.part() == 0
                ? stage == Stage.COUNTING
                : isRunning() && part != null && refusal.part() == part.part();
    }

    /** Has the member count again after the back-off. */
    private void delay(long now) {
        stage = Stage.COUNTING;
        isDelayed = true;
        sendNanos = now + backOffNanos;
        resendAfterNanos = 0;
        backOffNanos = Math.min(2 * backOffNanos, MAX_BACK_OFF_NANOS);
    }

    /** Updates the presence. A part under way on a leaving member may still end. */
    void update(Presence presence) {
        switch (presence) {
            case HERE -> isReachable = true;
            case UNREACHABLE -> isReachable = false;
            case LEAVING, DOWN, CLUSTER_ENDS, GONE -> {
                if (stage != Stage.OUT && (presence == Presence.GONE || !isRunning())) {
                    exclude(MemberOutcome.LEFT, presence.reason);
                }
            }
            case JOINING, WITHOUT_RECLAIMER -> {
                // The ClusterReclaimer of the member has stopped; it reports what it did until then.
            }
        }
    }

    /** Excludes the member from the round. */
    void exclude(MemberOutcome newOutcome, String why) {
        stage = Stage.OUT;
        outcome = newOutcome;
        reason = why;
    }

    /** The entry of the member in the report of a round with that outcome. */
    ClusterReport.Member report(ClusterReport.Outcome round, long now) {
        boolean isPending = stage != Stage.IDLE && stage != Stage.OUT;
        MemberOutcome reported = reportedOutcome(round, isPending);
        boolean isReplaced = isPending || reported != outcome;
        String why = reported == MemberOutcome.DONE ? "" : isReplaced ? pendingReason() : reason;
        Offer counted = offer;
        return new ClusterReport.Member(
                member,
                reported,
                Optional.ofNullable(counted).map(any -> MemberPressure.namedOrMin(any.pressure())),
                counted == null ? 0 : Saturating.add(freedBeforeOffer, counted.freeableObjects()),
                askedObjects,
                freedObjects,
                freedBytes,
                Duration.ofNanos((isPending ? now : lastNanos) - askedNanos),
                Optional.of(counted == null ? why : Reasons.join(why, offerReason(counted, round)))
                        .filter(text -> !text.isEmpty()),
                isExhausted);
    }

    private MemberOutcome reportedOutcome(ClusterReport.Outcome round, boolean isPending) {
        if (isPending) {
            return !isReachable
                    ? MemberOutcome.UNREACHABLE
                    : stage == Stage.COUNTING && isDelayed ? outcome : MemberOutcome.DEADLINE;
        }
        if (stage == Stage.OUT || round == ClusterReport.Outcome.TARGET_REACHED) {
            return outcome;
        }
        boolean isPass = part != null && part.objects() == 0;
        boolean mayHaveMore = isPass ? outcome != MemberOutcome.DONE : !isExhausted;
        if (!isReachable && mayHaveMore) {
            return MemberOutcome.UNREACHABLE;
        }
        return part == null && !isExhausted ? MemberOutcome.NOT_ASKED : outcome;
    }

    /** Why the member is unreachable, or has an outcome only because the round ended. */
    private String pendingReason() {
        if (!isReachable) {
            return Presence.UNREACHABLE.reason;
        }
        if (stage == Stage.COUNTING) {
            return isDelayed ? reason : "it made no offer by the end of the round";
        }
        return stage == Stage.IDLE || part == null
                ? "the round ended before it was asked; its offer came after ["
                        + Duration.ofNanos(offeredNanos - askedNanos) + "]"
                : "its part of [" + part.objects() + "] objects did not end by the end of the round";
    }

    private static String offerReason(Offer offer, ClusterReport.Outcome round) {
        return Reasons.join(
                offer.shortfall().isEmpty() || round == ClusterReport.Outcome.TARGET_REACHED
                        ? ""
                        : "its offer was not all that there is: " + offer.shortfall(),
                Validation.named(MemberPressure.class, offer.pressure()).isPresent()
                        ? ""
                        : Participants.unknown("its pressure is", offer.pressure(), MemberPressure.MIN));
    }
}
