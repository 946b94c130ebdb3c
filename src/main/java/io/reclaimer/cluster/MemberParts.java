package io.reclaimer.cluster;

import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.KnownRound.Stage;
import io.reclaimer.cluster.MemberEnvironment.Requester;
import io.reclaimer.shrinker.Saturating;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The work of one member in rounds over the cluster: it counts, makes offers, and runs its parts as rounds of its own
 * reclaimer. Without an actor, a clock or a network of its own: the caller passes the time, in nanoseconds from an
 * arbitrary start, and calls {@link #tick} at {@link #dueNanos}. Confined to one actor. Public for the scenarios of this
 * project; no part of the API.
 *
 * <p>A fixed number of counts and parts run at a time; the others wait in an {@link AdmissionQueue} for as long as they are
 * of use to their round. So rounds of other members, however many, take no more than that of the reclaimer.
 *
 * <p>Requests may arrive twice, late and in any order. A repeated request is answered with the same result; nothing is done
 * twice. A part has to end within a time after its offer, which the coordinator chooses to end before the round, by the
 * clock of this member. A part that arrives later is answered as late, and frees nothing.
 *
 * @param <A> the address that replies are sent to
 */
public final class MemberParts<A> {

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

    private final MemberEnvironment<A> environment;
    private final ToIntFunction<String> nodeNumber;
    private final AdmissionQueue queue;
    private final GiveBudget budget;
    private final KnownRounds<A> rounds = new KnownRounds<>();
    private boolean isLeaving;
    private boolean isStarting;
    private Totals totals = new Totals(0, 0, 0);

    /**
     * @param nodeNumber the number of a node by its name; throws where there is no such node, with the reason of the refusal
     * @param maxParts the maximum number of counts and parts that run at a time
     */
    MemberParts(MemberEnvironment<A> environment, ToIntFunction<String> nodeNumber, int maxParts, GiveBudget budget) {
        this.environment = environment;
        this.nodeNumber = nodeNumber;
        this.queue = new AdmissionQueue(maxParts);
        this.budget = budget;
    }

    /** The parts of a member with the settings of its actor system. */
    public static <A> MemberParts<A> create(MemberEnvironment<A> environment, Reclaimer reclaimer) {
        ClusterSettings settings =
                ClusterSettings.of(reclaimer.system().settings().config());
        return new MemberParts<>(
                environment, reclaimer.settings()::node, settings.maxParts(), new GiveBudget(settings.giveBytes()));
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
        return queue.dueNanos();
    }

    /** Forgets rounds that are over. */
    void forgetOld(long now) {
        rounds.forgetOld(now);
    }

    /** Handles a request to count. */
    public void count(A from, Requester requester, Count message, long now) {
        KnownRound<A> known = rounds.get(message.round());
        if (known == null) {
            countFirst(from, requester, message, now);
            return;
        }
        known.countAgain(from, message);
        if (known.isOffered()) {
            offer(known, now);
        }
    }

    private void countFirst(A from, Requester requester, Count message, long now) {
        if (isLeaving) {
            environment.send(from, PartReply.refused(message, LEAVING, false));
        } else if (!budget.hasBytes(requester, now)) {
            environment.send(from, PartReply.refused(message, budget.refusalReason(), false));
        } else if (!rounds.makeRoom(now)) {
            String reason = "it takes part in [" + rounds.size() + "] rounds over the cluster, as many as allowed";
            environment.send(from, PartReply.refused(message, reason, true));
        } else {
            ReclaimRequest request;
            try {
                request = KnownRound.requestOf(message, nodeNumber);
            } catch (RuntimeException e) {
                environment.send(from, PartReply.refused(message, Reasons.of(e), false));
                return;
            }
            long withinNanos = Duration.ofMillis(message.withinMillis()).toNanos();
            KnownRound<A> known = new KnownRound<>(from, requester, request, message, now + withinNanos + KEPT_NANOS);
            rounds.add(known);
            queue.add(known.task(now + withinNanos / 10 * COUNT_WAIT_TENTHS));
            startNext(now);
        }
    }

    /** Starts waiting tasks while there are slots. A task may end at once, and call this method again. */
    private void startNext(long now) {
        if (isStarting) {
            return;
        }
        isStarting = true;
        for (Optional<AdmissionQueue.Task> next = queue.next(); next.isPresent(); next = queue.next()) {
            KnownRound<A> known = rounds.get(next.get().round());
            if (known == null) {
                queue.release(next.get().round());
            } else if (known.stage == Stage.COUNT_WAITS) {
                known.stage = Stage.COUNTING;
                environment.count(known.number, known.request);
            } else {
                startPart(known, now);
            }
        }
        isStarting = false;
    }

    private void startPart(KnownRound<A> known, long now) {
        long remainingNanos = known.partEndNanos - now;
        if (remainingNanos <= 0) {
            queue.release(known.number);
            answerLate(known);
            return;
        }
        if (!budget.tryReserve(known, now)) {
            refusePart(known, budget.refusalReason());
            return;
        }
        ReclaimRequest request;
        try {
            request = known.partRequest(remainingNanos);
        } catch (IllegalArgumentException e) {
            budget.settle(known, 0, now);
            refusePart(known, Reasons.of(e));
            return;
        }
        known.stage = Stage.PART_RUNS;
        environment.reclaim(known.number, known.part, request);
    }

    private void refusePart(KnownRound<A> known, String reason) {
        queue.release(known.number);
        known.stage = Stage.OFFERED;
        answer(known, PartReply.refused(known, known.part, reason, false));
    }

    /** Handles the result of a count: a report, or the reason why there is none. */
    public void counted(long round, @Nullable CountReport report, @Nullable Throwable why, long now) {
        KnownRound<A> known = rounds.get(round);
        if (known == null || known.stage != Stage.COUNTING) {
            return;
        }
        queue.release(round);
        if (report == null) {
            rounds.remove(round);
            send(known, PartReply.refused(known, 0, Reasons.of(why), Reasons.isTooManyRounds(why)));
        } else {
            known.stage = Stage.OFFERED;
            known.setCounted(report);
            offer(known, now);
        }
        startNext(now);
    }

    /** Makes an offer with a nonce of its own: the time of a part is counted from the offer on which it is based. */
    private void offer(KnownRound<A> known, long now) {
        Offer offer = PartReply.offer(
                known,
                environment.heap(),
                environment.nonce(),
                budget.availableObjects(known, now),
                budget.cutReason());
        known.addOffer(offer.nonce(), now);
        send(known, offer);
    }

    /** Handles the request to run a part. */
    public void reclaim(A from, Reclaim message, long now) {
        KnownRound<A> known = rounds.get(message.round());
        if (known == null || !known.isOffered()) {
            environment.send(from, PartReply.refused(message, "it does not know the round, or has forgotten it"));
            return;
        }
        OptionalLong offerNanos = known.offerNanos(message);
        if (offerNanos.isEmpty()) {
            environment.send(from, PartReply.refused(message, "the part is based on an offer that was not made"));
            return;
        }
        known.replyTo = from;
        if (message.part() <= known.part) {
            // Repeated, or overtaken by a later part.
            if (message.part() == known.part && known.result != null) {
                send(known, known.result);
            }
        } else if (known.stage != Stage.OFFERED) {
            send(known, PartReply.refused(known, message.part(), "its previous part is still under way", false));
        } else {
            known.setPart(message, offerNanos.getAsLong() + TimeUnit.MICROSECONDS.toNanos(message.untilMicros()));
            enqueuePart(known, now);
        }
    }

    private void enqueuePart(KnownRound<A> known, long now) {
        if (isLeaving) {
            answer(known, PartReply.notBegun(known, PartEnd.SHUTDOWN, ""));
        } else if (known.cancellation.isCancelled()) {
            answer(known, PartReply.notBegun(known, PartEnd.CANCELLED, ""));
        } else if (known.partEndNanos - now <= 0) {
            answer(known, PartReply.notBegun(known, PartEnd.DEADLINE, "it arrived after its time was over"));
        } else {
            known.stage = Stage.PART_WAITS;
            queue.add(known.task(known.partEndNanos));
            startNext(now);
        }
    }

    /** Handles the result of a part: a report, or the reason why there is none. */
    public void reclaimed(long round, int part, @Nullable ReclaimReport report, @Nullable Throwable why, long now) {
        KnownRound<A> known = rounds.get(round);
        if (known == null || known.part != part || known.stage != Stage.PART_RUNS) {
            return;
        }
        queue.release(round);
        known.stage = Stage.OFFERED;
        if (report != null) {
            budget.settle(known, report.freedBytes(), now);
            long objects = Saturating.add(totals.objects(), report.freedObjects());
            totals = new Totals(totals.parts() + 1, objects, budget.givenBytes());
            known.addFreed(report);
            answer(known, PartReply.ended(known, report, isLeaving, budget.cutReason()));
        } else {
            boolean isTooMany = Reasons.isTooManyRounds(why);
            // A refused part freed nothing; a failed one may have freed all that was reserved for it.
            budget.settle(known, isTooMany ? 0 : budget.reservedBytes(known), now);
            answer(known, PartReply.refused(known, part, Reasons.of(why), isTooMany));
        }
        startNext(now);
    }

    /** Answers tasks that may not wait any longer. */
    public void tick(long now) {
        queue.removeLate(now)
                .forEach(task -> Optional.ofNullable(rounds.get(task.round())).ifPresent(this::answerLate));
    }

    private void answerLate(KnownRound<A> known) {
        String reason = "no slot was free in time: [" + queue.slots()
                + "] counts and parts are under way there, as many as allowed [reclaimer.cluster.max-parts]";
        if (known.stage == Stage.COUNT_WAITS) {
            rounds.remove(known.number);
            send(known, PartReply.refused(known, 0, reason, false));
        } else {
            known.stage = Stage.OFFERED;
            answer(known, PartReply.notBegun(known, PartEnd.DEADLINE, reason));
        }
    }

    /** Ends the work for a round that is over. */
    public void cancel(Cancel message) {
        KnownRound<A> known = rounds.get(message.round());
        if (known != null) {
            end(known, PartEnd.CANCELLED);
        }
    }

    /** Refuses everything from now on, and ends the work under way early. */
    void leave() {
        isLeaving = true;
        rounds.all().forEach(known -> end(known, PartEnd.SHUTDOWN));
    }

    /** Ends the work for the rounds of a member that was removed from the cluster, and sends nothing for them any more. */
    void requesterGone(long uid) {
        for (KnownRound<A> known : rounds.all()) {
            if (known.requester.uid() == uid) {
                known.isRequesterGone = true;
                end(known, PartEnd.CANCELLED);
            }
        }
    }

    /** Running work is answered when it has ended; waiting work is answered at once. */
    private void end(KnownRound<A> known, PartEnd end) {
        known.cancellation.cancel();
        if (!queue.remove(known.number)) {
            return;
        }
        if (known.stage == Stage.COUNT_WAITS) {
            rounds.remove(known.number);
            if (end == PartEnd.SHUTDOWN) {
                send(known, PartReply.refused(known, 0, LEAVING, false));
            }
        } else {
            known.stage = Stage.OFFERED;
            answer(known, PartReply.notBegun(known, end, ""));
        }
    }

    /** Sends the reply to a part, and keeps it for repeated requests. */
    private void answer(KnownRound<A> known, ClusterMessage result) {
        known.result = result;
        send(known, result);
    }

    private void send(KnownRound<A> known, ClusterMessage reply) {
        if (!known.isRequesterGone) {
            environment.send(known.replyTo, reply);
        }
    }
}
