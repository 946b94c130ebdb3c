package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.shrinker.CgroupPath;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pair that is told to rest, and those who set a bit in it at that moment. The tree and the pair above are probes. */
class RestingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ActorTestKit kit = ActorTestKit.create("resting");
    private final Published published = Parts.published();
    private final TestProbe<CgroupTree.Command> tree = kit.createTestProbe();
    private final TestProbe<CgroupNode.Command> above = kit.createTestProbe();
    private final ShrinkerEntry entry = Parts.entry(3, 1);
    private final CgroupHandle root = new CgroupHandle(CgroupPath.root(), null, tree.ref());
    private final CgroupHandle cgroup = new CgroupHandle(CgroupPath.of("/a"), root, tree.ref());

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void pairWithoutABitRestsAndSaysWhatItOwes() {
        Pair pair = pair();
        pair.units().addDeferred(entry, 7);
        pair.ref().tell(new CgroupNode.Rest(tree.ref()));
        CgroupTree.PairRests rests = tree.expectMessageClass(CgroupTree.PairRests.class, PATIENCE);
        assertThat(rests.pair()).isSameAs(pair);
        assertThat(rests.owed()).containsExactly(new UnitMap.Owed(3, 1, 7));
    }

    @Test
    void pairThatHasGotABitStays() {
        Pair pair = pair();
        cgroup.setBit(0, entry);
        pair.ref().tell(new CgroupNode.Rest(tree.ref()));
        assertThat(tree.receiveMessage(PATIENCE)).isEqualTo(new CgroupTree.PairStays(pair));
        assertThat(pair.units().isSet(entry)).isTrue();
    }

    @Test
    void pairThatHasADirtyChildStays() {
        Pair pair = pair();
        Pair child = new Pair(new CgroupHandle(CgroupPath.of("/a/b"), cgroup, tree.ref()), 0, pair, 64);
        child.ownedBy(kit.spawn(CgroupNode.create(published, child)));
        child.ref().tell(entry.setBit());
        assertThat(above.receiveMessage(PATIENCE)).isNotNull();
        pair.ref().tell(new CgroupNode.Rest(tree.ref()));
        assertThat(tree.receiveMessage(PATIENCE)).isEqualTo(new CgroupTree.PairStays(pair));
    }

    /** Another round may have sent it a pass before the pair above forgot it. */
    @Test
    void pairThatRestsAnswersPassesUntilItIsForgotten() {
        Pair pair = pair();
        pair.ref().tell(new CgroupNode.Rest(tree.ref()));
        tree.expectMessageClass(CgroupTree.PairRests.class, PATIENCE);
        TestProbe<ReclaimRound.Command> round = kit.createTestProbe();
        RoundWork work = new RoundWork(OptionalLong.empty(), Set.of(), false, 1);
        CgroupNode.Pass pass = new CgroupNode.Pass(work, 12, false);
        pair.ref().tell(new CgroupNode.StartPass(pass, round.ref()));
        assertThat(round.receiveMessage(PATIENCE)).isEqualTo(new ReclaimRound.PassEnded(pass, pair.ref()));
    }

    /** The pair leaves the handle between being found there and being told: that may be too late. */
    @Test
    void whoTellsAPairThatGoesToRestTellsTheTreeToo() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        Pair pair = new Pair(cgroup, 0, null, 64);
        ActorRef<CgroupNode.Command> leaving = kit.spawn(Behaviors.receiveMessage(message -> {
            told.countDown();
            return Behaviors.same();
        }));
        cgroup.addPair(pair.ownedBy(Tells.first(leaving, () -> cgroup.removePair(pair))));
        cgroup.setBit(0, entry);
        told.await();
        CgroupTree.FirstBit first = tree.expectMessageClass(CgroupTree.FirstBit.class, PATIENCE);
        assertThat(first).isEqualTo(new CgroupTree.FirstBit(cgroup, 0, entry));
    }

    @Test
    void whoTellsAPairThatStaysTellsNobodyElse() {
        pair();
        cgroup.setBit(0, entry);
        assertThat(above.receiveMessage(PATIENCE)).isNotNull();
        tree.expectNoMessage(Duration.ZERO);
    }

    private Pair pair() {
        Pair top = new Pair(root, 0, null, 64).ownedBy(above.ref());
        Pair pair = new Pair(cgroup, 0, top, 64);
        cgroup.addPair(pair.ownedBy(kit.spawn(CgroupNode.create(published, pair))));
        return pair;
    }
}
