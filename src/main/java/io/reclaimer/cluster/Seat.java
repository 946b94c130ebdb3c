package io.reclaimer.cluster;

import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.shrinker.Shrinker;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One member in one round, as the round sees it. {@link FanOut}'s alone; times are its own. */
final class Seat {

    /** What the round waits for from it. */
    enum Stage {
        /** An offer. */
        COUNTING,
        /** Nothing: it has no part, or its part is done. */
        IDLE,
        /** The result of its part. */
        RUNNING,
        /** The same, but the round does not count on it any more: its part was split among others. */
        WRITTEN_OFF,
        /** Nothing: it refused, or takes no part. */
        OUT
    }

    private static final List<Long> NOTHING = Collections.nCopies(Shrinker.LOWEST_PRIORITY + 1, 0L);

    private final int number;
    private final String member;
    private final long askedNanos;
    private Stage stage = Stage.COUNTING;
    private boolean reachable = true;

    private @Nullable Offer offer;
    private long offeredNanos;
    private @Nullable Reclaim part;

    /** It has said that it has no more. */
    private boolean exhausted;

    /** It is not worth to be asked again: it freed less than it was asked for, or nothing in all its time. */
    private boolean spent;

    /** How its last part ended, or that it is out; while it is to be asked again, why its last part or count came to nothing. */
    private MemberOutcome ended = MemberOutcome.DONE;

    /** Whether it could not do what it was asked last, and begins again with the count. */
    private boolean isHeldUp;

    private final BackOff backOff = new BackOff();

    /** What it had freed when it offered. */
    private long freedBeforeOffer;

    private String reason = "";
    private long askedObjects;
    private long freedObjects;
    private long freedBytes;
    private long lastNanos;

    Seat(int number, String member, long now) {
        this.number = number;
        this.member = member;
        this.askedNanos = now;
        this.lastNanos = now;
    }

    int number() {
        return number;
    }

    Stage stage() {
        return stage;
    }

    boolean isReachable() {
        return reachable;
    }

    /** Whether something is yet to come from it, by all that is known. */
    boolean isAwaited() {
        return reachable && (stage == Stage.COUNTING || stage == Stage.RUNNING || stage == Stage.WRITTEN_OFF);
    }

    /** Whether it has a part that has not ended, as far as is known. */
    boolean isRunning() {
        return stage == Stage.RUNNING || stage == Stage.WRITTEN_OFF;
    }

    /** Whether it can be asked for a part, also where its offer does not say that it has more. */
    boolean canBeAsked() {
        return stage == Stage.IDLE && reachable && !exhausted && !spent;
    }

    /** Whether it has said that it has no more. */
    boolean isExhausted() {
        return exhausted;
    }

    /** Whether the last part that it had is done. */
    boolean isPartDone() {
        return stage == Stage.IDLE && part != null && ended == MemberOutcome.DONE;
    }

    /** Whether it can't be asked, whatever it has: it can't be reached, or is none of the cluster's members any more. */
    boolean isAway() {
        return stage == Stage.OUT ? ended == MemberOutcome.LEFT : !reachable;
    }

    /** Whether with more time it might have given more. */
    boolean lacksTime() {
        return canBeAsked() || (stage == Stage.IDLE && ended == MemberOutcome.DEADLINE);
    }

    /** What one pass would free there, by priority. */
    List<Long> plannedObjects() {
        Offer counted = offer;
        return counted == null ? NOTHING : counted.plannedObjects();
    }

    /** Of its offer, to be brought back by its parts; 0 where there is none. */
    long nonce() {
        Offer counted = offer;
        return counted == null ? 0 : counted.nonce();
    }

    /** When its offer came. */
    long offeredNanos() {
        return offeredNanos;
    }

    /** The part that it was sent last. */
    @Nullable
    Reclaim part() {
        return part;
    }

    long freedObjects() {
        return freedObjects;
    }

    long freedBytes() {
        return freedBytes;
    }

    /** What it can give beyond what it gave, by its offer; 0 where it is not to be asked. */
    long leftObjects() {
        Offer counted = offer;
        return counted == null || !canBeAsked()
                ? 0
                : Math.min(
                        Split.MOST_OBJECTS, Math.max(0, counted.freeableObjects() - (freedObjects - freedBeforeOffer)));
    }

