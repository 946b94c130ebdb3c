package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.AsyncScripted;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
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
    final ReclaimerExtension kit = ReclaimerExtension.create().with("reclaimer.offline-timeout = 5m");

    private final ShrinkerSpec spec = ShrinkerSpec.named("later").byCgroup().callDeadline(Duration.ofMinutes(5));

    /** The requested reparents, by the cgroup that goes offline. */
    private final Map<CgroupPath, CompletableFuture<Long>> reparents = new ConcurrentHashMap<>();

    @Test
    void shrinkerThatDoesNotAnswerKeepsNoCgroupOnlineWhereItHasNothing() {
        register();
        kit.online("/a");
        kit.offline("/a");
        CompletableFuture<Long> open = reparent("/a");
        assertThat(open).isNotDone();
        open.complete(0L);
    }

    @Test
    void shrinkerWithABitIsWaitedFor() {
        Bits.setIn(kit, "/a", register());
        CompletableFuture<Done> offline = kit.reclaimer().offline("/a").toCompletableFuture();
        CompletableFuture<Long> open = reparent("/a");
        kit.state();
        assertThat(offline).isNotDone();
        open.complete(0L);
        kit.await(offline);
    }

    @Test
    void objectsThatAreMovedAfterTheCgroupIsOfflineSetTheBitOfItsParent() {
        ShrinkerHandle handle = register();
        kit.online("/a");
        kit.online("/a/b");
        kit.offline("/a/b");
        reparent("/a/b").complete(3L);
        Threads.until(() -> kit.state("/a", 0).bits().equals(List.of(handle.id())));
    }

    @Test
    void reparentThatFailsAfterTheCgroupIsOfflineSetsTheBitOfItsParent() {
        kit.expectError("");
        ShrinkerHandle handle = register();
        kit.online("/a");
        kit.online("/a/b");
        kit.offline("/a/b");
        reparent("/a/b").completeExceptionally(new IllegalStateException("lost"));
        Threads.until(() -> kit.state("/a", 0).bits().equals(List.of(handle.id())));
        assertThat(handle.state().faults()).isOne();
    }

    /** Otherwise the objects would be moved to a cgroup that does not exist any more. */
    @Test
    void parentGoesOfflineAfterTheObjectsFromBelowAreThere() {
        register();
        kit.online("/a");
        kit.online("/a/b");
        kit.offline("/a/b");
        CompletableFuture<Done> offline = kit.reclaimer().offline("/a").toCompletableFuture();
        kit.settle();
        assertThat(offline).isNotDone();
        assertThat(reparents).doesNotContainKey(CgroupPath.of("/a"));
        reparent("/a/b").complete(3L);
        reparent("/a").complete(3L);
        kit.await(offline);
    }

    private CompletableFuture<Long> reparent(String offline) {
        CgroupPath path = CgroupPath.of(offline);
        Threads.until(() -> reparents.containsKey(path));
        return reparents.get(path);
    }

    private ShrinkerHandle register() {
        return kit.register(
                spec,
                AsyncScripted.empty(offline -> reparents.computeIfAbsent(offline, path -> new CompletableFuture<>())));
    }
}
