package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Counters and log of dropped messages; the clock is the test's. */
class WireFaultsTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final List<String> said = new ArrayList<>();
    private final WireFaults faults = new WireFaults(now::get, said::add);

    @Test
    void eachCauseIsCountedAndSaidOnceAMinute() {
        for (int i = 0; i < 5; i++) {
            faults.malformed("count/1", "too large");
            faults.droppedRequest("reclaim/1", "akka://other@10.9.9.9:1 uid 7");
        }
        now.addAndGet(WireFaults.QUIET_NANOS - 1);
        faults.malformed("count/1", "too large");
        faults.droppedRequest("reclaim/1", "akka://other@10.9.9.9:1 uid 7");
        assertThat(said).hasSize(2);
        assertThat(said.get(0)).contains("[count/1]", "too large", "[1] so far");
        assertThat(said.get(1)).contains("[reclaim/1]", "[akka://other@10.9.9.9:1 uid 7]", "no member", "[1] so far");
        now.addAndGet(1);
        faults.malformed("count/1", "too large");
        assertThat(said).hasSize(3).last().asString().contains("[7] so far");
        faults.droppedRequest("reclaim/1", "akka://other@10.9.9.9:1 uid 7");
        assertThat(said).hasSize(4).last().asString().contains("[7] so far");
        assertThat(faults.malformedMessages()).isEqualTo(7);
        assertThat(faults.droppedRequests()).isEqualTo(7);
    }

    /** The text comes from unknown senders. */
    @Test
    void lineIsOneLineAndNotLongWhateverWasSent() {
        faults.malformed("k\n".repeat(1_000), "why\r\n".repeat(10_000));
        faults.droppedRequest("k".repeat(1_000), "\u0000\u001b[31m".repeat(10_000));
        assertThat(said)
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(600).doesNotContainPattern("\\p{Cntrl}"));
    }
}
