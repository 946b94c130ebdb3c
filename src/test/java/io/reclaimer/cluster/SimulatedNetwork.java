package io.reclaimer.cluster;

import java.time.Duration;
import java.util.Random;

/**
 * A simulated network between members: transit times, losses, and the count of messages and bytes. Messages may overtake each
 * other. Confined to one run.
 */
final class SimulatedNetwork {

    /**
     * The kind of a network. A transit takes half a round trip, log-normal, times the slowness of both ends.
     *
     * @param roundTrip the median
     * @param sigma the deviation of the logarithm; 0.4: one in a hundred takes more than 2.5 times the median
     * @param lossPart the share of messages that never arrive
     */
    record Kind(String name, Duration roundTrip, double sigma, double lossPart) {

        static final double SIGMA = 0.4;

        static final Kind RACK = new Kind("rack", Duration.ofNanos(200_000), SIGMA, 0);
        static final Kind ZONES = new Kind("zones", Duration.ofMillis(1), SIGMA, 0);
        static final Kind REGIONS = new Kind("regions", Duration.ofMillis(40), SIGMA, 0);

        Kind losing(double part) {
            return new Kind(name, roundTrip, sigma, part);
        }
    }

    /**
     * The bytes that each message has beyond its content: 28 of Artery's header with compressed references and manifest
     * ({@code EnvelopeBuffer}), 4 of its frame's length, 66 of Ethernet, IP and TCP with timestamps where a message is a
     * packet of its own. Many in one packet cost less.
     */
    static final int ENVELOPE_BYTES = 28 + 4 + 66;

    /**
     * The time that the thread of a member spends on each message that it sends or receives. Measured: an exchange of two
     * small messages over Artery takes 8 to 11 microseconds where 256 are under way, and each side sends one and receives
     * one.
     */
    static final long MESSAGE_NANOS = 5_000;

    /** One member in fifty is three times as slow as the others, in transit and at work. */
    private static final double SLOW_PART = 0.02;

    private static final double SLOWNESS = 3;

    private final Kind kind;
    private final Random random;
    private final SimulatedClock clock;
    private final Wire wire;
    private final double[] slowness;
    private final long[] messages;
    private final long[] bytes;

    SimulatedNetwork(Kind kind, int members, long seed, SimulatedClock clock, Wire wire) {
        this.kind = kind;
        this.random = new Random(seed);
        this.clock = clock;
        this.wire = wire;
        this.slowness = new double[members];
        this.messages = new long[members];
        this.bytes = new long[members];
        for (int i = 0; i < members; i++) {
            slowness[i] = i > 0 && random.nextDouble() < SLOW_PART ? SLOWNESS : 1;
        }
    }

    /** The factor by which everything takes longer at a member. The requester, 0, is never slow. */
    double slowness(int member) {
        return slowness[member];
    }

    /** The recipient of a message. */
    interface Receiver {
        void receive(ClusterMessage message, boolean isLocal);
    }

    /** Sends a message that leaves at a time. A message of a member to itself is not written, and has no transit time. */
    void send(int from, int to, Receiver receiver, ClusterMessage message, long atNanos) {
        if (from == to) {
            clock.at(atNanos, () -> receiver.receive(message, true));
            return;
        }
        byte[] written = wire.write(message);
        long size = (long) written.length + ENVELOPE_BYTES;
        messages[from]++;
        bytes[from] += size;
        boolean isLost = random.nextDouble() < kind.lossPart();
        long transit = transitNanos(from, to);
        if (!isLost) {
            clock.at(atNanos + transit, () -> {
                messages[to]++;
                bytes[to] += size;
                receiver.receive(wire.read(written, message), false);
            });
        }
    }

    /** The transit time, drawn for each message. */
    private long transitNanos(int from, int to) {
        double gauss = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()))
                * StrictMath.cos(2 * StrictMath.PI * random.nextDouble());
        double median = kind.roundTrip().toNanos() / 2.0;
        return (long) (median * StrictMath.exp(kind.sigma() * gauss) * slowness[from] * slowness[to]);
    }

    /** The number of messages that a member sent and received. */
    long messages(int member) {
        return messages[member];
    }

    /** The bytes that a member sent and received. */
    long bytes(int member) {
        return bytes[member];
    }
}
