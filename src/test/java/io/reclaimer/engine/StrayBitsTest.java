package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A bit for an id beyond the cgroup's map: only who keeps an id for itself can set one, so not by the front door. */
class StrayBitsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ActorTestKit kit = ActorTestKit.create("stray");
    private final Published published = Parts.published();
    private final TestProbe<CgroupNode.Command> above = kit.createTestProbe();
    private final TestProbe<Inspection.Command> asked = kit.createTestProbe();

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void idBeyondTheMapIsWarnedOfOnceCountedAndChangesNothing() {
        Pair pair = pair();
        ActorRef<CgroupNode.Command> node = pair.ref();
        ShrinkerEntry inside = Parts.entry(63, 1);
        ShrinkerEntry beyond = Parts.entry(64, 2);
        published.publish(published.table().withAllocated(inside).withAllocated(beyond));
        LoggingTestKit.warn("A bit was set for shrinker").withOccurrences(1).expect(kit.system(), () -> {
            node.tell(new CgroupNode.SetBit(beyond));
            node.tell(new CgroupNode.SetBit(beyond));
            assertThat(inspect(node).bits()).isEmpty();
            return null;
        });
        assertThat(published.strayBits()).isEqualTo(2);
        assertThat(pair.units().unitCount()).isZero();
        above.expectNoMessage(Duration.ZERO);
        node.tell(new CgroupNode.SetBit(inside));
        assertThat(inspect(node).bits()).containsExactly(63);
        assertThat(published.strayBits()).isEqualTo(2);
    }

    @Test
    void sameIdIsInTheMapAfterItGrew() {
        Pair pair = pair();
        ShrinkerEntry beyond = Parts.entry(64, 2);
        published.publish(published.table().withAllocated(beyond));
        TestProbe<CgroupTree.Command> tree = kit.createTestProbe();
        pair.ref().tell(new CgroupNode.Grow(128, tree.ref()));
        assertThat(tree.receiveMessage(PATIENCE)).isEqualTo(new CgroupTree.PairGrown(pair, 128));
        pair.ref().tell(new CgroupNode.SetBit(beyond));
        assertThat(inspect(pair.ref()).bits()).containsExactly(64);
        assertThat(published.strayBits()).isZero();
    }

    /** Two cgroups may meet one at the same time. */
    @Test
    void exactlyOneOfManyThreadsWarns() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            Published shared = Parts.published();
            AtomicInteger warnings = new AtomicInteger();
            Runnable stray = () -> {
                if (shared.countStrayBit()) {
                    warnings.incrementAndGet();
                }
            };
            Threads.run(stray, stray, stray);
            assertThat(warnings).hasValue(1);
            assertThat(shared.strayBits()).isEqualTo(3);
        }
    }

    /** A pair of 64 ids below one that is a probe. */
    private Pair pair() {
        Pair root = new Pair(Parts.cgroup("/"), 0, null, 64).ownedBy(above.ref());
        Pair pair = new Pair(Parts.cgroup("/a"), 0, root, 64);
        return pair.ownedBy(kit.spawn(CgroupNode.create(published, pair)));
    }

    private Inspection.PairState inspect(ActorRef<CgroupNode.Command> node) {
        node.tell(new CgroupNode.Inspect(asked.ref()));
        return (Inspection.PairState) asked.receiveMessage(PATIENCE);
    }
}
