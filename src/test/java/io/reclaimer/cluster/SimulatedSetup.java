package io.reclaimer.cluster;

import io.reclaimer.cluster.SimulatedMember.Health;

/**
 * What round is run over which members.
 *
 * @param mostDirect of {@link PostOffice}
 * @param unwell the health of some members
 * @param unwellPart how many of all, never the requester
 */
record SimulatedSetup(
        SimulatedNetwork.Kind network,
        int members,
        long target,
        int mostDirect,
        Health unwell,
        double unwellPart,
        long seed) {

    static SimulatedSetup of(SimulatedNetwork.Kind network, int members, long target, long seed) {
        return new SimulatedSetup(network, members, target, PostOffice.MOST_DIRECT, Health.WELL, 0, seed);
    }

    SimulatedSetup with(Health newUnwell, double part) {
        return new SimulatedSetup(network, members, target, mostDirect, newUnwell, part, seed);
    }

    /** The same, and each member is asked directly, however many there are. */
    SimulatedSetup flat() {
        return new SimulatedSetup(network, members, target, Integer.MAX_VALUE, unwell, unwellPart, seed);
    }

    /** The same, and members are asked by way of heads, however few there are. */
    SimulatedSetup withHeads() {
        return new SimulatedSetup(network, members, target, 1, unwell, unwellPart, seed);
    }
}
