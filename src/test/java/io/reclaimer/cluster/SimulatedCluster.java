package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Reply;
import io.reclaimer.cluster.Participants.Allocation;
import io.reclaimer.cluster.RoundParameters.Presence;
import io.reclaimer.cluster.SimulatedMember.Health;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One round over simulated members: the real {@link Coordinator} on member 0, which takes part itself, and the real {@link
 * MemberParts} on each. Clock, network and reclaimers are modelled. The same setup gives the same result on every machine.
 */
final class SimulatedCluster {

    static final Duration WITHIN = Duration.ofSeconds(10);
    static final Duration RESEND_AFTER = Duration.ofMillis(500);

    /** The time of an {@link Allocation} per member, of 1,000 or of 10,000: measured, 0.02 to 0.17 microseconds. */
    static final long ALLOCATION_NANOS = 200;

    /** Added to the seed, so that the number of the round is as long on the wire as most are. */
    private static final long FIRST_ROUND = 4_611_686_018_427_387_904L;

    private final SimulatedSetup setup;
    private final SimulatedClock clock = new SimulatedClock();
    private final SimulatedNetwork network;
    private final List<SimulatedMember> members = new ArrayList<>();
    private final SimulatedClock.Cpu requester = new SimulatedClock.Cpu(clock);
    private final Map<ActorRef<ClusterMessage>, Integer> byRef = new HashMap<>();
    private final Coordinator coordinator;
    private final List<ClusterReport> reports = new ArrayList<>();
    private final long[] askedNanos;
    private final long[] countNanos;
    private final long[] partNanos;
    private final long[] firstParts;
    private final List<List<Long>> offers = new ArrayList<>();
    private long firstAllocationNanos = -1;
    private long allocationNanos = -1;
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
        Map<String, Presence> presences = new LinkedHashMap<>();
        for (int i = 0; i < setup.members(); i++) {
            int number = i;
            Health health = unwell.contains(i) ? setup.unwell() : Health.WELL;
            double slowness = network.slowness(i);
            byRef.put(wire.ref(i), i);
            members.add(new SimulatedMember(
                    clock,
                    i == 0 ? requester : new SimulatedClock.Cpu(clock),
                    new SimulatedEngine(tenants, i, slowness),
                    slowness,
                    health,
                    (to, message) -> transmit(number, byRef.get(to), message)));
            presences.put(Wire.member(i), health == Health.UNREACHABLE ? Presence.UNREACHABLE : Presence.HERE);
            offers.add(List.of());
        }
        this.coordinator = new Coordinator(
                output(),
                new RoundParameters(
                        FIRST_ROUND + setup.seed(),
                        ReclaimRequest.everywhere().objects(setup.target()),
                        List.of(),
                        presences,
                        WITHIN,
                        RESEND_AFTER,
                        new RoundParameters.Sender(wire.ref(0), Wire.UID)));
    }

    private Coordinator.Output output() {
        return new Coordinator.Output() {
            @Override
            public void send(int participant, ClusterMessage message) {
                if (message instanceof Reclaim part) {
                    assigned(participant, part);
                }
                transmit(0, participant, message);
            }

            @Override
            public void report(ClusterReport report) {
                reports.add(report);
                busyNanos = requester.busyNanos();
            }
        };
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
        cluster.requester.submit(0, () -> cluster.decide(() -> cluster.coordinator.begin(0)));
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

    /** Runs a decision of the round, and schedules its timer. */
    private void decide(Runnable decision) {
        decision.run();
        if (coordinator.isReported()) {
            return;
        }
        long due = coordinator.dueNanos();
        if (due != dueNanos || due <= clock.now()) {
            dueNanos = due;
            clock.at(due, () -> {
                if (due == dueNanos) {
                    requester.submit(0, () -> decide(() -> coordinator.tick(clock.now())));
                }
            });
        }
    }

    /** Spends the time of an allocation with its first part. */
    private void assigned(int participant, Reclaim part) {
        if (clock.now() != allocationNanos) {
            allocationNanos = clock.now();
            requester.spend(ALLOCATION_NANOS * setup.members());
        }
        firstAllocationNanos = firstAllocationNanos < 0 ? clock.now() : firstAllocationNanos;
        firstParts[participant] = clock.now() == firstAllocationNanos ? part.objects() : firstParts[participant];
    }

    private void transmit(int from, int to, ClusterMessage message) {
        long cost = from == to ? 0 : (long) (SimulatedNetwork.MESSAGE_NANOS * network.slowness(from));
        long leavesNanos = members.get(from).cpu().spend(cost);
        if (message instanceof Count || message instanceof Reclaim) {
            askedNanos[to] = leavesNanos;
        }
        network.send(from, to, (received, isLocal) -> arrived(from, to, received, isLocal), message, leavesNanos);
    }

    private void arrived(int from, int to, ClusterMessage message, boolean isLocal) {
        long tripNanos = Math.max(1, clock.now() - askedNanos[from]);
        if (message instanceof Offer) {
            countNanos[from] = Math.max(countNanos[from], tripNanos);
        } else if (message instanceof Reclaimed) {
            partNanos[from] = Math.max(partNanos[from], tripNanos);
        }
        if (message instanceof Reply reply) {
            requester.submit(isLocal ? 0 : SimulatedNetwork.MESSAGE_NANOS, () -> decide(() -> receive(reply)));
        } else {
            members.get(to).receive(message, isLocal);
        }
    }

    private void receive(Reply reply) {
        if (reply instanceof Offer offer) {
            offers.set(offer.participant(), offer.plannedObjects());
        }
        coordinator.receive(reply, clock.now());
    }
}
