package io.reclaimer.cluster;

import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.shrinker.Cancellation;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a member does in rounds over the cluster: counts, offers, and runs its parts as rounds of its own. One thread's; has no
 * clock and sends nothing itself. Times are in nanoseconds from any start.
 *
 * <p>Requests may come twice, late, and in any order. A count that comes again is answered with the same offer, a part that
 * comes again with the same result; neither is done twice. A part is good until a time after the offer, which the round sets
 * so that it is over by then on this member's clock too: one that comes later is answered as late, and nothing is freed.
 *
 * @param <A> where answers go
 */
final class MemberParts<A> {

    /** How a part ended. */
    enum End {
        /** All of it is freed; or the one pass is done. */
        DONE,
        /** No more can be freed. */
        SHORT,
        /** The time was over. */
        DEADLINE,
        /** The round is over. */
        CANCELLED,
        /** This member is shutting down. */
        SHUTDOWN;

        /** Of that name; empty for one that this version does not know. */
        static Optional<End> named(String name) {
            return Arrays.stream(values())
                    .filter(end -> end.name().equals(name))
                    .findFirst();
        }
    }

    /** What is needed around it. */
    interface Port<A> {
        /** Counts; {@link MemberParts#counted} is to be called with what comes of it. */
        void count(long round, ReclaimRequest request);

        /** Starts a round; {@link MemberParts#reclaimed} is to be called with what comes of it. */
        void reclaim(long round, int part, ReclaimRequest request);

        void send(A to, ClusterMessage message);

        /** What to say of the heap, now. */
        Heap heap();

        /** A random number, not 0. */
        long nonce();
    }

    /** This member's heap. */
    record Heap(MemberPressure pressure, long liveBytes, long limitBytes) {}

    /**
     * What was done so far.
     *
     * @param parts that were run
     * @param objects that they freed
     */
    record Given(long parts, long objects) {}

    /** How many rounds may be known at a time; where all of them are under way, more are refused. */
    static final int MOST_ROUNDS = 1024;

    /** What stays of a round after its time, to answer what comes late. */
    static final long KEPT_NANOS = Duration.ofSeconds(1).toNanos();

    private final Port<A> port;
    private final ToIntFunction<String> nodeNumber;

    /**
     * By number, the oldest first. By the number alone, for a round's requests come from whom it asks by way of as well as
     * from itself. Members count rounds from a number of 63 random bits: of 10,000 members with a million rounds each, the
     * odds that any two of all rounds have the same number are 1 to 90,000, and these would have to be under way together.
     */
    private final Map<Long, Known<A>> rounds = new LinkedHashMap<>();

    private final Cancellation leaving = new Cancellation();
    private Given given = new Given(0, 0);

    /** @param nodeNumber the number of a node by its name; throws where there is none, and the message is the refusal */
    MemberParts(Port<A> port, ToIntFunction<String> nodeNumber) {
        this.port = port;
        this.nodeNumber = nodeNumber;
    }

    /** What is known of one round. */
    private static final class Known<A> {
        private final ReclaimRequest request;
        private final Requester requester;
        private final int seat;
        private final long forgetNanos;
        private final Cancellation cancellation = new Cancellation();
        /** Who asked last: where it came another way before, that one may be gone. */
        private A replyTo;

        /** Whether parts have to bring back the nonce of the offer: not where the request came from, or by way of, one before. */
        private boolean needsNonce;

        /** Whether nobody is there any more to be answered. */
        private boolean isRequesterGone;

        private @Nullable Offer offer;
        private long offeredNanos;
        private int part;
        private long partObjects;
        private boolean running;
        private @Nullable Reclaimed result;

        Known(A replyTo, Requester requester, ReclaimRequest request, Count message, long now) {
            this.replyTo = replyTo;
            this.requester = requester;
            this.request = request;
            this.seat = message.seat();
            this.needsNonce = message.knowsNonces();
            this.forgetNanos = now + Duration.ofMillis(message.withinMillis()).toNanos() + KEPT_NANOS;
        }

