package io.reclaimer.cluster;

import java.time.Duration;
import java.util.Random;

/**
 * The way between members: how long it takes, what is lost on it, and what was sent. Messages may overtake each other.
 * One run's.
 */
final class SimulatedNetwork {

    /**
     * What kind it is. One way is half a round trip, log-normal, times the slowness of both ends.
     *
     * @param roundTrip the median
     * @param sigma of the logarithm; 0.4: one in a hundred takes more than 2.5 times the median
     * @param lossPart the part of messages that never arrive
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
     * What goes with each message, in bytes: 28 of Artery's header with compressed references and manifest
     * ({@code EnvelopeBuffer}), 4 of its frame's length, 66 of Ethernet, IP and TCP with timestamps where a message is a
     * packet of its own. Many in one packet cost less.
     */
    static final int ENVELOPE_BYTES = 28 + 4 + 66;

    /**
     * What a member spends for a message that it sends, and for one that it receives. Measured: an exchange of two small
     * messages over Artery takes 8 to 11 microseconds where 256 are under way, and each side sends one and receives one.
     */
    static final long MESSAGE_NANOS = 5_000;

    /** The same for each message inside one that is sent or received: it is written or read, and takes no way through Artery. */
    static final long INNER_NANOS = 1_000;

    /** What a member spends for that message, on either side, if it is not a slow one. */
    static long costNanos(ClusterMessage message) {
        if (message instanceof ClusterMessage.Bundle bundle) {
            return MESSAGE_NANOS + INNER_NANOS * bundle.messages().size();
        }
        return message instanceof ClusterMessage.Answers answers
                ? MESSAGE_NANOS + INNER_NANOS * answers.messages().size()
                : MESSAGE_NANOS;
    }

    /** One in fifty is three times as slow as the others, on the way and at work. */
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

    /** How many times as long everything takes there. The requester, 0, is never slow. */
    double slowness(int member) {
        return slowness[member];
    }

    /** Who gets what was sent. */
    interface Door {
        void receive(ClusterMessage message, boolean isLocal);
    }

    /** Sends what leaves at that time. What a member tells itself is never written, and takes no way. */
    void send(int from, int to, Door door, ClusterMessage message, long atNanos) {
        if (from == to) {
            clock.at(atNanos, () -> door.receive(message, true));
            return;
        }
        byte[] written = wire.write(message);
        long size = (long) written.length + ENVELOPE_BYTES;
        messages[from]++;
        bytes[from] += size;
        boolean isLost = random.nextDouble() < kind.lossPart();
        long way = oneWayNanos(from, to);
        if (!isLost) {
            clock.at(atNanos + way, () -> {
                messages[to]++;
                bytes[to] += size;
                door.receive(wire.read(written, message), false);
            });
        }
    }

    /** Drawn for each message. */
    long oneWayNanos(int from, int to) {
        double gauss = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()))
                * StrictMath.cos(2 * StrictMath.PI * random.nextDouble());
        double median = kind.roundTrip().toNanos() / 2.0;
        return (long) (median * StrictMath.exp(kind.sigma() * gauss) * slowness[from] * slowness[to]);
    }

    /** How many a member sent and received. */
    long messages(int member) {
        return messages[member];
    }

    /** The same in bytes. */
    long bytes(int member) {
        return bytes[member];
    }
}
