package io.reclaimer.cluster;

import io.reclaimer.cluster.SimulatedMember.Health;

/**
 * What round is run over which members.
 *
 * @param unwell the health of some members
 * @param unwellPart how many of all, never the requester
 */
record SimulatedSetup(
        SimulatedNetwork.Kind network,
        int members,
        long target,
        long messageNanos,
        Health unwell,
        double unwellPart,
        long seed) {

    static SimulatedSetup of(SimulatedNetwork.Kind network, int members, long target, long seed) {
        return new SimulatedSetup(network, members, target, SimulatedNetwork.MESSAGE_NANOS, Health.WELL, 0, seed);
    }

    SimulatedSetup with(Health newUnwell, double part) {
        return new SimulatedSetup(network, members, target, messageNanos, newUnwell, part, seed);
    }
}