        /** Whether a part goes by the offer that was made. */
        boolean isOfOffer(Reclaim message) {
            Offer made = offer;
            return made != null && (message.nonce() == 0 ? !needsNonce : message.nonce() == made.nonce());
        }
    }

    /** From now on everything is refused, and what is under way ends early, with what it did. */
    void leave() {
        leaving.cancel();
        rounds.values().forEach(known -> known.cancellation.cancel());
    }

    /** How many parts are under way. */
    int running() {
        return (int) rounds.values().stream().filter(known -> known.running).count();
    }

    Given given() {
        return given;
    }

    /** How many rounds are known, over or not. */
    int known() {
        return rounds.size();
    }

    /** Forgets what is over. */
    void forgetOld(long now) {
        for (Iterator<Known<A>> all = rounds.values().iterator(); all.hasNext(); ) {
            Known<A> known = all.next();
            if (!known.running && now - known.forgetNanos >= 0) {
                all.remove();
            }
        }
    }

    /**
     * Forgets the oldest round for which nothing is under way. Where something was still to come of it, that is refused, for
     * nothing is known of the round; so nothing is done twice.
     */
    private boolean forgetIdle() {
        for (Iterator<Known<A>> all = rounds.values().iterator(); all.hasNext(); ) {
            Known<A> known = all.next();
            if (known.offer != null && !known.running) {
                all.remove();
                return true;
            }
        }
        return false;
    }

    void count(A from, Requester requester, Count message, long now) {
        Known<A> known = rounds.get(message.round());
        if (known != null) {
            // Twice. Where it is being counted, the answer will come.
            known.replyTo = from;
            known.needsNonce &= message.knowsNonces();
            if (known.offer != null) {
                port.send(from, known.offer);
            }
            return;
        }
        if (leaving.isCancelled()) {
            refuse(from, message.round(), message.seat(), "it is leaving the cluster");
            return;
        }
        forgetOld(now);
        if (rounds.size() >= MOST_ROUNDS && !forgetIdle()) {
            refuse(
                    from,
                    message.round(),
                    message.seat(),
                    "it takes part in [" + rounds.size() + "] rounds over the cluster, as many as allowed");
            return;
        }
        ReclaimRequest request;
        try {
            request = PartRequest.of(message, nodeNumber);
        } catch (RuntimeException e) {
            refuse(from, message.round(), message.seat(), Reasons.of(e));
            return;
        }
        rounds.put(message.round(), new Known<>(from, requester, request, message, now));
        port.count(message.round(), request);
    }

    /** What came of a count: a report, or why there is none. */
    void counted(long round, @Nullable CountReport report, @Nullable Throwable why, long now) {
        Known<A> known = rounds.get(round);
        if (known == null) {
            return;
        }
        if (report == null) {
            rounds.remove(round);
            refuse(known.replyTo, round, known.seat, Reasons.of(why));
            return;
        }
        Heap heap = port.heap();
        String shortfall = shortfallOf(report);
        Offer offer = new Offer(
                round,
                known.seat,
                report.freeableObjects(),
                report.freeableBytes(),
                report.plannedObjects(),
                heap.pressure().name(),
                heap.liveBytes(),
                heap.limitBytes(),
                port.nonce(),
                shortfall.isEmpty(),
                shortfall);
        known.offer = offer;
        known.offeredNanos = now;
        send(known, offer);
    }

    /** Why there may be more than was counted. */
    private static String shortfallOf(CountReport report) {
        String ended = switch (report.outcome()) {
            case DONE, NOT_ONLINE -> "";
            default -> "it counted until [" + report.outcome() + "]";
        };
        return Reasons.cut(Reasons.join(ended, Reasons.ofShortfalls(report.shortfalls())), ClusterMessage.LONGEST_TEXT);
    }