    /** It counted. False where that was known. */
    boolean offered(Offer newOffer, long now) {
        if (stage != Stage.COUNTING) {
            return false;
        }
        offer = newOffer;
        offeredNanos = now;
        lastNanos = now;
        isHeldUp = false;
        backOff.end();
        if (part == null) {
            ended = MemberOutcome.DONE;
            reason = "";
        }
        freedBeforeOffer = freedObjects;
        exhausted = newOffer.complete() && newOffer.freeableObjects() == 0;
        stage = Stage.IDLE;
        return true;
    }

    /** It is sent a part. */
    void isSent(Reclaim newPart) {
        part = newPart;
        askedObjects = Split.add(askedObjects, newPart.objects());
        stage = Stage.RUNNING;
    }

    /** The time of its part is over, and there is no answer. */
    void writeOff() {
        if (stage == Stage.RUNNING) {
            stage = Stage.WRITTEN_OFF;
        }
    }

    /** Its part has ended. False where that was known. */
    boolean reclaimed(Reclaimed result, long now) {
        Reclaim sent = part;
        if (sent == null || result.part() != sent.part() || !isRunning()) {
            return false;
        }
        stage = Stage.IDLE;
        lastNanos = now;
        freedObjects = Split.add(freedObjects, result.freedObjects());
        freedBytes = Split.add(freedBytes, result.freedBytes());
        exhausted = result.exhausted();
        boolean delivered = result.freedObjects() >= sent.objects();
        Optional<MemberParts.End> known = MemberParts.End.named(result.end());
        String unknown = known.isPresent()
                ? ""
                : "its part ended as [" + result.end() + "], which this version does not know: taken for ["
                        + MemberParts.End.DEADLINE + "]";
        switch (known.orElse(MemberParts.End.DEADLINE)) {
            case DONE ->
                end(
                        delivered ? MemberOutcome.DONE : MemberOutcome.SHORT,
                        !delivered,
                        "it freed less than it was asked for");
            case SHORT -> end(MemberOutcome.SHORT, true, whyShort(result));
            case DEADLINE ->
                // One that gets on, or did not begin, can be asked again.
                end(
                        delivered && sent.objects() > 0 ? MemberOutcome.DONE : MemberOutcome.DEADLINE,
                        result.freedObjects() == 0 && !result.notBegun(),
                        "its part was not done in time");
            case CANCELLED ->
                end(
                        delivered && sent.objects() > 0 ? MemberOutcome.DONE : MemberOutcome.DEADLINE,
                        result.freedObjects() == 0,
                        "its part was ended with the round");
            case SHUTDOWN -> {
                end(MemberOutcome.LEFT, true, "it is shutting down");
                stage = Stage.OUT;
            }
        }
        reason = Reasons.join(reason, result.reason(), unknown);
        if (result.notBegun() && ended == MemberOutcome.DEADLINE) {
            askAgain(now);
        }
        return true;
    }

    /** Empty where the member itself says why. */
    private static String whyShort(Reclaimed result) {
        if (!result.reason().isEmpty()) {
            return "";
        }
        return result.exhausted() ? "it has no more" : "it freed less than it was asked for, and does not say why";
    }

    private void end(MemberOutcome how, boolean isSpent, String why) {
        ended = how;
        spent = isSpent;
        reason = how == MemberOutcome.DONE ? "" : why;
    }

    /** It said no: for good, or for now. */
    void refused(Refused message, long now) {
        if (stage == Stage.OUT) {
            return;
        }
        if (!message.again()) {
            lastNanos = now;
            out(MemberOutcome.REFUSED, message.reason());
        } else if (isOfNow(message)) {
            lastNanos = now;
            ended = MemberOutcome.REFUSED;
            reason = message.reason();
            askAgain(now);
        }
    }

    /** Whether it is said to what the member is asked now, and not one that comes late, or a second time. */
    private boolean isOfNow(Refused message) {
        Reclaim sent = part;
        return message.part() == 0
                ? stage == Stage.COUNTING
                : isRunning() && sent != null && message.part() == sent.part();
    }

    /** It may do better in a while. */
    private void askAgain(long now) {
        stage = Stage.COUNTING;
        isHeldUp = true;
        backOff.begin(now);
    }

