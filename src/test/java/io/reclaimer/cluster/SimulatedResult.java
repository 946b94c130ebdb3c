package io.reclaimer.cluster;

import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.shrinker.Shrinker;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What came of a simulated round.
 *
 * @param reports all answers
 * @param countNanos by member, from question to offer; 0 where there was none
 * @param partNanos by member, the longest from a part to its result; 0 where there was none
 * @param firstParts by member, its part of the first wave
 * @param offers by member; empty lists where there was none
 * @param freedObjects by member, what it did free
 * @param requesterBusyNanos what the requester's thread worked until the answer
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

    /**
     * The longest round trip of another member that got a part, its service time included. What the requester asks
     * itself waits for its own thread, and is none.
     */
    long slowestNanos() {
        return IntStream.range(1, partNanos.length)
                .filter(i -> partNanos[i] > 0)
                .mapToLong(i -> Math.max(countNanos[i], partNanos[i]))
                .max()
                .orElseThrow();
    }

    /** How long it took, in round trips of the slowest where each is asked directly. */
    double roundTrips(SimulatedResult flat) {
        return (double) elapsedNanos() / flat.slowestNanos();
    }

    /** How many members got a part of the first wave. */
    long parts() {
        return LongStream.of(firstParts).filter(part -> part > 0).count();
    }

    /** What was freed beyond the target, as a part of it. */
    double error() {
        return (double) (report().freedObjects() - setup.target()) / setup.target();
    }

    /**
     * How far a part of the first wave is from the member's share, at most, in objects. Its share is by what each would free
     * at the highest priority at which all together would free enough.
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

    /** Those whose part is not known to have ended. */
    List<ClusterReport.Member> withoutAnswer() {
        return report().members().stream()
                .filter(member -> member.outcome() != MemberOutcome.DONE && member.outcome() != MemberOutcome.SHORT)
                .toList();
    }
}
