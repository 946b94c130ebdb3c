package io.reclaimer.cluster;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Reply;
import io.reclaimer.cluster.RoundParameters.Presence;
import io.reclaimer.cluster.SimulatedMember.Health;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * One round over simulated members: the real {@link Coordinator} on member 0, which takes part itself, and the real {@link
 * MemberParts} on each. Clock, network and reclaimers are modelled. Messages may overtake each other. The same setup gives
 * the same result on every machine.
 */
final class SimulatedCluster implements Coordinator.Output {

    /** A network. A transit takes half a round trip, log-normal, times the slowness of both ends. */
    enum Network {
        RACK(Duration.ofNanos(200_000)),
        ZONES(Duration.ofMillis(1)),
        REGIONS(Duration.ofMillis(40));

        private final Duration medianRoundTrip;

        Network(Duration medianRoundTrip) {
            this.medianRoundTrip = medianRoundTrip;
        }
    }

    /**
     * The setup of a simulated round.
     *
     * @param loss the share of messages that never arrive
     * @param unwell the health of some members
     * @param unwellPart the share of these members, never the requester
     */
    record Setup(Network network, double loss, int members, long target, Health unwell, double unwellPart, long seed) {

        static Setup of(Network network, int members, long target, long seed) {
            return new Setup(network, 0, members, target, Health.WELL, 0, seed);
        }

        Setup losing(double part) {
            return new Setup(network, part, members, target, unwell, unwellPart, seed);
        }

        Setup with(Health newUnwell, double part) {
            return new Setup(network, loss, members, target, newUnwell, part, seed);
        }
    }

    /**
     * The result of a simulated round.
     *
     * @param reports all answers
     * @param freedObjects by member, the objects that were freed, reported or not
     * @param messages by member, the number of messages that it sent and received
     * @param slowestNanos the longest round trip of a member with a part other than the requester, including the work of
     *     the member
     * @param requesterBusyNanos the time that the thread of the requester was busy until the answer
     */
    record Result(
            Setup setup,
            List<ClusterReport> reports,
            long[] freedObjects,
            long[] messages,
            long slowestNanos,
            long requesterBusyNanos) {

        ClusterReport report() {
            return reports.get(0);
        }

        long elapsedNanos() {
            return report().elapsed().toNanos();
        }

        /** The time of the round, in round trips of the slowest member. */
        double roundTrips() {
            return (double) elapsedNanos() / slowestNanos;
        }

        /** The number of members with a part. */
        long parts() {
            return report().members().stream()
                    .filter(member -> member.askedObjects() > 0)
                    .count();
        }

        /** The objects freed beyond the target, as a share of it. */
        double error() {
            return (double) (report().freedObjects() - setup.target()) / setup.target();
        }
    }

    static final Duration WITHIN = Duration.ofSeconds(10);
    static final Duration RESEND_AFTER = Duration.ofMillis(500);

    /** The time of an allocation per member, of 1,000 or of 10,000: measured, 0.02 to 0.17 microseconds. */
    private static final long ALLOCATION_NANOS = 200;

    /**
     * The time that the thread of a member spends on each message that it sends or receives. Measured: an exchange of two
     * small messages over Artery takes 8 to 11 microseconds where 256 are under way, and each side sends one and receives
     * one.
     */
    private static final long MESSAGE_NANOS = 5_000;

    /** The deviation of the logarithm of a transit: one in a hundred takes more than 2.5 times the median. */
    private static final double SIGMA = 0.4;

    /** One member in fifty is three times as slow as the others, in transit and at work. The requester is never slow. */
    private static final double SLOW_PART = 0.02;

    private static final double SLOWNESS = 3;

    private final Setup setup;
    private final SimulatedClock clock = new SimulatedClock();
    private final Random random;
    private final List<SimulatedMember> members = new ArrayList<>();
    private final SimulatedClock.Cpu requester;
    private final Coordinator coordinator;
    private final List<ClusterReport> reports = new ArrayList<>();
    private final long[] messages;
    private final long[] askedNanos;
    private final long[] countNanos;
    private final long[] partNanos;
    private long allocationNanos = -1;
    private long dueNanos = -1;
    private long busyNanos;

