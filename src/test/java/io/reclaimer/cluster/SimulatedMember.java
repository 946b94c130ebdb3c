package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Reclaim;

/** A simulated member: the real {@link MemberParts} over a modelled reclaimer. */
final class SimulatedMember implements MemberEnvironment {

    /** The health of a member. */
    enum Health {
        WELL,
        /** Never answers, and nobody knows. */
        FROZEN,
        /** Offers, and never answers from the moment when it gets a part. */
        FREEZES_WITH_ITS_PART,
        /** Never answers, and the member of the requester knows. */
        UNREACHABLE
    }

    /** Sends the replies of a member. */
    interface Outbox {
        void send(ActorRef<ClusterMessage> to, ClusterMessage message);
    }

    private static final Requester REQUESTER = new Requester(Wire.UID, false);

    /** The default. One round at a time needs one slot. */
    private static final int MAX_PARTS = 8;

    static final Heap HEAP = new Heap(MemberPressure.NONE, 1L << 30, 4L << 30);

    private final SimulatedClock clock;
    private final SimulatedClock.Cpu cpu;
    private final SimulatedEngine engine;
    private final double slowness;
    private final Health health;
    private final Outbox outbox;
    private final MemberParts parts =
            new MemberParts(this, name -> 0, MAX_PARTS, new GiveBudget(GiveBudget.UNLIMITED));
    private boolean isFrozen;

    SimulatedMember(
            SimulatedClock clock,
            SimulatedClock.Cpu cpu,
            SimulatedEngine engine,
            double slowness,
            Health health,
            Outbox outbox) {
        this.clock = clock;
        this.cpu = cpu;
        this.engine = engine;
        this.slowness = slowness;
        this.health = health;
        this.outbox = outbox;
        this.isFrozen = health == Health.FROZEN || health == Health.UNREACHABLE;
    }

    SimulatedEngine engine() {
        return engine;
    }

    SimulatedClock.Cpu cpu() {
        return cpu;
    }

    /** Handles a message that has arrived. */
    void receive(ClusterMessage message, boolean isLocal) {
        isFrozen |= message instanceof Reclaim && health == Health.FREEZES_WITH_ITS_PART;
        if (!isFrozen) {
            cpu.submit(isLocal ? 0 : (long) (SimulatedNetwork.MESSAGE_NANOS * slowness), () -> handle(message));
        }
    }

    private void handle(ClusterMessage message) {
        if (message instanceof Count count) {
            parts.count(reply -> outbox.send(count.replyTo(), reply), REQUESTER, count, clock.now());
        } else if (message instanceof Reclaim reclaim) {
            parts.reclaim(reply -> outbox.send(reclaim.replyTo(), reply), reclaim, clock.now());
        } else if (message instanceof Cancel cancel) {
            parts.cancel(cancel);
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
    public Heap heap() {
        return HEAP;
    }

    /** A nonce of the most frequent length. */
    @Override
    public long nonce() {
        return Wire.UID;
    }
}
