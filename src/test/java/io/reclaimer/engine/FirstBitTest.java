package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.reclaimer.engine.call.Reply;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.testkit.Threads;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The first bit of a cgroup on a node, which the tree sets: its message may come after the cgroup has gone offline. */
class FirstBitTest {

    private final ActorTestKit kit = ActorTestKit.create();
    private final EngineContext engine = Parts.engine();
    private final TestProbe<Rounds.Command> rounds = kit.createTestProbe();
    private final ActorRef<CgroupTree.Command> tree = kit.spawn(CgroupTree.create(engine, rounds.ref()));
    private final ShrinkerEntry entry = Parts.entry(1, 1);
    private CgroupHandle parent;
    private CgroupHandle child;

    @BeforeEach
    void makeCgroups() throws Exception {
        parent = online("/a");
        child = online("/a/b");
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    private CgroupHandle online(String path) throws Exception {
        CompletableFuture<CgroupHandle> answer = new CompletableFuture<>();
        tree.tell(new CgroupTree.Online(CgroupPath.of(path), reply(answer)));
        return answer.get();
    }

    private void offline(CgroupHandle cgroup) throws Exception {
        CompletableFuture<Done> answer = new CompletableFuture<>();
        tree.tell(new CgroupTree.Offline(cgroup.path(), reply(answer)));
        answer.get();
    }

    private static <T> Reply<T> reply(CompletableFuture<T> answer) {
        return (value, why) -> {
            if (why == null) {
                answer.complete(value);
            } else {
                answer.completeExceptionally(why);
            }
        };
    }

    @Test
    void bitOfACgroupThatHasGoneOfflineIsItsParents() throws Exception {
        offline(child);
        tree.tell(new CgroupTree.FirstBit(child, 0, entry));
        Threads.until(() -> parent.onNode(0) != null && parent.onNode(0).isSet(entry));
    }

    /** The root's pass asks every shrinker, so the root has no bits. */
    @Test
    void bitBelowTheRootAloneIsNobodys() throws Exception {
        offline(child);
        offline(parent);
        tree.tell(new CgroupTree.FirstBit(child, 0, entry));
        CgroupHandle again = online("/a");
        assertThat(again.onNode(0)).isNull();
        assertThat(again.parent().onNode(0).units().unitCount()).isZero();
    }
}
