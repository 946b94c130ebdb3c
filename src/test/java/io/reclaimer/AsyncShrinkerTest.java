package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Threads;
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
    static final SharedReclaimer KIT = SharedReclaimer.create().with("reclaimer.call-deadline = 1h");

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
        ShrinkerHandle handle = Bits.setIn(KIT, "/a/b", KIT.register(spec, shrinker));

        CompletionStage<ReclaimReport> first = KIT.reclaimer().reclaim(ReclaimRequest.in(top));
        shrinker.nextCount().complete(Shrinker.EMPTY);
        CompletableFuture<Long> secondLook = shrinker.nextCount();
        assertThat(KIT.reclaim(ReclaimRequest.in("/a")).visits()).isZero();
        secondLook.complete(0L);
        KIT.await(first);
        assertThat(KIT.state("/a/b", 0).bits()).containsExactly(handle.id());

        CompletionStage<ReclaimReport> third =
                KIT.reclaimer().reclaim(ReclaimRequest.in("/a").startingAt(0));
        shrinker.nextCount().complete(128L);
        assertThat(KIT.await(third).freedObjects()).isEqualTo(256);
    }

    @Test
    void roundsOnOnePairTakeTurns() {
        Bits.setIn(KIT, "/a", KIT.register(spec, shrinker));
        CompletionStage<ReclaimReport> first = KIT.reclaimer().reclaim(ReclaimRequest.in("/a"));
        CompletableFuture<Long> count = shrinker.nextCount();
        CompletionStage<ReclaimReport> second = KIT.reclaimer().reclaim(ReclaimRequest.in("/a"));
        KIT.settle();
        assertThat(shrinker.counts).isEmpty();
        count.complete(0L);
        KIT.await(first);
        shrinker.nextCount().complete(0L);
        KIT.await(second);
    }
}