    private SimulatedCluster(Setup setup, long[] objects) {
        this.setup = setup;
        this.random = new Random(setup.seed());
        this.messages = new long[setup.members()];
        this.askedNanos = new long[setup.members()];
        this.countNanos = new long[setup.members()];
        this.partNanos = new long[setup.members()];
        Set<Integer> unwell = unwell(setup);
        Map<String, Presence> presences = new LinkedHashMap<>();
        for (int i = 0; i < setup.members(); i++) {
            int number = i;
            Health health = unwell.contains(i) ? setup.unwell() : Health.WELL;
            double slowness = i > 0 && random.nextDouble() < SLOW_PART ? SLOWNESS : 1;
            members.add(new SimulatedMember(clock, objects[i], slowness, health, reply -> transmit(number, 0, reply)));
            presences.put("m" + i, health == Health.UNREACHABLE ? Presence.UNREACHABLE : Presence.HERE);
        }
        this.requester = members.get(0).cpu;
        this.coordinator = new Coordinator(
                this,
                new RoundParameters(
                        setup.seed(),
                        ReclaimRequest.everywhere().objects(setup.target()),
                        List.of(),
                        presences,
                        WITHIN,
                        RESEND_AFTER,
                        Messages.SENDER));
    }

    private static Set<Integer> unwell(Setup setup) {
        Random random = new Random(~setup.seed());
        Set<Integer> unwell = new HashSet<>();
        while (unwell.size() < Math.round(setup.members() * setup.unwellPart())) {
            unwell.add(1 + random.nextInt(setup.members() - 1));
        }
        return unwell;
    }

    /** @param objects by member, the objects before the round */
    static Result run(Setup setup, long[] objects) {
        SimulatedCluster cluster = new SimulatedCluster(setup, objects);
        cluster.requester.submit(0, () -> cluster.step(cluster.coordinator::begin));
        cluster.clock.run();
        return new Result(
                setup,
                List.copyOf(cluster.reports),
                cluster.members.stream()
                        .mapToLong(SimulatedMember::freedObjects)
                        .toArray(),
                cluster.messages,
                IntStream.range(1, setup.members())
                        .filter(i -> cluster.partNanos[i] > 0)
                        .mapToLong(i -> Math.max(cluster.countNanos[i], cluster.partNanos[i]))
                        .max()
                        .orElse(0),
                cluster.busyNanos);
    }

    /** Takes a step of the round, and schedules its timer. */
    private void step(LongConsumer step) {
        step.accept(clock.now());
        if (coordinator.isReported()) {
            return;
        }
        long due = coordinator.dueNanos();
        if (due != dueNanos || due <= clock.now()) {
            dueNanos = due;
            clock.at(due, () -> {
                if (due == dueNanos) {
                    requester.submit(0, () -> step(coordinator::tick));
                }
            });
        }
    }

    /** The time of an allocation is spent with its first part. */
    @Override
    public void send(int participant, ClusterMessage message) {
        if (message instanceof Reclaim && clock.now() != allocationNanos) {
            allocationNanos = clock.now();
            requester.spend(ALLOCATION_NANOS * setup.members());
        }
        transmit(0, participant, message);
    }

    @Override
    public void report(ClusterReport report) {
        reports.add(report);
        busyNanos = requester.busyNanos();
    }

    /** A message of a member to itself has no transit time, and costs nothing. */
    private void transmit(int from, int to, ClusterMessage message) {
        SimulatedMember sender = members.get(from);
        SimulatedMember receiver = members.get(to);
        long leavesNanos = sender.cpu.spend(from == to ? 0 : (long) (MESSAGE_NANOS * sender.slowness));
        if (message instanceof Count || message instanceof Reclaim) {
            askedNanos[to] = leavesNanos;
        }
        if (from == to) {
            clock.at(leavesNanos, () -> arrive(from, to, message, 0));
            return;
        }
        messages[from]++;
        boolean isLost = random.nextDouble() < setup.loss();
        long transitNanos = (long) (transitNanos() * sender.slowness * receiver.slowness);
        if (!isLost) {
            clock.at(leavesNanos + transitNanos, () -> {
                messages[to]++;
                arrive(from, to, message, (long) (MESSAGE_NANOS * receiver.slowness));
            });
        }
    }

    private double transitNanos() {
        double gauss = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()))
                * StrictMath.cos(2 * StrictMath.PI * random.nextDouble());
        return setup.network().medianRoundTrip.toNanos() / 2.0 * StrictMath.exp(SIGMA * gauss);
    }

    private void arrive(int from, int to, ClusterMessage message, long costNanos) {
        long tripNanos = Math.max(1, clock.now() - askedNanos[from]);
        if (message instanceof Offer) {
            countNanos[from] = Math.max(countNanos[from], tripNanos);
        } else if (message instanceof Reclaimed) {
            partNanos[from] = Math.max(partNanos[from], tripNanos);
        }
        if (message instanceof Reply reply) {
            requester.submit(costNanos, () -> step(now -> coordinator.receive(reply, now)));
        } else {
            members.get(to).receive(message, costNanos);
        }
    }
}
