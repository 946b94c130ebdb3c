package io.reclaimer.cluster;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.ClusterReport.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One round over the cluster, as the member decides it that was asked for it. One thread's; has no clock and sends nothing
 * itself. Times are in nanoseconds from any start; whoever calls brings the time, and calls {@link #tick} at {@link #dueNanos}.
 *
 * <ol>
 *   <li>{@link #begin}: every member is asked to count.
 *   <li>When all have offered, or a quarter of the time is over, {@link #beginWave} splits the target. An offer that comes
 *       later is taken into the next wave. Without a target each is sent its pass as soon as it has offered.
 *   <li>When all parts of a wave have ended, or half of the time that was left is over, what is missing is split again, over
 *       those that can give more. A part that has not ended is written off; what it still says counts all the same.
 *   <li>The answer: when the target is met, when nobody can give more and nothing is to come, or at the deadline. Those still
 *       at it are told that the round is over.
 * </ol>
 *
 * <p>A request without an answer is sent again after a while, and again after twice as long; members know one that they
 * have had. A member that says that it can't do anything now (too many rounds, no place in time) is out of the wave, and
 * asked to count again after a while, and again after twice as long.
 */
final class FanOut {

    /** What is needed around it. */
    interface Port {
        /** Sends to the member of a seat, which may never get it. */
        void send(int seat, ClusterMessage message);

        /** The one answer. Nothing is sent after it. */
        void answer(ClusterReport report);
    }

    /** The part of the deadline for which offers are waited for. */
    private static final int COUNTING_PART = 4;

    /** The part of the time that is left which one wave gets. */
    private static final int WAVE_PART = 2;

    /** Where less time is left than so many times an answer's way, one wave gets all of it. */
    private static final int SHORTEST_WAVE_WAYS = 4;

    /** How long answers may be on their way: parts end that much before their wave, but at most a tenth of the round. */
    private static final long LONGEST_WAY_NANOS = Duration.ofMillis(250).toNanos();

    private static final int WAY_PART = 10;

    private enum Phase {
        COUNTING,
        RECLAIMING,
        /** Cancelled: what comes within the time of an answer still counts. */
        ENDING,
        ANSWERED
    }

    private final Port port;
    private final long round;
    private final Terms terms;
    private final Sender sender;
    private final Seats seats = new Seats();
    private final long target;
    private final long wayNanos;

    private Phase phase = Phase.COUNTING;
    private Outcome ending = Outcome.CANCELLED;
    private long startNanos;
    private long endNanos;
    /** Of the wave, or of counting. */
    private long phaseEndNanos;

    private long resendNanos;
    private long resendAfterNanos;
    private int waves;

    /** When a member is to be asked to count again that could not; empty where there is none. */
    private OptionalLong againNanos = OptionalLong.empty();

    /** @param round its number, which no other one of {@code sender} has */
    FanOut(Port port, long round, Terms terms, Sender sender) {
        this.port = port;
        this.round = round;
        this.terms = terms;
        this.sender = sender;
        this.target = terms.request().objects().orElse(0);
        this.wayNanos = Math.min(terms.within().toNanos() / WAY_PART, LONGEST_WAY_NANOS);
    }

    /** Asks everybody. */
    void begin(List<Guest> guests, long now) {
        startNanos = now;
        endNanos = now + terms.within().toNanos();
        phaseEndNanos = now + terms.within().toNanos() / COUNTING_PART;
        guests.forEach(guest -> seats.add(guest, now));
        seats.all().stream().filter(Seat::isAwaited).forEach(seat -> sendCount(seat, now));
        startResending(now);
        goOn(now);
    }

    private void startResending(long now) {
        resendAfterNanos = terms.resendAfter().toNanos();
        resendNanos = now + resendAfterNanos;
    }

    private void sendCount(Seat seat, long now) {
        long withinMillis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(endNanos - now));
        long countNanos = terms.within().toNanos() / COUNTING_PART - wayNanos;
        ReclaimRequest request = terms.request();
        port.send(
                seat.number(),
                new Count(
                        round,
                        seat.number(),
                        request.cgroup().toString(),
                        request.isAlone(),
                        terms.nodes(),
                        request.flags().stream().map(Enum::name).sorted().toList(),
                        withinMillis,
                        Math.min(withinMillis, Math.max(1, TimeUnit.NANOSECONDS.toMillis(countNanos))),
                        sender.door(),
                        sender.uid(),
                        true));
    }

    /** When {@link #tick} is to be called next, at the latest. */
    long dueNanos() {
        long due = phase == Phase.ENDING || phaseEndNanos - endNanos > 0 ? endNanos : phaseEndNanos;
        due = resendNanos - due < 0 ? resendNanos : due;
        return againNanos.isPresent() && againNanos.getAsLong() - due < 0 ? againNanos.getAsLong() : due;
    }

    boolean isAnswered() {
        return phase == Phase.ANSWERED;
    }

    /** Time has gone by. */
    void tick(long now) {
        if (phase == Phase.ANSWERED) {
            return;
        }
        if (now - endNanos >= 0) {
            answer(phase == Phase.ENDING ? ending : outcomeAtTheEnd(now), now);
            return;
        }
        if (now - resendNanos >= 0) {
            resend(now);
            resendAfterNanos *= 2;
            resendNanos = now + resendAfterNanos;
        }
        if (againNanos.isPresent() && now - againNanos.getAsLong() >= 0) {
            askAgain(now);
        }
        goOn(now);
    }

    /** Those that could do nothing a while ago. */
    private void askAgain(long now) {
        againNanos = OptionalLong.empty();
        for (Seat seat : seats.all()) {
            OptionalLong due = seat.againNanos();
            if (due.isPresent() && now - due.getAsLong() >= 0) {
                seat.isAskedAgain();
                sendCount(seat, now);
            }
            askAgainLater(seat);
        }
    }

    private void askAgainLater(Seat seat) {
        OptionalLong due = phase == Phase.ENDING ? OptionalLong.empty() : seat.againNanos();
        if (due.isPresent() && (againNanos.isEmpty() || due.getAsLong() - againNanos.getAsLong() < 0)) {
            againNanos = due;
        }
    }

    private void resend(long now) {
        for (Seat seat : seats.all()) {
            Reclaim part = seat.part();
            if (!seat.isAwaited() || phase == Phase.ENDING) {
                continue;
            }
            if (seat.stage() == Seat.Stage.COUNTING) {
                if (seat.againNanos().isEmpty()) {
                    sendCount(seat, now);
                }
            } else if (part != null) {
                port.send(seat.number(), part);
            }
        }
    }

    void offered(Offer message, long now) {
        take(message.seat(), now, seat -> {
            if (seat.offered(message, now) && terms.request().objects().isEmpty() && phase != Phase.ENDING) {
                sendPart(seat, 0, endNanos);
            }
        });
    }

    void reclaimed(Reclaimed message, long now) {
        take(message.seat(), now, seat -> seat.reclaimed(message, now));
    }

    void refused(Refused message, long now) {
        take(message.seat(), now, seat -> seat.refused(message, now));
    }

    /** A member's answer; one of a seat that there is not is nobody's. */
    private void take(int number, long now, Consumer<Seat> answer) {
        if (phase != Phase.ANSWERED) {
            seats.of(number).ifPresent(seat -> {
                seats.change(seat, answer);
                askAgainLater(seat);
                goOn(now);
            });
        }
    }

    /** What is known of a member has changed. */
    void changed(String member, Presence presence, long now) {
        if (phase != Phase.ANSWERED) {
            seats.of(member).ifPresent(seat -> changed(seat, presence, now));
        }
    }

    private void changed(Seat seat, Presence presence, long now) {
        boolean returns = presence == Presence.HERE && !seat.isReachable();
        seats.change(seat, one -> {
            switch (presence) {
                case HERE -> one.reachable(true);
                case UNREACHABLE -> one.reachable(false);
                case LEAVING, DOWN, CLUSTER_ENDS -> one.left(presence);
                case GONE -> one.gone(presence);
                case JOINING, WITHOUT_RECLAIMER -> {
                    // It has stopped there; what it did until then it says.
                }
            }
        });
        if (returns && phase != Phase.ENDING && seat.stage() == Seat.Stage.COUNTING) {
            sendCount(seat, now);
        }
        goOn(now);
    }

    /** It is to end: members are told, and have the time of an answer to say what they did. */
    void end(Outcome how, long now) {
        if (phase == Phase.COUNTING || phase == Phase.RECLAIMING) {
            phase = Phase.ENDING;
            againNanos = OptionalLong.empty();
            ending = how;
            long last = now + wayNanos;
            endNanos = last - endNanos < 0 ? last : endNanos;
            cancelParts();
            goOn(now);
        }
    }

    /** Answers now, with what is known. */
    void answerNow(Outcome how, long now) {
        if (phase != Phase.ANSWERED) {
            answer(how, now);
        }
    }

    /** Does what can be done now. */
    private void goOn(long now) {
        switch (phase) {
            case COUNTING -> {
                if (seats.awaited(Seat.Stage.COUNTING) == 0 || now - phaseEndNanos >= 0) {
                    phase = Phase.RECLAIMING;
                    beginWave(now);
                }
            }
            case RECLAIMING -> {
                if (seats.awaited(Seat.Stage.RUNNING) == 0 || now - phaseEndNanos >= 0) {
                    beginWave(now);
                }
            }
            case ENDING -> {
                if (seats.awaitedParts() == 0) {
                    answer(ending, now);
                }
            }
            case ANSWERED -> {}
        }
    }

    /** Splits what is missing; answers where that is nothing, or there is nobody to ask or to wait for. */
    private void beginWave(long now) {
        seats.all().forEach(seat -> seats.change(seat, Seat::writeOff));
        if (hasTarget()) {
            long freed = seats.freedObjects();
            if (freed >= target) {
                // What is still under way is too much; what it did until now counts.
                end(Outcome.MET, now);
                return;
            }
            if (split(target - freed, now)) {
                return;
            }
        }
        if (seats.isAnyAwaited()) {
            phaseEndNanos = endNanos;
        } else {
            answer(outcomeAtTheEnd(now), now);
        }
    }

    /** False where nobody can be asked. */
    private boolean split(long missing, long now) {
        long remaining = endNanos - now;
        if (remaining <= wayNanos) {
            return false;
        }
        long[] parts = seats.parts(missing, terms.request(), terms.start() + waves);
        long waveEnd = remaining > SHORTEST_WAVE_WAYS * wayNanos ? now + remaining / WAVE_PART : endNanos;
        boolean sent = false;
        for (Seat seat : seats.all()) {
            if (parts[seat.number()] > 0) {
                seats.change(seat, one -> sendPart(one, parts[one.number()], waveEnd));
                sent = true;
            }
        }
        if (sent) {
            waves++;
            phaseEndNanos = waveEnd;
            startResending(now);
        }
        return sent;
    }

    private void sendPart(Seat seat, long objects, long waveEnd) {
        Reclaim before = seat.part();
        Reclaim part = new Reclaim(
                round,
                seat.number(),
                before == null ? 1 : before.part() + 1,
                objects,
                terms.request().priority(),
                TimeUnit.NANOSECONDS.toMicros(Math.max(0, waveEnd - wayNanos - seat.offeredNanos())),
                sender.door(),
                sender.uid(),
                seat.nonce());
        seat.isSent(part);
        port.send(seat.number(), part);
    }

    /** How it ended, where nothing more can come or be done. */
    private Outcome outcomeAtTheEnd(long now) {
        boolean isTimeUp = endNanos - now <= wayNanos;
        return hasTarget()
                ? Verdict.ofTarget(seats.freedObjects() >= target, isTimeUp, seats.all())
                : Verdict.ofPass(isTimeUp, seats.all());
    }

    private void answer(Outcome how, long now) {
        phase = Phase.ANSWERED;
        cancelParts();
        port.answer(new ClusterReport(
                terms.request().cgroup(),
                how,
                seats.freedObjects(),
                seats.freedBytes(),
                Duration.ofNanos(now - startNanos),
                seats.report(how, now)));
    }

    private void cancelParts() {
        for (Seat seat : seats.all()) {
            if (seat.isRunning()) {
                port.send(seat.number(), new Cancel(round, sender.door(), sender.uid()));
            }
        }
    }

    private boolean hasTarget() {
        return terms.request().objects().isPresent();
    }
}
