package io.reclaimer.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.testkit.FaultyCache.Fault;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What is called after it was freed is noted, whatever is called; the calls go through. */
class CallRecordTest {

    private static final CgroupPath WEB = CgroupPath.of("/shop/web");
    private static final CgroupPath SHOP = CgroupPath.of("/shop");

    private final CallRecord record = new CallRecord();
    private final FaultyCache cache = new FaultyCache(Fault.NONE);

    @Test
    void callsOfAShrinkerAreLateFromItsFreeingOn() {
        Shrinker shrinker = record.around(cache);
        cache.put(WEB, 1);
        assertThat(shrinker.count(new Asked(WEB, 1, 0))).isOne();
        assertThat(record.late()).isEmpty();
        record.freed();
        assertThat(shrinker.count(new Asked(WEB, 1, 0))).isOne();
        assertThat(shrinker.reparent(WEB, SHOP, 1)).isOne();
        assertThat(shrinker.scan(new Asked(SHOP, 1, 5))).isOne();
        assertThat(record.late())
                .containsExactly(
                        "count for /shop/web on node 1",
                        "reparent for /shop/web on node 1",
                        "scan for /shop on node 1");
    }

    @Test
    void callsOfOneThatAnswersLaterAreLateFromItsFreeingOn() {
        AsyncShrinker shrinker = record.around(new AsyncShrinker() {
            @Override
            public CompletionStage<Long> count(ShrinkControl control) {
                return CompletableFuture.completedStage(cache.count(control));
            }

            @Override
            public CompletionStage<Long> scan(ShrinkControl control) {
                return CompletableFuture.completedStage(cache.scan(control));
            }
        });
        assertThat(shrinker.scan(new Asked(WEB, 0, 5))).isCompletedWithValue(0L);
        assertThat(record.late()).isEmpty();
        record.freed();
        assertThat(shrinker.count(new Asked(WEB, 0, 0))).isCompletedWithValue(Shrinker.EMPTY);
        assertThat(shrinker.reparent(WEB, SHOP, 0)).isCompletedWithValue(0L);
        assertThat(shrinker.scan(new Asked(WEB, 0, 5))).isCompletedWithValue(0L);
        assertThat(record.late()).hasSize(3);
    }
}
