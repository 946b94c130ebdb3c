package io.reclaimer.cluster;

import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.shrinker.Shrinker;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The result of a simulated round.
 *
 * @param reports all answers
 * @param countNanos by member, the time from the request to count to the offer; 0 where there was none
 * @param partNanos by member, the longest time from a part to its result; 0 where there was none
 * @param firstParts by member, the part in the first allocation
 * @param offers by member; empty where there was none
 * @param freedObjects by member, the objects that were freed
 * @param requesterBusyNanos the time that the thread of the requester was busy until the answer
 */
record SimulatedResult(
        SimulatedSetup setup,
        List<ClusterReport> reports,
        long[] countNanos,
        long[] partNanos,
        long[] firstParts,
        List<List<Long>> offers,
        long[] freedObjects,
        long[] messages,
        long[] bytes,
        long requesterBusyNanos) {

    ClusterReport report() {
        return reports.get(0);
    }

    long elapsedNanos() {
        return report().elapsed().toNanos();
    }

    /** The longest round trip of a member with a part other than the requester, including the work of the member. */
    long slowestNanos() {
        return IntStream.range(1, partNanos.length)
                .filter(i -> partNanos[i] > 0)
                .mapToLong(i -> Math.max(countNanos[i], partNanos[i]))
                .max()
                .orElseThrow();
    }

    /** The time of the round, in round trips of the slowest member. */
    double roundTrips() {
        return (double) elapsedNanos() / slowestNanos();
    }

    /** The number of members with a part in the first allocation. */
    long parts() {
        return LongStream.of(firstParts).filter(part -> part > 0).count();
    }

    /** The objects freed beyond the target, as a share of it. */
    double error() {
        return (double) (report().freedObjects() - setup.target()) / setup.target();
    }

    /**
     * The maximum difference between a part of the first allocation and the share of its member, in objects. The share is
     * proportional to what each member would free at the highest priority at which all together would free enough.
     */
    double deviation() {
        int priority = Shrinker.LOWEST_PRIORITY;
        while (priority > Shrinker.HIGHEST_PRIORITY && planned(priority) < setup.target()) {
            priority--;
        }
        double sum = planned(priority);
        int at = priority;
        return IntStream.range(0, firstParts.length)
                .mapToDouble(i ->
                        Math.abs(firstParts[i] - setup.target() * (offers.get(i).get(at) / sum)))
                .max()
                .orElseThrow();
    }

    private long planned(int priority) {
        return offers.stream().mapToLong(offer -> offer.get(priority)).sum();
    }

    /** The members whose part is not known to have ended. */
    List<ClusterReport.Member> withoutAnswer() {
        return report().members().stream()
                .filter(member -> member.outcome() != MemberOutcome.DONE && member.outcome() != MemberOutcome.SHORT)
                .toList();
    }
}
