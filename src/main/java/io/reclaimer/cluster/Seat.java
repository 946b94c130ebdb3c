package io.reclaimer.cluster;

import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.shrinker.Shrinker;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
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
        /** Nothing: it refused, or is no member. */
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

    /** It can't give more, or did nothing in all the time of its last part. */
    private boolean exhausted;

    /** How its last part ended, or that it is out. */
    private MemberOutcome ended = MemberOutcome.DONE;

    private Optional<String> reason = Optional.empty();
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

    /** What it can give beyond what it gave; 0 where it is not to be asked. */
    long leftObjects() {
        Offer counted = offer;
        return counted == null || stage != Stage.IDLE || !reachable || exhausted
                ? 0
                : Math.min(Split.MOST_OBJECTS, Math.max(0, counted.freeableObjects() - freedObjects));
    }

    /** It counted. False where that was known. */
    boolean offered(Offer newOffer, long now) {
        if (stage != Stage.COUNTING) {
            return false;
        }
        offer = newOffer;
        offeredNanos = now;
        lastNanos = now;
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
        boolean delivered = result.freedObjects() >= sent.objects();
        switch (MemberParts.End.named(result.end()).orElse(MemberParts.End.DEADLINE)) {
            case DONE -> end(delivered ? MemberOutcome.DONE : MemberOutcome.SHORT, !delivered);
            case SHORT -> end(MemberOutcome.SHORT, true);
            case DEADLINE, CANCELLED ->
                // One that gets on can be asked again.
                end(
                        delivered && sent.objects() > 0 ? MemberOutcome.DONE : MemberOutcome.DEADLINE,
                        result.freedObjects() == 0);
            case SHUTDOWN -> {
                end(MemberOutcome.LEFT, true);
                stage = Stage.OUT;
            }
        }
        return true;
    }

    private void end(MemberOutcome how, boolean isExhausted) {
        ended = how;
        exhausted = isExhausted;
    }

    /** It said no. */
    void refused(String why, long now) {
        if (stage != Stage.OUT) {
            lastNanos = now;
            leave(MemberOutcome.REFUSED);
            reason = Optional.of(why);
        }
    }

    /** It is no member, or on its way out; its part may still end. */
    void left() {
        if (stage == Stage.COUNTING || stage == Stage.IDLE) {
            leave(MemberOutcome.LEFT);
        }
    }

    /** It is gone; nothing will come. */
    void gone() {
        if (stage != Stage.OUT) {
            leave(MemberOutcome.LEFT);
        }
    }

    private void leave(MemberOutcome how) {
        stage = Stage.OUT;
        ended = how;
    }

    void reachable(boolean isReachable) {
        reachable = isReachable;
    }

    /** Its entry in the report. */
    ClusterReport.Member report(long now) {
        Offer counted = offer;
        boolean pending = stage != Stage.IDLE && stage != Stage.OUT;
        return new ClusterReport.Member(
                member,
                pending ? (reachable ? MemberOutcome.DEADLINE : MemberOutcome.UNREACHABLE) : ended,
                Optional.ofNullable(counted).map(any -> MemberPressure.orShortest(any.pressure())),
                counted == null ? 0 : counted.freeableObjects(),
                askedObjects,
                freedObjects,
                freedBytes,
                Duration.ofNanos((pending ? now : lastNanos) - askedNanos),
                reason);
    }
}
