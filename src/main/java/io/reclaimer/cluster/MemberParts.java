package io.reclaimer.cluster;

import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.KnownRound.Stage;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a member does in rounds over the cluster: counts, offers, and runs its parts as rounds of its own. One thread's; has no
 * clock and sends nothing itself. Times are in nanoseconds from any start; whoever calls calls {@link #tick} at
 * {@link #dueNanos}.
 *
 * <p>It does so many things at a time, counts and parts together; what is asked of it beyond that waits ({@link Places}), for as
 * long as the round can do with it. So rounds of other members, however many, take no more of its reclaimer than that.
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
     * @param othersBytes that those of them freed that were for rounds of others
     */
    record Given(long parts, long objects, long othersBytes) {}

    /** What stays of a round after its time, to answer what comes late. */
    static final long KEPT_NANOS = Duration.ofSeconds(1).toNanos();

    private static final String LEAVING = "it is leaving the cluster";

    private final Port<A> port;
    private final ToIntFunction<String> nodeNumber;
    private final Places places;
    private final GiveBudget give;

    private final KnownRounds<A> rounds = new KnownRounds<>();
    private boolean leaving;
    private boolean starting;
    private Given given = new Given(0, 0, 0);

    /**
     * @param nodeNumber the number of a node by its name; throws where there is none, and the message is the refusal
     * @param maxParts how many counts and parts may be under way at a time
     * @param give how much is freed for rounds of others
     */
    MemberParts(Port<A> port, ToIntFunction<String> nodeNumber, int maxParts, GiveBudget give) {
        this.port = port;
        this.nodeNumber = nodeNumber;
        this.places = new Places(maxParts);
        this.give = give;
    }

    /** How many parts are under way, or wait. */
    int running() {
        return rounds.withPart();
    }

    Given given() {
        return given;
    }

    /** How many rounds are known, over or not. */
    int known() {
        return rounds.size();
    }

    /** When {@link #tick} is to be called next; empty where nothing waits. */
    OptionalLong dueNanos() {
        return places.dueNanos();
    }

    /** Forgets what is over. */
    void forgetOld(long now) {
        rounds.forgetOld(now);
    }

    void count(A from, Requester requester, Count message, long now) {
        KnownRound<A> known = rounds.get(message.round());
        if (known != null) {
            // Twice. Where it waits or is being counted, the answer will come.
            known.countedAgain(from, message);
            if (known.isOffered()) {
                offer(known, now);
            }
            return;
        }
        if (leaving) {
            refuse(from, message, LEAVING, false);
            return;
        }
        if (!give.isAnyLeft(requester, now)) {
            refuse(from, message, give.refusal(), false);
            return;
        }
        if (!rounds.makeRoom(now)) {
            String many = "it takes part in [" + rounds.size() + "] rounds over the cluster, as many as allowed";
            refuse(from, message, many, true);
            return;
        }
        ReclaimRequest request;
        try {
            request = PartRequest.of(message, nodeNumber);
        } catch (RuntimeException e) {
            refuse(from, message, Reasons.of(e), false);
            return;
        }
        long withinNanos = Duration.ofMillis(message.withinMillis()).toNanos();
        rounds.add(new KnownRound<>(from, requester, request, message, now + withinNanos + KEPT_NANOS));
        // Later than that the round could not do with what was counted.
        places.enter(new Places.Work(message.round(), message.cgroup(), requester.uid(), now + withinNanos / 10 * 9));
        startNext(now);
    }

    /** Has those that wait begin, as far as there are places. What they do may end at once, and call this again. */
    private void startNext(long now) {
        if (starting) {
            return;
        }
        starting = true;
        for (Optional<Places.Work> next = places.next(); next.isPresent(); next = places.next()) {
            KnownRound<A> known = rounds.get(next.get().round());
            if (known == null) {
                places.leave(next.get().round());
            } else if (known.stage == Stage.COUNT_WAITS) {
                known.stage = Stage.COUNTING;
                port.count(known.number, known.request);
            } else {
                startPart(known, now);
            }
        }
        starting = false;
    }

    private void startPart(KnownRound<A> known, long now) {
        long leftNanos = known.partEndNanos - now;
        if (leftNanos <= 0) {
            places.leave(known.number);
            waitedTooLong(known);
            return;
        }
        if (!give.begin(known, now)) {
            refusePart(known, give.refusal());
            return;
        }
        ReclaimRequest request;
        try {
            request = known.partRequest(leftNanos);
        } catch (IllegalArgumentException e) {
            give.end(known, 0, now);
            refusePart(known, Reasons.of(e));
            return;
        }
        known.stage = Stage.PART_RUNS;
        port.reclaim(known.number, known.part, request);
    }

    private void refusePart(KnownRound<A> known, String reason) {
        places.leave(known.number);
        known.stage = Stage.OFFERED;
        answer(known, refusal(known, known.part, reason, false));
    }

    /** What came of a count: a report, or why there is none. */
    void counted(long round, @Nullable CountReport report, @Nullable Throwable why, long now) {
        KnownRound<A> known = rounds.get(round);
        if (known == null || known.stage != Stage.COUNTING) {
            return;
        }
        places.leave(round);
        if (report == null) {
            rounds.remove(round);
            refuse(known, 0, Reasons.of(why), Reasons.isTooMany(why));
        } else {
            known.stage = Stage.OFFERED;
            known.counted(report);
            offer(known, now);
        }
        startNext(now);
    }

    /** Each time with another nonce, for the time of a part that goes by it is counted from here. */
    private void offer(KnownRound<A> known, long now) {
        Offer offer = PartAnswer.offer(known, port.heap(), port.nonce(), give.objects(known, now), give.reason());
        known.offers(offer.nonce(), now);
        send(known, offer);
    }

    void reclaim(A from, Reclaim message, long now) {
        KnownRound<A> known = rounds.get(message.round());
        if (known == null || !known.isOffered()) {
            refuse(from, message, "it knows nothing of the round, or not any more");
            return;
        }
        OptionalLong offeredNanos = known.offeredNanos(message);
        if (offeredNanos.isEmpty()) {
            refuse(from, message, "the part goes by another offer than was made");
            return;
        }
        known.replyTo = from;
        if (message.part() <= known.part) {
            // Twice, or one that was overtaken.
            ClusterMessage result = known.result;
            if (message.part() == known.part && result != null) {
                send(known, result);
            }
        } else if (known.stage != Stage.OFFERED) {
            refuse(known, message.part(), "its part before is still under way", false);
        } else {
            known.partBegins(message, offeredNanos.getAsLong() + TimeUnit.MICROSECONDS.toNanos(message.untilMicros()));
            begin(known, now);
        }
    }

    private void begin(KnownRound<A> known, long now) {
        if (leaving) {
            answer(known, PartAnswer.notBegun(known, End.SHUTDOWN, ""));
        } else if (known.cancellation.isCancelled()) {
            answer(known, PartAnswer.notBegun(known, End.CANCELLED, ""));
        } else if (known.partEndNanos - now <= 0) {
            answer(known, PartAnswer.notBegun(known, End.DEADLINE, "it came when its time was over"));
        } else {
            known.stage = Stage.PART_WAITS;
            places.enter(new Places.Work(
                    known.number, known.request.cgroup().toString(), known.requester.uid(), known.partEndNanos));
            startNext(now);
        }
    }

    /** What came of a part: a report, or why there is none. */
    void reclaimed(long round, int part, @Nullable ReclaimReport report, @Nullable Throwable why, long now) {
        KnownRound<A> known = rounds.get(round);
        if (known == null || known.part != part || known.stage != Stage.PART_RUNS) {
            return;
        }
        places.leave(round);
        known.stage = Stage.OFFERED;
        if (report == null) {
            if (Reasons.isTooMany(why)) {
                give.end(known, 0, now);
            } else {
                give.endUnknown(known, now);
            }
            answer(known, refusal(known, part, Reasons.of(why), Reasons.isTooMany(why)));
        } else {
            give.end(known, report.freedBytes(), now);
            given = new Given(given.parts() + 1, Split.add(given.objects(), report.freedObjects()), give.givenBytes());
            known.freed(report);
            answer(known, PartAnswer.ended(known, report, leaving, give.reason()));
        }
        startNext(now);
    }

    private void answer(KnownRound<A> known, ClusterMessage result) {
        known.result = result;
        send(known, result);
    }

    /** Time has gone by: what can't wait any longer is answered. */
    void tick(long now) {
        places.late(now).forEach(work -> waitedTooLong(rounds.get(work.round())));
    }

    private void waitedTooLong(@Nullable KnownRound<A> known) {
        if (known == null) {
            return;
        }
        String reason = "there was no place for it in time: [" + places.most()
                + "] counts and parts are under way there, as many as allowed [reclaimer.cluster.max-parts]";
        if (known.stage == Stage.COUNT_WAITS) {
            rounds.remove(known.number);
            refuse(known, 0, reason, false);
        } else {
            known.stage = Stage.OFFERED;
            answer(known, PartAnswer.notBegun(known, End.DEADLINE, reason));
        }
    }

    /** The round is over, or is to be. */
    void cancel(Cancel message) {
        KnownRound<A> known = rounds.get(message.round());
        if (known != null) {
            end(known, End.CANCELLED);
        }
    }

    /** From now on everything is refused, and what is under way ends early, with what it did. */
    void leave() {
        leaving = true;
        rounds.all().forEach(known -> end(known, End.SHUTDOWN));
    }

    /** A member was removed from the cluster: what is under way for its rounds ends, and is answered to nobody. */
    void requesterGone(long uid) {
        for (KnownRound<A> known : rounds.all()) {
            if (known.requester.uid() == uid) {
                known.isRequesterGone = true;
                end(known, End.CANCELLED);
            }
        }
    }

    /** What runs says what it did when it has ended; what waits has not begun. */
    private void end(KnownRound<A> known, End how) {
        known.cancellation.cancel();
        if (!places.stopWaiting(known.number)) {
            return;
        }
        if (known.stage == Stage.COUNT_WAITS) {
            rounds.remove(known.number);
            if (how == End.SHUTDOWN) {
                refuse(known, 0, LEAVING, false);
            }
        } else {
            known.stage = Stage.OFFERED;
            answer(known, PartAnswer.notBegun(known, how, ""));
        }
    }

    private void send(KnownRound<A> known, ClusterMessage answer) {
        if (!known.isRequesterGone) {
            port.send(known.replyTo, answer);
        }
    }

    private void refuse(KnownRound<A> known, int part, String reason, boolean again) {
        send(known, refusal(known, part, reason, again));
    }

    private static Refused refusal(KnownRound<?> known, int part, String reason, boolean again) {
        return PartAnswer.refused(known.number, known.seat, part, reason, again);
    }

    private void refuse(A to, Count message, String reason, boolean again) {
        port.send(to, PartAnswer.refused(message.round(), message.seat(), 0, reason, again));
    }

    private void refuse(A to, Reclaim message, String reason) {
        port.send(to, PartAnswer.refused(message.round(), message.seat(), message.part(), reason, true));
    }
}