    void reclaim(A from, Reclaim message, long now) {
        Known<A> known = rounds.get(message.round());
        if (known == null || known.offer == null) {
            refuse(from, message.round(), message.seat(), "it knows nothing of the round, or not any more");
            return;
        }
        if (!known.isOfOffer(message)) {
            refuse(from, message.round(), message.seat(), "the part goes by another offer than was made");
            return;
        }
        known.replyTo = from;
        if (message.part() <= known.part) {
            // Twice, or one that was overtaken.
            Reclaimed result = known.result;
            if (message.part() == known.part && result != null) {
                port.send(from, result);
            }
            return;
        }
        if (known.running) {
            refuse(from, message.round(), message.seat(), "its part before is still under way");
            return;
        }
        known.part = message.part();
        known.partObjects = message.objects();
        known.result = null;
        if (leaving.isCancelled()) {
            answer(message.round(), known, End.SHUTDOWN);
            return;
        }
        if (known.cancellation.isCancelled()) {
            answer(message.round(), known, End.CANCELLED);
            return;
        }
        long leftNanos = known.offeredNanos + TimeUnit.MICROSECONDS.toNanos(message.untilMicros()) - now;
        if (leftNanos <= 0) {
            answer(message.round(), known, End.DEADLINE);
            return;
        }
        ReclaimRequest request;
        try {
            request = known.request
                    .startingAt(message.priority())
                    .within(Duration.ofNanos(leftNanos))
                    .cancelledBy(known.cancellation);
            if (message.objects() > 0) {
                request = request.objects(message.objects());
            }
        } catch (IllegalArgumentException e) {
            refuse(from, message.round(), message.seat(), Reasons.of(e));
            return;
        }
        known.running = true;
        port.reclaim(message.round(), message.part(), request);
    }

    /** What came of a part: a report, or why there is none. */
    void reclaimed(long round, int part, @Nullable ReclaimReport report, @Nullable Throwable why) {
        Known<A> known = rounds.get(round);
        if (known == null || known.part != part || !known.running) {
            return;
        }
        known.running = false;
        if (report == null) {
            refuse(known.replyTo, round, known.seat, Reasons.of(why));
            return;
        }
        given = new Given(given.parts() + 1, Split.add(given.objects(), report.freedObjects()));
        End end = endOf(known, report);
        boolean exhausted = report.isExhausted() || report.outcome() == ReclaimReport.Outcome.NOT_ONLINE;
        String reason = end == End.DONE
                ? ""
                : Reasons.cut(Reasons.ofShortfalls(report.shortfalls()), ClusterMessage.LONGEST_TEXT);
        answer(
                known,
                new Reclaimed(
                        round,
                        known.seat,
                        part,
                        end.name(),
                        report.freedObjects(),
                        report.freedBytes(),
                        exhausted,
                        false,
                        reason));
    }

    private End endOf(Known<A> known, ReclaimReport report) {
        return switch (report.outcome()) {
            case DONE, MET -> End.DONE;
            case SHORT -> End.SHORT;
            case NOT_ONLINE -> known.partObjects > 0 ? End.SHORT : End.DONE;
            case DEADLINE -> End.DEADLINE;
            case CANCELLED -> leaving.isCancelled() ? End.SHUTDOWN : End.CANCELLED;
            case SHUTDOWN -> End.SHUTDOWN;
        };
    }

    /** A part that did not begin. */
    private void answer(long round, Known<A> known, End end) {
        answer(known, new Reclaimed(round, known.seat, known.part, end.name(), 0, 0, false, false, ""));
    }

    private void answer(Known<A> known, Reclaimed result) {
        known.result = result;
        send(known, result);
    }

    private void send(Known<A> known, ClusterMessage answer) {
        if (!known.isRequesterGone) {
            port.send(known.replyTo, answer);
        }
    }

    /** A member was removed from the cluster: what is under way for its rounds ends, and is answered to nobody. */
    void requesterGone(long uid) {
        for (Known<A> known : rounds.values()) {
            if (known.requester.uid() == uid) {
                known.isRequesterGone = true;
                known.cancellation.cancel();
            }
        }
    }

    /** The round is over, or is to be. */
    void cancel(Cancel message) {
        Known<A> known = rounds.get(message.round());
        if (known != null) {
            known.cancellation.cancel();
        }
    }

    private void refuse(A to, long round, int seat, String reason) {
        String cut = Reasons.cut(reason, ClusterMessage.LONGEST_TEXT);
        port.send(to, new Refused(round, seat, cut, 0, false));
    }
}
