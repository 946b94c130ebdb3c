package io.reclaimer.cluster;

import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Header;
import io.reclaimer.cluster.ClusterMessage.Malformed;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.shrinker.Saturating;
import java.util.List;

/** Factory of the replies of a member to the requests of a round. */
final class PartReply {

    private PartReply() {}

    /**
     * Offers what was counted, less what the round has freed since, up to a limit.
     *
     * @param maxObjects the limit
     * @param limitReason the reason of the limit
     */
    static Offer offer(
            KnownRound<?> known, MemberEnvironment.Heap heap, long nonce, long maxObjects, String limitReason) {
        CountReport counted = known.counted();
        long remaining = Math.max(0, counted.freeableObjects() - known.freedObjects());
        long offered = Math.min(remaining, maxObjects);
        boolean isWhole = offered == counted.freeableObjects();
        String shortfall = cut(Reasons.join(shortfallOf(counted), offered < remaining ? limitReason : ""));
        List<Long> planned = counted.plannedObjects().stream()
                .map(objects -> Math.min(objects, offered))
                .toList();
        return new Offer(
                known.number,
                known.participant,
                offered,
                isWhole ? counted.freeableBytes() : Saturating.multiply(offered, known.objectBytes()),
                isWhole ? counted.plannedObjects() : planned,
                heap.pressure().name(),
                heap.liveBytes(),
                heap.limitBytes(),
                nonce,
                shortfall.isEmpty(),
                shortfall);
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
     * The result of a part that has ended. A part that was cut and freed all of its reduced target is {@code SHORT}.
     *
     * @param cutReason the reason of the cut
     */
    static Reclaimed ended(KnownRound<?> known, ReclaimReport report, boolean isLeaving, String cutReason) {
        boolean isCut = known.cutObjects > 0;
        PartEnd own = endOf(known, report, isLeaving);
        PartEnd end = isCut && own == PartEnd.DONE ? PartEnd.SHORT : own;
        String shortfall = end == PartEnd.DONE ? "" : Reasons.ofShortfalls(report.shortfalls());
        boolean exhausted = report.isExhausted() || report.outcome() == ReclaimReport.Outcome.NOT_ONLINE;
        return new Reclaimed(
                known.number,
                known.participant,
                known.part,
                end.name(),
                report.freedObjects(),
                report.freedBytes(),
                exhausted,
                false,
                cut(Reasons.join(
                        isCut ? "its part was cut to [" + known.cutObjects + "] objects: " + cutReason : "",
                        shortfall)));
    }

    private static PartEnd endOf(KnownRound<?> known, ReclaimReport report, boolean isLeaving) {
        return switch (report.outcome()) {
            case DONE, MET -> PartEnd.DONE;
            case SHORT -> PartEnd.SHORT;
            case NOT_ONLINE -> known.partObjects > 0 ? PartEnd.SHORT : PartEnd.DONE;
            case DEADLINE -> PartEnd.DEADLINE;
            case CANCELLED -> isLeaving ? PartEnd.SHUTDOWN : PartEnd.CANCELLED;
            case SHUTDOWN -> PartEnd.SHUTDOWN;
        };
    }

    /** The result of a part that did not begin. */
    static Reclaimed notBegun(KnownRound<?> known, PartEnd end, String reason) {
        return new Reclaimed(known.number, known.participant, known.part, end.name(), 0, 0, false, true, reason);
    }

    /** Refuses a count. */
    static Refused refused(Count message, String reason, boolean again) {
        return refused(message.round(), message.participant(), 0, reason, again);
    }

    /** Refuses a part of an unknown round or offer. The coordinator may begin again with the count. */
    static Refused refused(Reclaim message, String reason) {
        return refused(message.round(), message.participant(), message.part(), reason, true);
    }

    /**
     * Refuses a count or a part of a known round.
     *
     * @param part the number of the part; 0 for the count
     * @param again whether the coordinator may ask again
     */
    static Refused refused(KnownRound<?> known, int part, String reason, boolean again) {
        return refused(known.number, known.participant, part, reason, again);
    }

    /** Refuses a request that cannot be read, or stands for a reply that cannot be read. */
    static Refused unreadable(Malformed message, Header header) {
        String reason = "[" + message.manifest() + "] cannot be read in this version: " + message.why();
        return refused(header.round(), header.participant(), header.part(), reason, false);
    }

    private static Refused refused(long round, int participant, int part, String reason, boolean again) {
        return new Refused(round, participant, cut(reason), part, again);
    }

    private static String cut(String text) {
        return Reasons.cut(text, ClusterMessage.MAX_TEXT);
    }
}
