package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.SimulatedMember.Health;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One round over simulated members: the real {@link FanOut} on member 0, which takes part itself, and the real
 * {@link MemberParts} on each. Clock, network and reclaimers are modelled. The same setup gives the same result, whatever the
 * machine.
 */
final class SimulatedCluster {

    static final Duration WITHIN = Duration.ofSeconds(10);
    static final Duration RESEND_AFTER = Duration.ofMillis(500);

    /** What {@link Split} takes for each member, of 1,000 or of 10,000: measured, 1.4 to 3 microseconds. */
    static final long SPLIT_NANOS = 2_000;

    private static final long ROUND = 4_611_686_018_427_387_904L;

    private final SimulatedSetup setup;
    private final SimulatedClock clock = new SimulatedClock();
    private final SimulatedNetwork network;
    private final List<SimulatedMember> members = new ArrayList<>();
    private final List<Guest> guests = new ArrayList<>();
    private final SimulatedClock.Cpu requester = new SimulatedClock.Cpu(clock);
    private final FanOut fanOut;
    private final List<ClusterReport> reports = new ArrayList<>();
    private final long[] askedNanos;
    private final long[] countNanos;
    private final long[] partNanos;
    private final long[] firstParts;
    private final List<List<Long>> offers = new ArrayList<>();
    private long firstWaveNanos = -1;
    private long waveNanos = -1;
    private long dueNanos = -1;
    private long busyNanos;

    private SimulatedCluster(SimulatedSetup setup, SimulatedTenants tenants, Wire wire) {
        this.setup = setup;
        this.network = new SimulatedNetwork(setup.network(), setup.members(), setup.seed(), clock, wire);
        this.askedNanos = new long[setup.members()];
        this.countNanos = new long[setup.members()];
        this.partNanos = new long[setup.members()];
        this.firstParts = new long[setup.members()];
        Set<Integer> unwell = unwell(setup);
        for (int i = 0; i < setup.members(); i++) {
            int number = i;
            Health health = unwell.contains(i) ? setup.unwell() : Health.WELL;
            SimulatedClock.Cpu cpu = i == 0 ? requester : new SimulatedClock.Cpu(clock);
            double slowness = network.slowness(i);
            members.add(new SimulatedMember(
                    clock,
                    cpu,
                    new SimulatedEngine(tenants, i, slowness),
                    (long) (setup.messageNanos() * slowness),
                    health,
                    message -> sendAnswer(number, message)));
            guests.add(new Guest(Wire.member(i), health == Health.UNREACHABLE ? Presence.UNREACHABLE : Presence.HERE));
            offers.add(List.of());
        }
        ActorRef<ClusterMessage> door = wire.door(0);
        FanOut.Port port = new FanOut.Port() {
            @Override
            public void send(int seat, ClusterMessage message) {
                sendRequest(seat, message);
            }

            @Override
            public void answer(ClusterReport report) {
                reports.add(report);
                busyNanos = requester.busyNanos();
            }
        };
        ReclaimRequest request = ReclaimRequest.everywhere().objects(setup.target());
        this.fanOut = new FanOut(port, ROUND, new Terms(request, List.of(), WITHIN, RESEND_AFTER, setup.seed()), door);
    }

    private static Set<Integer> unwell(SimulatedSetup setup) {
        Random random = new Random(~setup.seed());
        Set<Integer> unwell = new HashSet<>();
        while (unwell.size() < Math.round(setup.members() * setup.unwellPart())) {
            unwell.add(1 + random.nextInt(setup.members() - 1));
        }
        return unwell;
    }

    static SimulatedResult run(SimulatedSetup setup, SimulatedTenants tenants, Wire wire) {
        SimulatedCluster cluster = new SimulatedCluster(setup, tenants, wire);
        cluster.requester.submit(0, () -> cluster.decide(() -> cluster.fanOut.begin(cluster.guests, 0)));
        cluster.clock.run();
        return cluster.result();
    }

    private SimulatedResult result() {
        return new SimulatedResult(
                setup,
                List.copyOf(reports),
                countNanos,
                partNanos,
                firstParts,
                List.copyOf(offers),
                members.stream()
                        .mapToLong(member -> member.engine().freedObjects())
                        .toArray(),
                IntStream.range(0, setup.members()).mapToLong(network::messages).toArray(),
                IntStream.range(0, setup.members()).mapToLong(network::bytes).toArray(),
                busyNanos);
    }

    /** Lets the round decide something, and wakes it when it wants to be. */
    private void decide(Runnable what) {
        what.run();
        if (fanOut.isAnswered()) {
            return;
        }
        long due = fanOut.dueNanos();
        if (due != dueNanos || due <= clock.now()) {
            dueNanos = due;
            clock.at(due, () -> {
                if (due == dueNanos) {
                    requester.submit(0, () -> decide(() -> fanOut.tick(clock.now())));
                }
            });
        }
    }

    private void sendRequest(int seat, ClusterMessage message) {
        if (message instanceof Reclaim part) {
            if (clock.now() != waveNanos) {
                waveNanos = clock.now();
                requester.spend(SPLIT_NANOS * setup.members());
            }
            firstWaveNanos = firstWaveNanos < 0 ? clock.now() : firstWaveNanos;
            firstParts[seat] = clock.now() == firstWaveNanos ? part.objects() : firstParts[seat];
        }
        long leavesNanos = requester.spend(seat == 0 ? 0 : setup.messageNanos());
        if (!(message instanceof Cancel)) {
            askedNanos[seat] = leavesNanos;
        }
        network.send(0, seat, members.get(seat)::receive, message, leavesNanos);
    }

    private void sendAnswer(int member, ClusterMessage message) {
        SimulatedMember sender = members.get(member);
        long cost = member == 0 ? 0 : (long) (setup.messageNanos() * network.slowness(member));
        network.send(
                member,
                0,
                (received, isLocal) -> answered(member, received, isLocal),
                message,
                sender.cpu().spend(cost));
    }

    private void answered(int member, ClusterMessage message, boolean isLocal) {
        long tripNanos = Math.max(1, clock.now() - askedNanos[member]);
        if (message instanceof Offer offer) {
            countNanos[member] = Math.max(countNanos[member], tripNanos);
            offers.set(member, offer.plannedObjects());
        } else if (message instanceof Reclaimed) {
            partNanos[member] = Math.max(partNanos[member], tripNanos);
        }
        requester.submit(isLocal ? 0 : setup.messageNanos(), () -> decide(() -> take(message)));
    }

    private void take(ClusterMessage message) {
        if (message instanceof Offer offer) {
            fanOut.offered(offer, clock.now());
        } else if (message instanceof Reclaimed reclaimed) {
            fanOut.reclaimed(reclaimed, clock.now());
        } else if (message instanceof Refused refused) {
            fanOut.refused(refused, clock.now());
        } else {
            throw new IllegalStateException("The requester was sent " + message);
        }
    }
}
