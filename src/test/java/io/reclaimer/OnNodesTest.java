package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.typed.ActorRef;
import io.reclaimer.adapter.DirectBufferPool;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.Scripted;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A shrinker takes part in rounds over the nodes of its spec, and in no others. */
class OnNodesTest {

    private static final int HEAP = 0;
    private static final int DIRECT = 1;

    @RegisterExtension
    static final SharedReclaimer KIT =
            SharedReclaimer.create().expectActor("$*").with("reclaimer.nodes = [heap, direct]");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages");

    @Test
    void globalShrinkerTakesPartInRoundsOfItsNodesOnly() {
        KIT.register(spec.onNodes(HEAP), Scripted.endless(128));
        assertThat(freed(DIRECT)).isZero();
        assertThat(freed(HEAP)).isEqualTo(256);
        assertThat(freed(HEAP, DIRECT)).isEqualTo(256);
    }

    @Test
    void nodesOfASpecMayBeNamed() {
        ShrinkerHandle handle = KIT.register(spec.onNodes("heap"), Scripted.endless(128));
        assertThat(handle.spec()).isEqualTo(spec.onNodes(HEAP));
        assertThat(freed(DIRECT)).isZero();
        assertThat(freed(HEAP)).isEqualTo(256);
        assertThat(KIT.refusal(KIT.reclaimer().register(spec.onNodes("disk"), Scripted.endless(1))))
                .hasMessageContainingAll("no node [disk]", "[reclaimer.nodes]")
                .satisfies(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.NO_SUCH_NODE));
    }

    @Test
    void adapterKeepsNodesThatAreNamed() {
        KIT.await(DirectBufferPool.register(KIT.reclaimer(), spec.onNodes("heap"), 1024));
        assertThat(KIT.state().shrinkers())
                .singleElement()
                .satisfies(pool -> assertThat(pool.spec().nodes()).containsExactly(HEAP));
    }

    @Test
    void globalShrinkerTakesPartInAllRoundsWhereItsSpecSaysNothing() {
        KIT.register(spec, Scripted.endless(128));
        assertThat(freed(DIRECT)).isEqualTo(256);
        assertThat(freed(HEAP)).isEqualTo(256);
    }

    @Test
    void cgroupAwareShrinkerKeepsTheBitsOfOtherNodes() {
        ShrinkerHandle handle = KIT.register(spec.byCgroup().byNode().onNodes(HEAP), Scripted.endless(128));
        Cgroup shop = KIT.online("/shop");
        handle.setBit(shop, HEAP);
        handle.setBit(shop, DIRECT);
        KIT.settle();
        assertThat(KIT.pass("/shop", DIRECT, 0).visits()).isZero();
        assertThat(KIT.pass("/", DIRECT, 0).visits()).isZero();
        assertThat(KIT.state("/shop", DIRECT).bits()).containsExactly(handle.id());
        assertThat(KIT.pass("/shop", HEAP, 0).freedObjects()).isEqualTo(256);
        assertThat(KIT.pass("/", HEAP, 0).freedObjects()).isEqualTo(256);
    }

    @Test
    void shrinkerOfAnotherNodeIsNeitherCountedNorAShortfall() {
        KIT.register(spec.onNodes(HEAP).blocking(), Scripted.endless(128));
        ReclaimRequest direct = ReclaimRequest.everywhere().onNodes(DIRECT);
        assertThat(KIT.await(KIT.reclaimer().count(direct)).freeableObjects()).isZero();
        assertThat(KIT.reclaim(direct.mayBlock(false).startingAt(0)).shortfalls())
                .isEmpty();
    }

    @Test
    void nodeThatIsNotThereIsRefused() {
        Shrinker shrinker = Scripted.endless(1);
        ActorRef<ShrinkerMessage> actor = KIT.testKit().spawn(Kind.actor(shrinker));
        Reclaimer reclaimer = KIT.reclaimer();
        for (Supplier<CompletionStage<ShrinkerHandle>> register : List.<Supplier<CompletionStage<ShrinkerHandle>>>of(
                () -> reclaimer.register(spec.onNodes(2), shrinker),
                () -> reclaimer.register(spec.onNodes(2), Kind.async(shrinker, Runnable::run)),
                () -> reclaimer.register(spec.onNodes(2), actor))) {
            assertThatThrownBy(() -> KIT.await(register.get()))
                    .isInstanceOfSatisfying(
                            ReclaimerException.class,
                            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.NO_SUCH_NODE))
                    .hasMessageContainingAll("no node [2]", "0 to 1", "[reclaimer.nodes]");
        }
    }

    private long freed(int... nodes) {
        return KIT.reclaim(ReclaimRequest.everywhere().onNodes(nodes).startingAt(0))
                .freedObjects();
    }
}
