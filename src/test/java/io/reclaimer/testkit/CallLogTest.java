package io.reclaimer.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A call log records each call, marks the calls after the free, and passes all calls on. */
class CallLogTest {

    private static final CgroupPath WEB = CgroupPath.of("/shop/web");
    private static final CgroupPath SHOP = CgroupPath.of("/shop");

    private final CallLog log = new CallLog("pages", () -> Duration.ofSeconds(3));
    private final TableShrinker table = TableShrinker.full();

    @Test
    void callsOfAShrinkerAreLateAfterItsFree() {
        Shrinker shrinker = log.recording(table);
        table.put(WEB, 1, 1);
        assertThat(shrinker.count(new FakeControl(WEB, 1, 0))).isOne();
        log.markFreed();
        assertThat(log.callsAfterFreed()).isEmpty();
        assertThat(shrinker.count(new FakeControl(WEB, 1, 0))).isOne();
        assertThat(shrinker.reparent(WEB, SHOP, 1)).isOne();
        assertThat(shrinker.scan(new FakeControl(SHOP, 1, 5))).isOne();
        assertThat(log.callsAfterFreed())
                .extracting(ShrinkerCall::toString)
                .containsExactly(
                        "count of pages for /shop/web on node 1",
                        "reparent of pages for /shop/web on node 1",
                        "scan of pages for /shop on node 1");
        assertThat(log.calls()).hasSize(4);
    }

    @Test
    void callsOfAnAsyncShrinkerAreLateAfterItsFree() {
        AsyncShrinker shrinker = log.recording(Kind.async(table, Runnable::run));
        assertThat(shrinker.scan(new FakeControl(WEB, 0, 5))).isCompletedWithValue(0L);
        log.markFreed();
        assertThat(log.callsAfterFreed()).isEmpty();
        assertThat(shrinker.count(new FakeControl(WEB, 0, 0))).isCompletedWithValue(Shrinker.EMPTY);
        assertThat(shrinker.reparent(WEB, SHOP, 0)).isCompletedWithValue(0L);
        assertThat(shrinker.scan(new FakeControl(WEB, 0, 5))).isCompletedWithValue(0L);
        assertThat(log.callsAfterFreed()).hasSize(3);
    }

    @Test
    void callHasItsArgumentsAndItsResult() {
        table.put(WEB, 1, 3);
        log.recording(table).scan(new FakeControl(WEB, 1, 2));
        assertThat(log.calls()).singleElement().satisfies(call -> {
            assertThat(call.at()).isEqualTo(Duration.ofSeconds(3));
            assertThat(call.kind()).isEqualTo(ShrinkerCall.Kind.SCAN);
            assertThat(call.shrinker()).isEqualTo("pages");
            assertThat(call.cgroup()).isEqualTo(WEB);
            assertThat(call.node()).isOne();
            assertThat(call.nrToScan()).isEqualTo(2);
            assertThat(call.result()).hasValue(2);
        });
    }

    @Test
    void resultIsEmptyWhileTheCallIsUnderWayAndWhereItFailed() {
        CompletableFuture<Long> stage = new CompletableFuture<>();
        AsyncShrinker shrinker = log.recording(AsyncScripted.of(stage, stage));
        assertThat(shrinker.count(new FakeControl(WEB, 0, 0))).isSameAs(stage);
        assertThat(log.calls()).extracting(ShrinkerCall::result).containsExactly(OptionalLong.empty());
        stage.complete(7L);
        assertThat(log.calls()).extracting(ShrinkerCall::result).containsExactly(OptionalLong.of(7));
        Shrinker failing = log.recording(new Scripted(
                control -> {
                    throw new IllegalStateException("broken");
                },
                control -> 0));
        assertThatThrownBy(() -> failing.count(new FakeControl(WEB, 0, 0))).hasMessage("broken");
        assertThat(log.calls().get(1).result()).isEmpty();
    }
}
