package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A shrinker that replies with stages, at a time that the test chooses. */
class AsyncShrinkerTest {

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create().with("reclaimer.call-deadline = 1h");

    /** A shrinker whose counts wait for the test, and whose scans free all that they are asked for. */
    private static final class Counted implements AsyncShrinker {
        private final Queue<CompletableFuture<Long>> counts = new ConcurrentLinkedQueue<>();

        @Override
        public CompletionStage<Long> count(ShrinkControl control) {
            CompletableFuture<Long> count = new CompletableFuture<>();
            counts.add(count);
            return count;
        }

        @Override
        public CompletionStage<Long> scan(ShrinkControl control) {
            return CompletableFuture.completedStage(control.nrToScan());
        }

        CompletableFuture<Long> nextCount() {
            Threads.until(() -> !counts.isEmpty());
            return counts.remove();
        }
    }

    private final Counted shrinker = new Counted();
    private final ShrinkerSpec spec = ShrinkerSpec.named("remote").byCgroup().byNode();

    @Test
    void bitThatIsClearedOnlyForTheSecondLookIsFoundAgainAlthoughAnotherRoundHasSeenItCleared() {
        kit.online("/a");
        Cgroup b = kit.online("/a/b");
        ShrinkerHandle handle = kit.await(kit.reclaimer().register(spec, shrinker));
        handle.setBit(b, 0);
        kit.settle();
        CompletionStage<ReclaimReport> first = kit.reclaimer().reclaim(ReclaimRequest.in("/a"));
        shrinker.nextCount().complete(Shrinker.EMPTY);
        CompletableFuture<Long> secondLook = shrinker.nextCount();
        assertThat(kit.reclaim(ReclaimRequest.in("/a")).visits()).isZero();
        secondLook.complete(0L);
        kit.await(first);
        assertThat(kit.state("/a/b", 0).bits()).containsExactly(handle.id());

        CompletionStage<ReclaimReport> third =
                kit.reclaimer().reclaim(ReclaimRequest.in("/a").startingAt(0));
        shrinker.nextCount().complete(128L);
        assertThat(kit.await(third).freedObjects()).isEqualTo(256);
    }

    @Test
    void theSameHoldsWhereTheFirstRoundHasThePairAtItsTop() {
        kit.online("/a");
        Cgroup b = kit.online("/a/b");
        ShrinkerHandle handle = kit.await(kit.reclaimer().register(spec, shrinker));
        handle.setBit(b, 0);
        kit.settle();
        CompletionStage<ReclaimReport> first = kit.reclaimer().reclaim(ReclaimRequest.in("/a/b"));
        shrinker.nextCount().complete(Shrinker.EMPTY);
        CompletableFuture<Long> secondLook = shrinker.nextCount();
        assertThat(kit.reclaim(ReclaimRequest.in("/a")).visits()).isZero();
        secondLook.complete(0L);
        kit.await(first);
        CompletionStage<ReclaimReport> third =
                kit.reclaimer().reclaim(ReclaimRequest.in("/a").startingAt(0));
        shrinker.nextCount().complete(128L);
        assertThat(kit.await(third).freedObjects()).isEqualTo(256);
    }

    @Test
    void roundsOnOnePairTakeTurns() {
        Cgroup a = kit.online("/a");
        ShrinkerHandle handle = kit.await(kit.reclaimer().register(spec, shrinker));
        handle.setBit(a, 0);
        kit.settle();
        CompletionStage<ReclaimReport> first = kit.reclaimer().reclaim(ReclaimRequest.in("/a"));
        CompletableFuture<Long> count = shrinker.nextCount();
        CompletionStage<ReclaimReport> second = kit.reclaimer().reclaim(ReclaimRequest.in("/a"));
        kit.settle();
        assertThat(shrinker.counts).isEmpty();
        count.complete(0L);
        kit.await(first);
        shrinker.nextCount().complete(0L);
        kit.await(second);
    }
}