    /** When it is to be asked to count again, after a while; empty where nothing is waited for but an answer. */
    OptionalLong againNanos() {
        return stage == Stage.COUNTING ? backOff.untilNanos() : OptionalLong.empty();
    }

    /** It is asked to count again. */
    void isAskedAgain() {
        backOff.end();
    }

    /** It takes no part in the round, whatever it has. */
    void notAsked(Presence presence) {
        out(MemberOutcome.NOT_ASKED, presence.reason());
    }

    /** It is on its way out; its part may still end. */
    void left(Presence presence) {
        if (stage == Stage.COUNTING || stage == Stage.IDLE) {
            out(MemberOutcome.LEFT, presence.reason());
        }
    }

    /** It is gone; nothing will come. */
    void gone(Presence presence) {
        if (stage != Stage.OUT) {
            out(MemberOutcome.LEFT, presence.reason());
        }
    }

    private void out(MemberOutcome how, String why) {
        stage = Stage.OUT;
        ended = how;
        reason = why;
    }

    void reachable(boolean isReachable) {
        reachable = isReachable;
    }

    /** Its entry in the report of a round that ended so. */
    ClusterReport.Member report(ClusterReport.Outcome round, long now) {
        Offer counted = offer;
        boolean pending = stage != Stage.IDLE && stage != Stage.OUT;
        boolean lost = isLost(round);
        boolean unasked = !lost && isUnasked(round);
        MemberOutcome outcome = pending
                ? pendingOutcome()
                : lost ? MemberOutcome.UNREACHABLE : unasked ? MemberOutcome.NOT_ASKED : ended;
        String why = outcome == MemberOutcome.DONE ? "" : pending || lost || unasked ? pendingReason() : reason;
        return new ClusterReport.Member(
                member,
                outcome,
                Optional.ofNullable(counted).map(any -> MemberPressure.orShortest(any.pressure())),
                counted == null ? 0 : Split.add(freedBeforeOffer, counted.freeableObjects()),
                askedObjects,
                freedObjects,
                freedBytes,
                Duration.ofNanos((pending ? now : lastNanos) - askedNanos),
                Optional.of(counted == null ? why : Reasons.join(why, ofOffer(counted, round)))
                        .filter(text -> !text.isEmpty()),
                exhausted);
    }

    private MemberOutcome pendingOutcome() {
        if (!reachable) {
            return MemberOutcome.UNREACHABLE;
        }
        return stage == Stage.COUNTING && isHeldUp ? ended : MemberOutcome.DEADLINE;
    }

    private String pendingReason() {
        Reclaim sent = part;
        if (!reachable) {
            return Presence.UNREACHABLE.reason();
        }
        if (stage == Stage.COUNTING) {
            return isHeldUp ? reason : "it made no offer by the end of the round";
        }
        return stage == Stage.IDLE || sent == null
                ? "the round ended before it was asked; its offer came after ["
                        + Duration.ofNanos(offeredNanos - askedNanos) + "]"
                : "its part of [" + sent.objects() + "] objects did not end by the end of the round";
    }

    /** Whether it offered, may have had something, and has had no part of a round that could have done with it. */
    private boolean isUnasked(ClusterReport.Outcome round) {
        return stage == Stage.IDLE && part == null && !exhausted && round != ClusterReport.Outcome.MET;
    }

    /** Whether it could not be asked for more, when the round could have done with it. */
    private boolean isLost(ClusterReport.Outcome round) {
        Reclaim sent = part;
        boolean isPass = sent != null && sent.objects() == 0;
        boolean hadMore = isPass ? ended != MemberOutcome.DONE : !exhausted;
        return stage == Stage.IDLE && !reachable && hadMore && round != ClusterReport.Outcome.MET;
    }

    /** What is to be known of its offer, where the round was to free more. */
    private static String ofOffer(Offer offer, ClusterReport.Outcome round) {
        boolean isUnknown = MemberPressure.named(offer.pressure()).isEmpty();
        return Reasons.join(
                offer.shortfall().isEmpty() || round == ClusterReport.Outcome.MET
                        ? ""
                        : "its offer was not all that there is: " + offer.shortfall(),
                isUnknown
                        ? "its pressure is [" + offer.pressure() + "], which this version does not know: taken for ["
                                + MemberPressure.orShortest(offer.pressure()) + "]"
                        : "");
    }
}
