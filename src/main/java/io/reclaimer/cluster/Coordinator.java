package io.reclaimer.cluster;

import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.ClusterMessage.Reply;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.Participant.Stage;
import io.reclaimer.cluster.RoundParameters.Presence;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * The decisions of one round over the cluster, made on the member that the round was requested on. Without an actor, a
 * clock or a network of its own: the caller passes the time, in nanoseconds from an arbitrary start, calls {@link #tick} at
 * {@link #dueNanos}, and sends the messages. Confined to one actor. Public for the scenarios of this project; no part of
 * the API.
 *
 * <ol>
 *   <li>{@link #begin} asks every participant to count.
 *   <li>When all have offered, or a quarter of the time is over, the target is allocated. A later offer takes part in the
 *       next allocation. Without a target, each participant is sent its pass as soon as it has offered.
 *   <li>When all parts of an allocation have ended, or half of the time that was left is over, the missing objects are
 *       allocated again to the participants that can give more. A part that has not ended is written off; its result still
 *       counts.
 *   <li>The round is answered when the target is met, when nobody can give more and nothing is awaited, or at the deadline.
 *       Participants whose part is under way are told that the round is over.
 * </ol>
 *
 * <p>A request without an answer is sent again, at intervals that double; members recognise a repeated request. A
 * participant that can do nothing now (too many rounds, no free slot in time) is left out of the allocation and asked to
 * count again after a back-off.
 */
public final class Coordinator {

    /** Receives what the coordinator decides. */
    public interface Output {
        /** Sends a message to a participant. It may be lost. */
        void send(int participant, ClusterMessage message);

        /** Ends the round with its report. Called once; nothing is sent afterwards. */
        void report(ClusterReport report);
    }

    /** Offers are awaited for a quarter of the time. */
    private static final int COUNTING_DIVISOR = 4;

    /** An allocation gets half of the remaining time. */
    private static final int ALLOCATION_DIVISOR = 2;

    /** An allocation gets all of the remaining time where that is at most four transit times. */
    private static final int MIN_ALLOCATION_TRANSITS = 4;

    /** The maximum time reserved for the transit of a reply, by which parts end before their allocation. */
    private static final long MAX_TRANSIT_NANOS = Duration.ofMillis(250).toNanos();

    /** At most a tenth of the time is reserved. */
    private static final int TRANSIT_DIVISOR = 10;

    private enum Phase {
        COUNTING,
        RECLAIMING,
        /** Ended early: the results that arrive within the transit time still count. */
        ENDING,
        REPORTED
    }

    private final Output output;
    private final RoundParameters parameters;
    private final Participants participants = new Participants();
    private final OptionalLong target;
    private final long withinNanos;
    private final long transitNanos;

    private Phase phase = Phase.COUNTING;
    private Outcome earlyOutcome = Outcome.CANCELLED;
    private int allocations;
    private long startNanos;
    private long endNanos;
    /** The end of counting, or of the current allocation. */
    private long phaseEndNanos;

    /** A lower bound of the times at which requests are sent again. */
    private long sendNanos;

    public Coordinator(Output output, RoundParameters parameters) {
        this.output = output;
        this.parameters = parameters;
        this.target = parameters.request().objects();
        this.withinNanos = parameters.within().toNanos();
        this.transitNanos = Math.min(withinNanos / TRANSIT_DIVISOR, MAX_TRANSIT_NANOS);
    }

    /** Starts the round: asks every member that can be reached to count. */
    public void begin(long now) {
        startNanos = now;
        endNanos = now + withinNanos;
        sendNanos = endNanos;
        phaseEndNanos = now + withinNanos / COUNTING_DIVISOR;
        parameters.members().forEach((member, presence) -> participants.add(member, presence, now));
        participants.all().stream().filter(Participant::isAwaited).forEach(one -> send(one, now));
        proceed(now);
    }

    /** When {@link #tick} is to be called next, at the latest. */
    public long dueNanos() {
        return phase == Phase.ENDING ? endNanos : earlier(earlier(phaseEndNanos, sendNanos), endNanos);
    }

    private static long earlier(long one, long other) {
        return one - other < 0 ? one : other;
    }

    public boolean isReported() {
        return phase == Phase.REPORTED;
    }

    /** Does what is due. */
    public void tick(long now) {
        if (isReported()) {
            return;
        }
        if (now - endNanos >= 0) {
            report(phase == Phase.ENDING ? earlyOutcome : participants.outcome(target, isTimeUp(now)), now);
            return;
        }
        if (phase != Phase.ENDING && now - sendNanos >= 0) {
            sendAgain(now);
        }
        proceed(now);
    }

    /** Handles the reply of a participant. A reply from an unknown participant is ignored. */
    public void receive(Reply reply, long now) {
        if (isReported() || reply.participant() >= participants.all().size()) {
            return;
        }
        Participant participant = participants.all().get(reply.participant());
        if (reply instanceof Offer offer) {
            if (participant.accept(offer, now) && target.isEmpty() && phase != Phase.ENDING) {
                sendPart(participant, 0, endNanos, now);
            }
        } else if (reply instanceof Reclaimed result) {
            participant.accept(result, now);
        } else if (reply instanceof Refused refusal) {
            participant.accept(refusal, now);
        }
        if (participant.isAwaited()) {
            sendNanos = earlier(sendNanos, participant.sendNanos());
        }
        proceed(now);
    }

    /** Handles a change of the presence of a member. */
    public void update(String member, Presence presence, long now) {
        if (isReported()) {
            return;
        }
        for (Participant participant : participants.all()) {
            if (participant.member.equals(member)) {
                boolean returns = presence == Presence.HERE && !participant.isReachable();
                participant.update(presence);
                if (returns && phase != Phase.ENDING && participant.isAwaited()) {
                    send(participant, now);
                }
            }
        }
        proceed(now);
    }

    /** Ends the round early: tells the participants, and waits for their results for the transit time. */
    public void end(Outcome outcome, long now) {
        if (phase == Phase.COUNTING || phase == Phase.RECLAIMING) {
            phase = Phase.ENDING;
            earlyOutcome = outcome;
            endNanos = earlier(now + transitNanos, endNanos);
            cancelParts();
            proceed(now);
        }
    }

    /** Ends the round at once, with the results that are known. */
    void abort(Outcome outcome, long now) {
        if (!isReported()) {
            report(outcome, now);
        }
    }

    /** Does what the state of the round allows. */
    private void proceed(long now) {
        boolean isPhaseOver = now - phaseEndNanos >= 0;
        switch (phase) {
            case COUNTING -> {
                if (isPhaseOver || !participants.isAnyAwaited(Stage.COUNTING)) {
                    phase = Phase.RECLAIMING;
                    allocate(now);
                }
            }
            case RECLAIMING -> {
                if (isPhaseOver || !participants.isAnyAwaited(Stage.RUNNING)) {
                    allocate(now);
                }
            }
            case ENDING -> {
                if (!participants.isAnyAwaited(Stage.RUNNING) && !participants.isAnyAwaited(Stage.WRITTEN_OFF)) {
                    report(earlyOutcome, now);
                }
            }
            case REPORTED -> {}
        }
    }

    /** Allocates the missing objects. Ends the round where none are missing, or nobody is left to ask or to wait for. */
    private void allocate(long now) {
        participants.all().forEach(Participant::writeOff);
        if (target.isPresent()) {
            long missing = target.getAsLong() - participants.freedObjects();
            if (missing <= 0) {
                // Parts that are still under way are superfluous; what they have freed by now counts.
                end(Outcome.TARGET_REACHED, now);
                return;
            }
            if (sendParts(missing, now)) {
                return;
            }
        }
        if (participants.isAnyAwaited()) {
            phaseEndNanos = endNanos;
        } else {
            report(participants.outcome(target, isTimeUp(now)), now);
        }
    }

    /** Whether there is no time for another part. */
    private boolean isTimeUp(long now) {
        return endNanos - now <= transitNanos;
    }

    /** Returns whether any participant got a part. */
    private boolean sendParts(long missing, long now) {
        long remainingNanos = endNanos - now;
        if (isTimeUp(now)) {
            return false;
        }
        long[] parts = participants.allocate(missing, parameters.request(), parameters.round() + allocations);
        boolean isShort = remainingNanos <= MIN_ALLOCATION_TRANSITS * transitNanos;
        long allocationEnd = isShort ? endNanos : now + remainingNanos / ALLOCATION_DIVISOR;
        boolean isAnySent = false;
        for (Participant participant : participants.all()) {
            long part = parts[participant.index];
            if (part > 0) {
                sendPart(participant, part, allocationEnd, now);
                isAnySent = true;
            }
        }
        if (isAnySent) {
            allocations++;
            phaseEndNanos = allocationEnd;
        }
        return isAnySent;
    }

    private void sendPart(Participant participant, long objects, long allocationEndNanos, long now) {
        participant.assign(parameters, objects, allocationEndNanos - transitNanos);
        send(participant, now);
    }

    /** Sends the request that a participant has to answer: its part, or the count. */
    private void send(Participant participant, long now) {
        long countNanos = withinNanos / COUNTING_DIVISOR - transitNanos;
        ClusterMessage request = participant
                .partUnderWay()
                .map(ClusterMessage.class::cast)
                .orElseGet(() -> parameters.count(participant.index, endNanos - now, countNanos));
        participant.sent(now, parameters.resendAfter().toNanos());
        sendNanos = earlier(sendNanos, participant.sendNanos());
        output.send(participant.index, request);
    }

    /** Sends the requests again whose time has come: those without an answer, and the counts after a back-off. */
    private void sendAgain(long now) {
        sendNanos = endNanos;
        for (Participant participant : participants.all()) {
            if (participant.isAwaited() && now - participant.sendNanos() >= 0) {
                send(participant, now);
            } else if (participant.isAwaited()) {
                sendNanos = earlier(sendNanos, participant.sendNanos());
            }
        }
    }

    private void report(Outcome outcome, long now) {
        phase = Phase.REPORTED;
        cancelParts();
        output.report(new ClusterReport(
                parameters.request().cgroup(),
                outcome,
                participants.freedObjects(),
                participants.freedBytes(),
                Duration.ofNanos(now - startNanos),
                participants.report(outcome, now)));
    }

    private void cancelParts() {
        for (Participant participant : participants.all()) {
            if (participant.isRunning()) {
                output.send(participant.index, parameters.cancel());
            }
        }
    }
}
