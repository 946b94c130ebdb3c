package io.reclaimer.cluster;

import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.cluster.ClusterMessage.Header;
import io.reclaimer.cluster.ClusterMessage.Malformed;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.MemberParts.End;
import java.util.List;

/** The answers of a member to what it is asked in a round. */
final class PartAnswer {

    private PartAnswer() {}

    /**
     * What was counted, less what was freed for the round since, and no more than is given.
     *
     * @param mostObjects what is given
     * @param why no more is given
     */
    static Offer offer(KnownRound<?> known, MemberParts.Heap heap, long nonce, long mostObjects, String why) {
        CountReport counted = known.counted();
        long left = Math.max(0, counted.freeableObjects() - known.freedObjects());
        long offered = Math.min(left, mostObjects);
        boolean isWhole = offered == counted.freeableObjects();
        String shortfall = cut(Reasons.join(shortfallOf(counted), offered < left ? why : ""));
        List<Long> planned = counted.plannedObjects().stream()
                .map(objects -> Math.min(objects, offered))
                .toList();
        return new Offer(
                known.number,
                known.seat,
                offered,
                isWhole ? counted.freeableBytes() : times(offered, known.objectBytes()),
                isWhole ? counted.plannedObjects() : planned,
                heap.pressure().name(),
                heap.liveBytes(),
                heap.limitBytes(),
                nonce,
                shortfall.isEmpty(),
                shortfall);
    }

    /** At most {@link Long#MAX_VALUE}. */
    static long times(long objects, long bytes) {
        return Math.multiplyHigh(objects, bytes) == 0 && objects * bytes >= 0 ? objects * bytes : Long.MAX_VALUE;
    }

    /** Why there may be more than was counted. */
    private static String shortfallOf(CountReport report) {
        String ended = switch (report.outcome()) {
            case DONE, NOT_ONLINE -> "";
            default -> "it counted until [" + report.outcome() + "]";
        };
        return Reasons.join(ended, Reasons.ofShortfalls(report.shortfalls()));
    }

    /**
     * A part has ended. One that was cut, and freed all that was left of it, is short of what it was asked for.
     *
     * @param why it was cut
     */
    static Reclaimed ended(KnownRound<?> known, ReclaimReport report, boolean isLeaving, String why) {
        boolean isCut = known.cutObjects > 0;
        End own = endOf(known, report, isLeaving);
        End end = isCut && own == End.DONE ? End.SHORT : own;
        String shortfall = end == End.DONE ? "" : Reasons.ofShortfalls(report.shortfalls());
        boolean exhausted = report.isExhausted() || report.outcome() == ReclaimReport.Outcome.NOT_ONLINE;
        return new Reclaimed(
                known.number,
                known.seat,
                known.part,
                end.name(),
                report.freedObjects(),
                report.freedBytes(),
                exhausted,
                false,
                cut(Reasons.join(
                        isCut ? "its part was cut to [" + known.cutObjects + "] objects: " + why : "", shortfall)));
    }

    private static End endOf(KnownRound<?> known, ReclaimReport report, boolean isLeaving) {
        return switch (report.outcome()) {
            case DONE, MET -> End.DONE;
            case SHORT -> End.SHORT;
            case NOT_ONLINE -> known.partObjects > 0 ? End.SHORT : End.DONE;
            case DEADLINE -> End.DEADLINE;
            case CANCELLED -> isLeaving ? End.SHUTDOWN : End.CANCELLED;
            case SHUTDOWN -> End.SHUTDOWN;
        };
    }

    /** A part ends that has not begun. */
    static Reclaimed notBegun(KnownRound<?> known, End end, String reason) {
        return new Reclaimed(known.number, known.seat, known.part, end.name(), 0, 0, false, true, reason);
    }

    /**
     * Nothing is done.
     *
     * @param part what is refused; 0 for the count
     * @param again whether the round may begin again with the member
     */
    static Refused refused(long round, int seat, int part, String reason, boolean again) {
        return new Refused(round, seat, cut(reason), part, again);
    }

    /** A message can't be read: said to who waits for an answer to it, or for it as an answer. */
    static Refused unreadable(Malformed message, Header header) {
        String reason = "[" + message.manifest() + "] can't be read in this version: " + message.why();
        return refused(header.round(), header.seat(), header.part(), reason, false);
    }

    private static String cut(String text) {
        return Reasons.cut(text, ClusterMessage.LONGEST_TEXT);
    }
}
