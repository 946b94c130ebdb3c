package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import java.util.function.Consumer;

/** A member that does its part of rounds: real {@link MemberParts} over a modelled reclaimer. */
final class SimulatedMember implements MemberParts.Port<ActorRef<ClusterMessage>> {

    /** What is the matter with it. */
    enum Health {
        WELL,
        /** It never answers, and nobody knows. */
        FROZEN,
        /** It offers, and then never says a word. */
        FREEZES_WITH_ITS_PART,
        /** It never answers, and the requester's member knows. */
        UNREACHABLE
    }

    static final MemberParts.Heap HEAP = new MemberParts.Heap(MemberPressure.NONE, 1L << 30, 4L << 30);

    private final SimulatedClock clock;
    private final SimulatedClock.Cpu cpu;
    private final SimulatedEngine engine;
    private final long messageNanos;
    private final Health health;
    private final Consumer<ClusterMessage> answers;
    private final MemberParts<ActorRef<ClusterMessage>> parts = new MemberParts<>(this, name -> 0);

    /** @param answers is given what it sends */
    SimulatedMember(
            SimulatedClock clock,
            SimulatedClock.Cpu cpu,
            SimulatedEngine engine,
            long messageNanos,
            Health health,
            Consumer<ClusterMessage> answers) {
        this.clock = clock;
        this.cpu = cpu;
        this.engine = engine;
        this.messageNanos = messageNanos;
        this.health = health;
        this.answers = answers;
    }

    SimulatedEngine engine() {
        return engine;
    }

    SimulatedClock.Cpu cpu() {
        return cpu;
    }

    /** A message has arrived. */
    void receive(ClusterMessage message, boolean isLocal) {
        boolean isDead = health == Health.FROZEN
                || health == Health.UNREACHABLE
                || (health == Health.FREEZES_WITH_ITS_PART && !(message instanceof Count));
        if (!isDead) {
            cpu.submit(isLocal ? 0 : messageNanos, () -> handle(message));
        }
    }

    private void handle(ClusterMessage message) {
        if (message instanceof Count count) {
            parts.count(count.replyTo(), count, clock.now());
        } else if (message instanceof Reclaim reclaim) {
            parts.reclaim(reclaim.replyTo(), reclaim, clock.now());
        } else if (message instanceof Cancel cancel) {
            parts.cancel(cancel.replyTo(), cancel);
        } else {
            throw new IllegalStateException("A member was sent " + message);
        }
    }

    @Override
    public void count(MemberParts.Key<ActorRef<ClusterMessage>> key, ReclaimRequest request) {
        clock.at(
                clock.now() + engine.countNanos(),
                () -> cpu.submit(0, () -> parts.counted(key, engine.count(), null, clock.now())));
    }

    @Override
    public void reclaim(MemberParts.Key<ActorRef<ClusterMessage>> key, int part, ReclaimRequest request) {
        ReclaimReport report = engine.reclaim(request);
        clock.at(
                clock.now() + report.elapsed().toNanos(),
                () -> cpu.submit(0, () -> parts.reclaimed(key, part, report, null)));
    }

    @Override
    public void send(ActorRef<ClusterMessage> to, ClusterMessage message) {
        answers.accept(message);
    }

    @Override
    public MemberParts.Heap heap() {
        return HEAP;
    }
}
