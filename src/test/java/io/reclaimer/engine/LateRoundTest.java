package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.testkit.Threads;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A round all of whose pairs are late, by a visitor that answers when the test says so. */
class LateRoundTest {

    private final ActorTestKit kit = ActorTestKit.create();

    /** Stands still; a pass that waits for its share of the time looks at it again and again. */
    private final AtomicInteger looks = new AtomicInteger();

    private final Published published = new Published(Parts.settings(1), this::noTime, Runnable::run);

    private long noTime() {
        looks.incrementAndGet();
        return 0;
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    /** Otherwise the late one would be asked for all it has when it comes back. */
    @Test
    void priorityDoesNotFallWhileNobodyCanBeAsked() {
        CgroupHandle root = new CgroupHandle(CgroupPath.root(), null, null);
        Pair pair = new Pair(root, 0, null, 0);
        root.addPair(pair);
        TestProbe<CgroupNode.Command> visitor = kit.createTestProbe();
        pair.visitedBy(new Visitor(pair).is(visitor.getRef()));
        RoundSpec spec = Parts.roundSpec(CgroupPath.root(), Optional.of(ReclaimTarget.objects(1)));
        TestProbe<Rounds.Command> rounds = kit.createTestProbe();
        ActorRef<ReclaimRound.Command> round =
                kit.spawn(ReclaimRound.create(published, spec, root, Reply.none(), rounds.getRef()));
        PairPass first = visitor.expectMessageClass(PairPass.class);
        assertThat(first.priority).isEqualTo(12);
        int before = looks.get();
        Threads.until(() -> looks.get() > before + 50);
        first.acknowledge(true);
        assertThat(visitor.expectMessageClass(PairPass.class).priority).isEqualTo(11);
        kit.stop(round);
    }
}
