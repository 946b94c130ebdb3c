package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Answers;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.SimulatedMember.Health;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One round over simulated members: the real {@link FanOut} and {@link PostOffice} on member 0, which takes part itself, and
 * the real {@link MemberParts} and {@link Relay} on each. Clock, network and reclaimers are modelled. The same setup gives the same result, whatever the
 * machine.
 */
final class SimulatedCluster {

    static final Duration WITHIN = Duration.ofSeconds(10);
    static final Duration RESEND_AFTER = Duration.ofMillis(500);

    /** What {@link Split} takes for each member, of 1,000 or of 10,000: measured, 0.02 to 0.17 microseconds. */
    static final long SPLIT_NANOS = 200;

    /** A timer of Akka's is late by up to that. */
    static final long AKKAS_TICK_NANOS = 10_000_000;

    private static final long ROUND = 4_611_686_018_427_387_904L;

    private final SimulatedSetup setup;
    private final SimulatedClock clock = new SimulatedClock();
    private final SimulatedNetwork network;
    private final List<SimulatedMember> members = new ArrayList<>();
    private final List<Guest> guests = new ArrayList<>();
    private final SimulatedClock.Cpu requester = new SimulatedClock.Cpu(clock);
    private final InnerMessages inner;
    private final List<ActorRef<ClusterMessage>> doors;
    private final Map<ActorRef<ClusterMessage>, Integer> byDoor = new HashMap<>();
    private final Map<String, ActorRef<ClusterMessage>> byName = new HashMap<>();
    private final PostOffice postOffice;
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
        this.inner = wire.inner();
        this.doors = IntStream.range(0, setup.members()).mapToObj(wire::door).toList();
        Set<Integer> unwell = unwell(setup);
        for (int i = 0; i < setup.members(); i++) {
            int number = i;
            Health health = unwell.contains(i) ? setup.unwell() : Health.WELL;
            SimulatedClock.Cpu cpu = i == 0 ? requester : new SimulatedClock.Cpu(clock);
            double slowness = network.slowness(i);
            byDoor.put(doors.get(i), i);
            byName.put(Wire.member(i), doors.get(i));
            members.add(new SimulatedMember(
                    clock,
                    cpu,
                    new SimulatedEngine(tenants, i, slowness),
                    slowness,
                    health,
                    new Relay.Port() {
                        @Override
                        public Optional<ActorRef<ClusterMessage>> door(String member) {
                            return Optional.ofNullable(byName.get(member));
                        }

                        @Override
                        public void send(ActorRef<ClusterMessage> to, ClusterMessage message) {
                            transmit(number, byDoor.get(to), message);
                        }
                    },
                    inner,
                    doors.get(i)));
            guests.add(new Guest(Wire.member(i), health == Health.UNREACHABLE ? Presence.UNREACHABLE : Presence.HERE));
            offers.add(List.of());
        }
        this.postOffice = new PostOffice(
                (seat, message) -> transmit(0, seat, message),
                inner,
                ROUND,
                guests.stream().map(Guest::member).toList(),
                0,
                new Sender(doors.get(0), Wire.UID),
                setup.mostDirect());
        FanOut.Port port = new FanOut.Port() {
            @Override
            public void send(int seat, ClusterMessage message) {
                add(seat, message);
            }

            @Override
            public void answer(ClusterReport report) {
                reports.add(report);
                busyNanos = requester.busyNanos();
            }
        };
        ReclaimRequest request = ReclaimRequest.everywhere().objects(setup.target());
        this.fanOut = new FanOut(
                port,
                ROUND,
                new Terms(request, List.of(), WITHIN, RESEND_AFTER, setup.seed()),
                new Sender(doors.get(0), Wire.UID));
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
        postOffice.post(clock.now());
        if (fanOut.isAnswered()) {
            return;
        }
        long due = postOffice.dueNanos(fanOut.dueNanos());
        if (due != dueNanos || due <= clock.now()) {
            dueNanos = due;
            // What the round waits for for seconds is as late; that is left out.
            clock.at(due == fanOut.dueNanos() ? due : due + AKKAS_TICK_NANOS, () -> {
                if (due == dueNanos) {
                    requester.submit(0, () -> decide(() -> fanOut.tick(clock.now())));
                }
            });
        }
    }

    private void add(int seat, ClusterMessage message) {
        if (message instanceof Reclaim part) {
            if (clock.now() != waveNanos) {
                waveNanos = clock.now();
                requester.spend(SPLIT_NANOS * setup.members());
            }
            firstWaveNanos = firstWaveNanos < 0 ? clock.now() : firstWaveNanos;
            firstParts[seat] = clock.now() == firstWaveNanos ? part.objects() : firstParts[seat];
        }
        postOffice.add(seat, message);
    }

    private void transmit(int from, int to, ClusterMessage message) {
        long cost = from == to ? 0 : (long) (SimulatedNetwork.costNanos(message) * network.slowness(from));
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
        boolean isAnswer = message instanceof Offer
                || message instanceof Reclaimed
                || message instanceof Refused
                || message instanceof Answers;
        if (to == 0 && isAnswer) {
            requester.submit(isLocal ? 0 : SimulatedNetwork.costNanos(message), () -> decide(() -> receive(message)));
        } else {
            members.get(to).receive(message, isLocal);
        }
    }

    private void receive(ClusterMessage message) {
        if (message instanceof Answers answers) {
            inner.read(answers).forEach(this::take);
        } else {
            take(message);
        }
    }

    private void take(ClusterMessage message) {
        postOffice.answered(message);
        if (message instanceof Offer offer) {
            offers.set(offer.seat(), offer.plannedObjects());
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
