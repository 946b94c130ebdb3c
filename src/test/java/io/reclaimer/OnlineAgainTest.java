package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cgroup comes online while a reparent of a former cgroup of the same path waits for a thread. */
class OnlineAgainTest {

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create().with("reclaimer.blocking.calls-per-shrinker = 1");

    /** The cgroups whose objects the shrinker was asked to move. */
    private final List<CgroupPath> reparented = new CopyOnWriteArrayList<>();

    /** Completed when the first reparent may return. */
    private final CompletableFuture<Long> first = new CompletableFuture<>();

    private final Shrinker shrinker = new Shrinker() {
        @Override
        public long count(ShrinkControl control) {
            return EMPTY;
        }

        @Override
        public long scan(ShrinkControl control) {
            return 0;
        }

        @Override
        public long reparent(CgroupPath offline, CgroupPath parent, int node) {
            reparented.add(offline);
            return first.join();
        }
    };

    /** A shrinker is told a path. It would move the objects of the new cgroup. */
    @Test
    void objectsOfTheNewCgroupAreNotMovedAndItsBitIsSet() {
        ShrinkerHandle handle = kit.register(
                ShrinkerSpec.named("disk").byCgroup().blocking().callDeadline(Duration.ofMinutes(5)), shrinker);
        kit.online("/first");
        kit.online("/a");
        kit.offline("/first");
        Threads.until(() -> !reparented.isEmpty());
        kit.offline("/a");
        kit.online("/a");
        first.complete(0L);
        Threads.until(() -> kit.state("/a", 0).bits().equals(List.of(handle.id())));
        assertThat(reparented).containsExactly(CgroupPath.of("/first"));
        assertThat(handle.state().faults()).isZero();
    }
}
