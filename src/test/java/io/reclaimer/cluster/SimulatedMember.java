package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Bundle;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Reclaim;

/** A member that does its part of rounds, also as a head: real {@link MemberParts} over a modelled reclaimer, real {@link Relay}. */
final class SimulatedMember implements MemberParts.Port<ActorRef<ClusterMessage>> {

    /** What is the matter with it. */
    enum Health {
        WELL,
        /** It never answers, and nobody knows. */
        FROZEN,
        /** It offers, and does what a head does; from when it gets a part to do or to pass on it never says a word. */
        FREEZES_WITH_ITS_PART,
        /** It never answers, and the requester's member knows. */
        UNREACHABLE
    }

    private static final Requester REQUESTER = new Requester(Wire.member(0), Wire.UID, false);

    /** The default. One round at a time needs one. */
    private static final int MAX_PARTS = 8;

    static final MemberParts.Heap HEAP = new MemberParts.Heap(MemberPressure.NONE, 1L << 30, 4L << 30);

    private final SimulatedClock clock;
    private final SimulatedClock.Cpu cpu;
    private final SimulatedEngine engine;
    private final double slowness;
    private final Health health;
    private final Relay.Port net;
    private final MemberParts<ActorRef<ClusterMessage>> parts =
            new MemberParts<>(this, name -> 0, MAX_PARTS, new GiveBudget(GiveBudget.ALL));
    private final Relay relay;
    private boolean frozen;
    private boolean waking;

    /** @param net by which it sends */
    SimulatedMember(
            SimulatedClock clock,
            SimulatedClock.Cpu cpu,
            SimulatedEngine engine,
            double slowness,
            Health health,
            Relay.Port net,
            InnerMessages inner,
            ActorRef<ClusterMessage> door) {
        this.clock = clock;
        this.cpu = cpu;
        this.engine = engine;
        this.slowness = slowness;
        this.health = health;
        this.net = net;
        this.relay = new Relay(net, inner, door);
        this.frozen = health == Health.FROZEN || health == Health.UNREACHABLE;
    }

    SimulatedEngine engine() {
        return engine;
    }

    SimulatedClock.Cpu cpu() {
        return cpu;
    }

    /** A message has arrived. */
    void receive(ClusterMessage message, boolean isLocal) {
        boolean isPart = message instanceof Reclaim
                || (message instanceof Bundle bundle && bundle.kinds().contains("reclaim/1"));
        frozen |= isPart && health == Health.FREEZES_WITH_ITS_PART;
        if (!frozen) {
            cpu.submit(isLocal ? 0 : (long) (SimulatedNetwork.costNanos(message) * slowness), () -> handle(message));
        }
    }

    private void handle(ClusterMessage message) {
        if (message instanceof Count count) {
            parts.count(count.replyTo(), REQUESTER, count, clock.now());
        } else if (message instanceof Reclaim reclaim) {
            parts.reclaim(reclaim.replyTo(), reclaim, clock.now());
        } else if (message instanceof Cancel cancel) {
            parts.cancel(cancel);
        } else if (message instanceof Bundle bundle) {
            relay.bundle(REQUESTER, bundle, clock.now());
        } else {
            relay.answered(message);
            wakeLater();
        }
    }

    /** Akka's clock may take twice as long. */
    private void wakeLater() {
        if (relay.isWaiting() && !waking) {
            waking = true;
            clock.at(clock.now() + 2 * Relay.LONGEST_WAIT.toNanos(), () -> {
                waking = false;
                cpu.submit(0, relay::sendWaiting);
            });
        }
    }

    @Override
    public void count(long round, ReclaimRequest request) {
        clock.at(
                clock.now() + engine.countNanos(),
                () -> cpu.submit(0, () -> parts.counted(round, engine.count(), null, clock.now())));
    }

    @Override
    public void reclaim(long round, int part, ReclaimRequest request) {
        ReclaimReport report = engine.reclaim(request);
        clock.at(
                clock.now() + report.elapsed().toNanos(),
                () -> cpu.submit(0, () -> parts.reclaimed(round, part, report, null, clock.now())));
    }

    @Override
    public void send(ActorRef<ClusterMessage> to, ClusterMessage message) {
        net.send(to, message);
    }

    @Override
    public MemberParts.Heap heap() {
        return HEAP;
    }

    /** As long as most are. */
    @Override
    public long nonce() {
        return Wire.UID;
    }
}
