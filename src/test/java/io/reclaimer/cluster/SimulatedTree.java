package io.reclaimer.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How long a round would take if members were asked by way of others: an estimate from a flat round. Each member answers
 * after the same time as there; those in between ask and collect, at the same cost a message, and are a round trip away.
 */
final class SimulatedTree {

    private SimulatedTree() {}

    /** A member that asks many: when it has all answers, from when it begins. One thread: first it sends, then it receives. */
    static long fanNanos(long[] roundTripNanos, long messageNanos) {
        long[] arrivals = roundTripNanos.clone();
        for (int i = 0; i < arrivals.length; i++) {
            arrivals[i] += (i + 1) * messageNanos;
        }
        Arrays.sort(arrivals);
        long now = arrivals.length * messageNanos;
        for (long arrival : arrivals) {
            now = Math.max(now, arrival) + messageNanos;
        }
        return now;
    }

    /** As it was: both exchanges with every member, and the split between. */
    static long flatNanos(SimulatedResult round) {
        long messageNanos = round.setup().messageNanos();
        return fanNanos(others(round.countNanos()), messageNanos)
                + SimulatedCluster.SPLIT_NANOS * round.setup().members()
                + fanNanos(others(round.partNanos()), messageNanos);
    }

    /** With as many members between as each of them has below it. Who asks splits for all. */
    static long treeNanos(SimulatedResult round, Wire wire) {
        SimulatedSetup setup = round.setup();
        SimulatedNetwork network =
                new SimulatedNetwork(setup.network(), setup.members(), setup.seed(), new SimulatedClock(), wire);
        return levelsNanos(others(round.countNanos()), network, setup)
                + SimulatedCluster.SPLIT_NANOS * setup.members()
                + levelsNanos(others(round.partNanos()), network, setup);
    }

    private static long levelsNanos(long[] roundTrips, SimulatedNetwork network, SimulatedSetup setup) {
        int width = (int) StrictMath.ceil(StrictMath.sqrt(roundTrips.length));
        List<Long> branches = new ArrayList<>();
        for (int first = 0; first < roundTrips.length; first += width) {
            long[] below = Arrays.copyOfRange(roundTrips, first, Math.min(first + width, roundTrips.length));
            long way = network.oneWayNanos(0, 1 + first) + network.oneWayNanos(1 + first, 0);
            branches.add(way + 2 * setup.messageNanos() + fanNanos(below, setup.messageNanos()));
        }
        return fanNanos(branches.stream().mapToLong(Long::longValue).toArray(), setup.messageNanos());
    }

    private static long[] others(long[] byMember) {
        return IntStream.range(1, byMember.length)
                .mapToLong(i -> byMember[i])
                .filter(nanos -> nanos > 0)
                .toArray();
    }
}
