package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.AsyncScripted;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Held;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cgroup that goes offline waits for the shrinkers that have a bit there, and only tells the others. */
class OfflineWithoutABitTest {

    @RegisterExtension
    static final SharedReclaimer KIT =
            SharedReclaimer.create().with("reclaimer { offline-timeout = 5m, blocking.calls-per-shrinker = 1 }");

    private final ShrinkerSpec spec = ShrinkerSpec.named("later").byCgroup().callDeadline(Duration.ofMinutes(5));

    /** The requested reparents, by the cgroup that goes offline. */
    private final Map<CgroupPath, CompletableFuture<Long>> reparents = new ConcurrentHashMap<>();

    @Test
    void shrinkerThatDoesNotAnswerKeepsNoCgroupOnlineWhereItHasNothing() {
        register();
        KIT.online("/a");
        KIT.offline("/a");
        CompletableFuture<Long> open = reparent("/a");
        assertThat(open).isNotDone();
        open.complete(0L);
    }

    @Test
    void shrinkerWithABitIsWaitedFor() {
        Bits.setIn(KIT, "/a", register());
        CompletableFuture<Done> offline = KIT.reclaimer().offline("/a").toCompletableFuture();
        CompletableFuture<Long> open = reparent("/a");
        KIT.state();
        assertThat(offline).isNotDone();
        open.complete(0L);
        KIT.await(offline);
    }

    @Test
    void objectsThatAreMovedAfterTheCgroupIsOfflineSetTheBitOfItsParent() {
        ShrinkerHandle handle = register();
        KIT.online("/a");
        KIT.online("/a/b");
        KIT.offline("/a/b");
        reparent("/a/b").complete(3L);
        Threads.until(() -> KIT.state("/a", 0).bits().equals(List.of(handle.id())));
    }

    @Test
    void reparentThatFailsAfterTheCgroupIsOfflineSetsTheBitOfItsParent() {
        KIT.expectError("");
        ShrinkerHandle handle = register();
        KIT.online("/a");
        KIT.online("/a/b");
        KIT.offline("/a/b");
        reparent("/a/b").completeExceptionally(new IllegalStateException("lost"));
        Threads.until(() -> KIT.state("/a", 0).bits().equals(List.of(handle.id())));
        assertThat(handle.state().faults()).isOne();
    }

    /** Otherwise the objects would be moved to a cgroup that does not exist any more. */
    @Test
    void parentGoesOfflineAfterTheObjectsFromBelowAreThere() {
        register();
        KIT.online("/a");
        KIT.online("/a/b");
        KIT.offline("/a/b");
        CompletableFuture<Done> offline = KIT.reclaimer().offline("/a").toCompletableFuture();
        KIT.settle();
        assertThat(offline).isNotDone();
        assertThat(reparents).doesNotContainKey(CgroupPath.of("/a"));
        reparent("/a/b").complete(3L);
        reparent("/a").complete(3L);
        KIT.await(offline);
    }

    private CompletableFuture<Long> reparent(String offline) {
        CgroupPath path = CgroupPath.of(offline);
        Threads.until(() -> reparents.containsKey(path));
        return reparents.get(path);
    }

    private ShrinkerHandle register() {
        return KIT.register(
                spec,
                AsyncScripted.empty(offline -> reparents.computeIfAbsent(offline, path -> new CompletableFuture<>())));
    }

    /**
     * The cgroup comes online again while its reparent waits for a thread. A shrinker is told a path, so it would move
     * the objects of the new cgroup.
     */
    @Test
    void objectsOfACgroupThatIsOnlineAgainAreNotMovedAndItsBitIsSet() {
        Gate first = new Gate();
        Held shrinker = new Held(Held.Place.REPARENT, CgroupPath.of("/first"), first);
        ShrinkerHandle handle = KIT.register(spec.blocking(), shrinker);
        KIT.online("/first");
        KIT.online("/a");
        KIT.offline("/first");
        first.awaitEntered();
        KIT.offline("/a");
        KIT.online("/a");
        first.open();
        Threads.until(() -> KIT.state("/a", 0).bits().equals(List.of(handle.id())));
        assertThat(shrinker.reparented).containsExactly(CgroupPath.of("/first"));
        assertThat(handle.state().faults()).isZero();
    }
}
