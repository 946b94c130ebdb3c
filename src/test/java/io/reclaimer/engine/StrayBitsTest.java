package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.call.ShrinkerTarget;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A bit for an id beyond all maps. The front door hands out no such id, so the test makes one. */
class StrayBitsTest {

    private final ActorTestKit kit = ActorTestKit.create("stray");
    private final EngineContext engine = Parts.engine();
    private final TestProbe<CgroupTree.Command> tree = kit.createTestProbe();
    private final CgroupHandle root = new CgroupHandle(CgroupPath.root(), null, tree.ref());
    private final CgroupHandle cgroup = new CgroupHandle(CgroupPath.of("/a"), root, tree.ref());
    private final ShrinkerEntry beyond = entry(64, 2);

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void idBeyondTheMapsIsWarnedOfOnceCountedAndChangesNothing() {
        CgroupPerNode perNode = perNode();
        engine.publishNrMax(64);
        LoggingTestKit.warn("A bit was set for shrinker").withOccurrences(1).expect(kit.system(), () -> {
            cgroup.setBit(0, beyond);
            cgroup.setBit(0, beyond);
            return null;
        });
        assertThat(engine.bitsBeyondMap()).isEqualTo(2);
        assertThat(perNode.units().unitCount()).isZero();
        assertThat(perNode.listed).isFalse();
        tree.expectNoMessage(Duration.ZERO);
        ShrinkerEntry inside = entry(63, 1);
        cgroup.setBit(0, inside);
        assertThat(perNode.isSet(inside)).isTrue();
        assertThat(engine.bitsBeyondMap()).isEqualTo(2);
    }

    @Test
    void sameIdIsInTheMapsAfterTheyGrew() {
        CgroupPerNode perNode = perNode();
        engine.publishNrMax(128);
        cgroup.setBit(0, beyond);
        assertThat(perNode.isSet(beyond)).isTrue();
        assertThat(engine.bitsBeyondMap()).isZero();
    }

    /** Stray bits of two cgroups may be found at the same time. */
    @Test
    void exactlyOneOfManyThreadsWarns() throws Exception {
        for (int i = 0; i < 500; i++) {
            EngineContext shared = Parts.engine();
            AtomicInteger warnings = new AtomicInteger();
            Runnable stray = () -> {
                if (shared.countStrayBit()) {
                    warnings.incrementAndGet();
                }
            };
            Threads.run(stray, stray, stray);
            assertThat(warnings).hasValue(1);
            assertThat(shared.bitsBeyondMap()).isEqualTo(3);
        }
    }

    private CgroupPerNode perNode() {
        CgroupPerNode perNode = new CgroupPerNode(cgroup, 0, new CgroupPerNode(root, 0, null, 0), 0);
        cgroup.add(perNode);
        return perNode;
    }

    private ShrinkerEntry entry(int id, long serial) {
        ShrinkerSpec spec = ShrinkerSpec.named("s" + serial).byCgroup();
        return new ShrinkerEntry(spec, ShrinkerTarget.of(spec, Scripted.empty()), id, serial, null, engine);
    }
}
