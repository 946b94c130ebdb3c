package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A plain shrinker whose call does not come back keeps a thread. The visits of others go on. */
class StuckCallTest {

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create().with("reclaimer.call-deadline = 200ms");

    private final Gate gate = new Gate();

    @Test
    void moreStuckShrinkersThanThereAreThreadsHoldUpNobodyElse() {
        int stuck = Runtime.getRuntime().availableProcessors() + 2;
        List<CompletionStage<ReclaimReport>> rounds = new ArrayList<>();
        List<ShrinkerHandle> handles = new ArrayList<>();
        for (int i = 0; i < stuck; i++) {
            ShrinkerHandle handle = KIT.register(
                    ShrinkerSpec.named("stuck" + i).byCgroup(), new Scripted(this::standStill, control -> 1));
            handle.setBit(KIT.online("/stuck" + i), 0);
            handles.add(handle);
        }
        Cache good = Cache.register(KIT, "good");
        Cgroup a = KIT.online("/a");
        good.put(a, 0, 10);
        KIT.settle();
        for (int i = 0; i < stuck; i++) {
            rounds.add(KIT.reclaimer().reclaim(ReclaimRequest.in("/stuck" + i).within(Duration.ofSeconds(30))));
        }
        // With one such call per thread all threads are taken, until they are replaced.
        assertThat(KIT.pass("/a", 0, 0).freedObjects()).isEqualTo(10);
        Threads.until(() -> handles.stream().allMatch(handle -> handle.state().stuckCalls() == 1));
        assertThat(handles.get(0).state().faults()).isOne();
        assertThat(handles.get(0).state().lastFault().orElseThrow())
                .contains("has not come back within [PT0.2S]", "reclaimer.call-deadline", "blocking");
        gate.open();
        rounds.forEach(KIT::await);
        Threads.until(() -> handles.stream().allMatch(handle -> handle.state().stuckCalls() == 0));
        assertThat(handles).allMatch(handle -> handle.state().lateReplies() == 1);
    }

    @Test
    void shrinkerIsLeftAloneWhileACallOfItIsStuckAndItsLateAnswerIsIgnored() {
        AtomicInteger counts = new AtomicInteger();
        ShrinkerHandle handle = KIT.register(
                ShrinkerSpec.named("s").byCgroup(),
                new Scripted(control -> counts.incrementAndGet() == 1 ? standStill(control) : 10, control -> 10));
        Bits.setIn(KIT, List.of("/a", "/b"), handle);
        CompletionStage<ReclaimReport> round =
                KIT.reclaimer().reclaim(ReclaimRequest.in("/a").startingAt(0).within(Duration.ofMinutes(1)));
        Threads.until(() -> handle.state().stuckCalls() == 1);
        assertThat(KIT.pass("/b", 0, 0).visits()).isZero();
        gate.open();
        assertThat(KIT.await(round).freedObjects()).isZero();
        Threads.until(() -> handle.state().stuckCalls() == 0);
        assertThat(handle.state().faults()).isOne();
        assertThat(handle.state().lateReplies()).isOne();
        assertThat(KIT.pass("/b", 0, 0).freedObjects()).isEqualTo(10);
    }

    @Test
    void freeingAnswersOnlyWhenTheCallHasComeBack() {
        Scripted stuck = new Scripted(this::standStill, control -> 1);
        ShrinkerHandle handle =
                Bits.setIn(KIT, "/a", KIT.register(ShrinkerSpec.named("s").byCgroup(), stuck));
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/a").within(Duration.ofMillis(500)));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.DEADLINE);
        Threads.until(() -> handle.state().stuckCalls() == 1);
        CompletableFuture<Done> freed = handle.free().toCompletableFuture();
        KIT.online("/b");
        assertThat(freed).isNotDone();
        gate.open();
        KIT.await(freed);
    }

    @Test
    void quickCallsAreNotAccused() {
        Cache good = Cache.register(KIT, ShrinkerSpec.named("good").byCgroup().batch(1));
        Cgroup a = KIT.online("/a");
        long start = System.nanoTime();
        // Far longer than a deadline, in calls that are each far shorter than one.
        while (System.nanoTime() - start < Duration.ofMillis(700).toNanos()) {
            good.put(a, 0, 2_000);
            KIT.settle();
            KIT.pass("/a", 0, 0);
        }
        assertThat(good.handle().state().faults()).isZero();
    }

    private long standStill(Object control) {
        gate.pass();
        return 10;
    }
}
