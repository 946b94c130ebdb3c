package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The requests of a pass are sent, and served, by one thread as long as they are short. */
class PassThreadsTest {

    /** No call is late within a test that does not want one. */
    @RegisterExtension
    static final SharedReclaimer PATIENT = SharedReclaimer.create().with("reclaimer.late-after = 1m");

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create().with("reclaimer.call-deadline = 1m");

    /** So long that a second thread is worth it. */
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Set<CgroupPath> visited = ConcurrentHashMap.newKeySet();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    private static final List<String> CGROUPS =
            IntStream.range(0, 50).mapToObj(i -> "/t" + i).toList();

    /** With the root. */
    private static final int VISITS = CGROUPS.size() + 1;

    /** Registers a shrinker with one object in each cgroup, and what its first scan does, and each further one. */
    private void register(SharedReclaimer kit, Runnable first, Runnable further) {
        Scripted shrinker = new Scripted(control -> 1, control -> {
            threads.add(Thread.currentThread());
            boolean isFirst = visited.isEmpty();
            visited.add(control.cgroup());
            (isFirst ? first : further).run();
            return 1;
        });
        Bits.setIn(kit, CGROUPS, kit.register(ShrinkerSpec.named("one object").byCgroup(), shrinker));
    }

    private void awaitAnotherThread() {
        Threads.until(() -> threads.size() > 1);
    }

    @Test
    void longRequestsAreServedByTwoThreads() {
        register(PATIENT, () -> LockSupport.parkNanos(LONG_NANOS), this::awaitAnotherThread);
        ReclaimReport report = PATIENT.reclaim(ReclaimRequest.everywhere().startingAt(0));
        assertThat(report.freedObjects()).isEqualTo(VISITS);
        assertThat(threads).hasSizeGreaterThanOrEqualTo(2);
    }

    /** The thread of the pass stands still in the first visit. Another one takes over what is left. */
    @Test
    void requestsBehindAStuckOneAreServedByAnotherThread() {
        Gate gate = new Gate();
        register(KIT, gate::pass, () -> {});
        CompletionStage<ReclaimReport> round = KIT.reclaimer()
                .reclaim(ReclaimRequest.everywhere().startingAt(0).within(Duration.ofMinutes(1)));
        Threads.until(() -> visited.size() == VISITS);
        gate.open();
        ReclaimReport report = KIT.await(round);
        assertThat(report.outcome()).isEqualTo(RoundOutcome.DONE);
        assertThat(report.freedObjects()).isEqualTo(VISITS);
    }
}
