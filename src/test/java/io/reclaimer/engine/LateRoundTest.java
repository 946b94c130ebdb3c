package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.reclaimer.engine.call.Reply;
import io.reclaimer.engine.call.VisitDispatcher;
import io.reclaimer.engine.unit.ReclaimTarget;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.testkit.Threads;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A round with one cgroup, which is late: the test is its visitor. */
class LateRoundTest {

    private final ActorTestKit kit = ActorTestKit.create();

    /**
     * Readings of the clock, which stands still; a pass that waits for its share of the time reads it again and again.
     */
    private final AtomicInteger looks = new AtomicInteger();

    private final EngineContext engine = new EngineContext(Parts.settings(1), this::noTime, Runnable::run);

    private long noTime() {
        looks.incrementAndGet();
        return 0;
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    /** Starts a round with a target over a root that has this visitor. */
    private ActorRef<ReclaimRound.Command> startRound(TestProbe<CgroupNode.Command> visitor) {
        CgroupHandle root = new CgroupHandle(CgroupPath.root(), null, null);
        CgroupPerNode perNode = new CgroupPerNode(root, 0, null, 0);
        root.add(perNode);
        perNode.visitBy(new Visitor(perNode).withActor(visitor.getRef()));
        RoundSpec spec = Parts.roundSpec(CgroupPath.root(), Optional.of(ReclaimTarget.objects(1)));
        TestProbe<Rounds.Command> rounds = kit.createTestProbe();
        return kit.spawn(ReclaimRound.create(engine, new Rounds.Start(spec, root, Reply.none()), rounds.getRef()));
    }

    /** Otherwise the late cgroup would be asked for all its objects when it comes back. */
    @Test
    void priorityDoesNotFallWhileNobodyCanBeAsked() {
        TestProbe<CgroupNode.Command> visitor = kit.createTestProbe();
        ActorRef<ReclaimRound.Command> round = startRound(visitor);
        PassRequest first = visitor.expectMessageClass(PassRequest.class);
        assertThat(first.priority).isEqualTo(12);
        int before = looks.get();
        Threads.until(() -> looks.get() > before + 50);
        first.acknowledge(true);
        assertThat(visitor.expectMessageClass(PassRequest.class).priority).isEqualTo(11);
        kit.stop(round);
    }

    /** The threads of the visit dispatcher may all be in calls that do not return. */
    @Test
    void passBeginsOnTheThreadOfItsRoundIfNoOtherIsFree() {
        AtomicBoolean free = new AtomicBoolean();
        engine.setVisits(new VisitDispatcher(
                task -> {
                    if (free.getAndSet(true)) {
                        task.run();
                    }
                },
                1));
        TestProbe<CgroupNode.Command> visitor = kit.createTestProbe();
        startRound(visitor);
        assertThat(visitor.expectMessageClass(PassRequest.class).priority).isEqualTo(12);
    }
}
