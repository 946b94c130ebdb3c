package io.reclaimer.cluster;

import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reply;
import io.reclaimer.cluster.KnownRound.Stage;
import io.reclaimer.cluster.MemberEnvironment.Requester;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Saturating;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The work of one member in rounds over the cluster: it counts, makes offers, and runs its parts as rounds of its own
 * reclaimer. Without an actor, a clock or a network of its own: the caller passes the time, in nanoseconds from an
 * arbitrary start, and calls {@link #tick} at {@link #dueNanos}. Confined to one actor. Public for the scenarios of this
 * project; no part of the API.
 *
 * <p>A fixed number of counts and parts run at a time; the others wait ({@link KnownRounds}) for as long as they are of
 * use to their round. So rounds of other members, however many, take no more than that of the reclaimer.
 *
 * <p>Requests may arrive twice, late and in any order. A repeated request is answered with the same result; nothing is done
 * twice. A part has to end within a time after its offer, which the coordinator chooses to end before the round, by the
 * clock of this member. A part that arrives later is answered as late, and frees nothing.
 */
public final class MemberParts {

    /**
     * The sums over all parts that have ended.
     *
     * @param othersBytes the bytes freed for rounds of other members
     */
    record Totals(long parts, long objects, long othersBytes) {}

    /** How long a round is remembered after its time, to answer late requests. */
    static final long KEPT_NANOS = Duration.ofSeconds(1).toNanos();

    /** A count may wait for nine tenths of the time of its round. A later offer would be of no use. */
    private static final int COUNT_WAIT_TENTHS = 9;

    private static final String LEAVING = "it is leaving the cluster";

    private final MemberEnvironment environment;
    private final ToIntFunction<String> nodeNumber;
    private final GiveLimit giveLimit;
    private final KnownRounds rounds;
    private boolean isLeaving;
    private boolean isStarting;
    private Totals totals = new Totals(0, 0, 0);

    /**
     * @param nodeNumber the number of a node by its name; throws where there is no such node, with the reason of the refusal
     * @param maxParts the maximum number of counts and parts that run at a time
     */
    MemberParts(MemberEnvironment environment, ToIntFunction<String> nodeNumber, int maxParts, GiveLimit giveLimit) {
        this.environment = environment;
        this.nodeNumber = nodeNumber;
        this.rounds = new KnownRounds(maxParts);
        this.giveLimit = giveLimit;
    }

    /** The parts of a member with the settings of its actor system. */
    public static MemberParts create(MemberEnvironment environment, Reclaimer reclaimer) {
        ClusterSettings settings =
                ClusterSettings.of(reclaimer.system().settings().config());
        return new MemberParts(
                environment, reclaimer.settings()::node, settings.maxParts(), new GiveLimit(settings.giveBytes()));
    }

    /** The number of parts under way or waiting. */
    int running() {
        return rounds.parts();
    }

    Totals totals() {
        return totals;
    }

    /** The number of rounds that are remembered, over or not. */
    int known() {
        return rounds.size();
    }

    /** When {@link #tick} is to be called next; empty where nothing waits. */
    public OptionalLong dueNanos() {
        return rounds.dueNanos();
    }

    /** Forgets rounds that are over. */
    void forgetOld(long now) {
        rounds.forgetOld(now);
    }

    /** Handles a request to count. Its replies go to the consumer of the last request. */
    public void count(Consumer<Reply> replies, Requester requester, Count message, long now) {
        KnownRound known = rounds.get(message.round());
        if (known == null) {
            countFirst(replies, requester, message, now);
            return;
        }
        known.countAgain(replies, message);
        if (known.isOffered()) {
            offer(known, now);
        }
    }

    private void countFirst(Consumer<Reply> replies, Requester requester, Count message, long now) {
        if (isLeaving) {
            refuse(replies, message, LEAVING, false);
        } else if (!giveLimit.hasBytes(requester, now)) {
            refuse(replies, message, giveLimit.refusalReason(), false);
        } else if (!rounds.makeRoom(now)) {
            String reason = "it takes part in [" + rounds.size() + "] rounds over the cluster, as many as allowed";
            refuse(replies, message, reason, true);
        } else {
            ReclaimRequest request;
            try {
                request = KnownRound.requestOf(message, nodeNumber);
            } catch (RuntimeException e) {
                refuse(replies, message, Reasons.of(e), false);
                return;
            }
            long withinNanos = Duration.ofMillis(message.withinMillis()).toNanos();
            KnownRound known = new KnownRound(replies, requester, request, message, now + withinNanos + KEPT_NANOS);
            rounds.add(known, now + withinNanos / 10 * COUNT_WAIT_TENTHS);
            startNext(now);
        }
    }

    private void refuse(Consumer<Reply> replies, Count message, String reason, boolean again) {
        replies.accept(KnownRound.refused(message.round(), message.participant(), 0, reason, again));
    }

    /** Starts waiting work while there are slots. It may end at once, and call this method again. */
    private void startNext(long now) {
        if (isStarting) {
            return;
        }
        isStarting = true;
        for (Optional<KnownRound> next = rounds.next(); next.isPresent(); next = rounds.next()) {
            KnownRound known = next.get();
            if (known.stage == Stage.COUNTING) {
                environment.count(known.number, known.request);
            } else {
                startPart(known, now);
            }
        }
        isStarting = false;
    }

    private void startPart(KnownRound known, long now) {
        long remainingNanos = known.latestNanos - now;
        if (remainingNanos <= 0) {
            answerLate(known);
        } else if (!giveLimit.tryReserve(known, now)) {
            refusePart(known, giveLimit.refusalReason(), false);
        } else {
            ReclaimRequest request;
            try {
                request = known.partRequest(remainingNanos);
            } catch (IllegalArgumentException e) {
                giveLimit.settle(known, 0, now);
                refusePart(known, Reasons.of(e), false);
                return;
            }
            environment.reclaim(known.number, known.part, request);
        }
    }

    private void refusePart(KnownRound known, String reason, boolean again) {
        endPart(known, KnownRound.refused(known.number, known.participant, known.part, reason, again));
    }

    /** Handles the result of a count: a report, or the reason why there is none. */
    public void counted(long round, @Nullable CountReport report, @Nullable Throwable why, long now) {
        KnownRound known = rounds.get(round);
        if (known == null || known.stage != Stage.COUNTING) {
            return;
        }
        if (report == null) {
            refuseCount(known, Reasons.of(why), Reasons.isTooManyRounds(why));
        } else {
            known.stage = Stage.OFFERED;
            known.setCounted(report);
            offer(known, now);
        }
        startNext(now);
    }

    /** Refuses the count, and forgets the round. */
    private void refuseCount(KnownRound known, String reason, boolean again) {
        rounds.remove(known);
        send(known, KnownRound.refused(known.number, known.participant, 0, reason, again));
    }

    private void offer(KnownRound known, long now) {
        long maxObjects = giveLimit.availableObjects(known, now);
        send(known, known.offer(environment.heap(), environment.nonce(), maxObjects, giveLimit.cutReason(), now));
    }

    /** Handles the request to run a part. */
    public void reclaim(Consumer<Reply> replies, Reclaim message, long now) {
        KnownRound known = rounds.get(message.round());
        OptionalLong offerNanos = known == null ? OptionalLong.empty() : known.offerNanos(message);
        if (known == null || offerNanos.isEmpty()) {
            String reason = known == null || !known.isOffered()
                    ? "it does not know the round, or has forgotten it"
                    : "the part is based on an offer that was not made";
            replies.accept(KnownRound.refused(message.round(), message.participant(), message.part(), reason, true));
            return;
        }
        known.replies = replies;
        if (message.part() <= known.part) {
            // Repeated, or overtaken by a later part.
            if (message.part() == known.part && known.result != null) {
                send(known, known.result);
            }
        } else if (known.stage != Stage.OFFERED) {
            String reason = "its previous part is still under way";
            send(known, KnownRound.refused(known.number, known.participant, message.part(), reason, false));
        } else {
            known.setPart(message);
            long endNanos = offerNanos.getAsLong() + TimeUnit.MICROSECONDS.toNanos(message.untilMicros());
            enqueuePart(known, endNanos, now);
        }
    }

    private void enqueuePart(KnownRound known, long endNanos, long now) {
        if (isLeaving) {
            endPart(known, known.notBegun(RoundOutcome.SHUTDOWN, ""));
        } else if (known.cancellation.isCancelled()) {
            endPart(known, known.notBegun(RoundOutcome.CANCELLED, ""));
        } else if (endNanos - now <= 0) {
            endPart(known, known.notBegun(RoundOutcome.DEADLINE, "it arrived after its time was over"));
        } else {
            rounds.enqueue(known, Stage.PART_WAITS, endNanos);
            startNext(now);
        }
    }

    /** Handles the result of a part: a report, or the reason why there is none. */
    public void reclaimed(long round, int part, @Nullable ReclaimReport report, @Nullable Throwable why, long now) {
        KnownRound known = rounds.get(round);
        if (known == null || known.part != part || known.stage != Stage.PART_RUNS) {
            return;
        }
        if (report != null) {
            giveLimit.settle(known, report.freedBytes(), now);
            long objects = Saturating.add(totals.objects(), report.freedObjects());
            totals = new Totals(totals.parts() + 1, objects, giveLimit.givenBytes());
            endPart(known, known.ended(report, isLeaving, giveLimit.cutReason()));
        } else {
            boolean isTooMany = Reasons.isTooManyRounds(why);
            // A refused part freed nothing; a failed one may have freed all that was reserved for it.
            giveLimit.settle(known, isTooMany ? 0 : giveLimit.reservedBytes(known), now);
            refusePart(known, Reasons.of(why), isTooMany);
        }
        startNext(now);
    }

    /** Answers counts and parts that may not wait any longer. */
    public void tick(long now) {
        rounds.endLateWaits(now).forEach(this::answerLate);
    }

    private void answerLate(KnownRound known) {
        String reason = "no slot was free in time: [" + rounds.slots
                + "] counts and parts are under way there, as many as allowed [reclaimer.cluster.max-parts]";
        if (known.stage == Stage.COUNT_WAITS) {
            refuseCount(known, reason, false);
        } else {
            endPart(known, known.notBegun(RoundOutcome.DEADLINE, reason));
        }
    }

    /** Ends the work for a round that is over. */
    public void cancel(Cancel message) {
        KnownRound known = rounds.get(message.round());
        if (known != null) {
            end(known, RoundOutcome.CANCELLED);
        }
    }

    /** Refuses everything from now on, and ends the work under way early. */
    void leave() {
        isLeaving = true;
        rounds.all().forEach(known -> end(known, RoundOutcome.SHUTDOWN));
    }

    /** Ends the work for the rounds of a member that was removed from the cluster, and sends nothing for them any more. */
    void requesterGone(long uid) {
        for (KnownRound known : rounds.all()) {
            if (known.requester.uid() == uid) {
                known.isRequesterGone = true;
                end(known, RoundOutcome.CANCELLED);
            }
        }
    }

    /** Running work is answered when it has ended; waiting work is answered at once. */
    private void end(KnownRound known, RoundOutcome end) {
        known.cancellation.cancel();
        if (!rounds.endWait(known)) {
            return;
        }
        if (known.stage == Stage.PART_WAITS) {
            endPart(known, known.notBegun(end, ""));
        } else if (end == RoundOutcome.SHUTDOWN) {
            refuseCount(known, LEAVING, false);
        } else {
            rounds.remove(known);
        }
    }

    /** Sends the reply to a part that is over, and keeps it for repeated requests. */
    private void endPart(KnownRound known, Reply result) {
        known.stage = Stage.OFFERED;
        known.result = result;
        send(known, result);
    }

    private void send(KnownRound known, Reply reply) {
        if (!known.isRequesterGone) {
            known.replies.accept(reply);
        }
    }
}
