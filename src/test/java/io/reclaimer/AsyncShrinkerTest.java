package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** Also where the first round has the pair at its top. */
    @ParameterizedTest
    @ValueSource(strings = {"/a", "/a/b"})
    void bitThatIsClearedOnlyForTheSecondLookIsFoundAgainAlthoughAnotherRoundHasSeenItCleared(String top) {
        ShrinkerHandle handle = Bits.setIn(kit, "/a/b", kit.register(spec, shrinker));

        CompletionStage<ReclaimReport> first = kit.reclaimer().reclaim(ReclaimRequest.in(top));
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
    void roundsOnOnePairTakeTurns() {
        Bits.setIn(kit, "/a", kit.register(spec, shrinker));
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
