package io.reclaimer.cluster;

import io.reclaimer.cluster.SimulatedMember.Health;

/**
 * The setup of a simulated round.
 *
 * @param unwell the health of some members
 * @param unwellPart the share of these members, never the requester
 */
record SimulatedSetup(
        SimulatedNetwork.Kind network, int members, long target, Health unwell, double unwellPart, long seed) {

    static SimulatedSetup of(SimulatedNetwork.Kind network, int members, long target, long seed) {
        return new SimulatedSetup(network, members, target, Health.WELL, 0, seed);
    }

    SimulatedSetup with(Health newUnwell, double part) {
        return new SimulatedSetup(network, members, target, newUnwell, part, seed);
    }
}
