package io.reclaimer.console.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.ReclaimReport;
import io.reclaimer.adapter.DirectBufferPool;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ResponsesTest {

    private static final long SENT_NANOS = Responses.IN_FLIGHT.toNanos();
    private static final byte[] PAGE = {1, 2, 3};

    @RegisterExtension
    final ReclaimerExtension kit =
            ReclaimerExtension.create().with(Workload.DEFAULTS.root().render());

    private DirectBufferPool pool;
    private Responses responses;

    @BeforeEach
    void register() {
        pool = kit.await(
                DirectBufferPool.register(kit.reclaimer(), ShrinkerSpec.named("buffers"), Responses.BUFFER_BYTES));
        responses = new Responses(pool, kit.online("/batch"), 300);
    }

    @Test
    void responseKeepsItsBufferUntilItWasSent() {
        start(3, 100);
        responses.closeSent(100 + SENT_NANOS - 1);
        assertLeasedAndFree(3, 0);
        responses.closeSent(100 + SENT_NANOS);
        assertLeasedAndFree(0, 3);
    }

    @Test
    void onlySentResponsesReturnTheirBuffers() {
        start(2, 0);
        start(5, 10);
        responses.closeSent(SENT_NANOS);
        assertLeasedAndFree(5, 2);
    }

    @Test
    void bufferIsUsedAgain() {
        start(1, 0);
        responses.closeSent(SENT_NANOS);
        start(1, SENT_NANOS);
        assertLeasedAndFree(1, 0);
    }

    @Test
    void clockMayOverflow() {
        start(1, Long.MAX_VALUE);
        responses.closeSent(Long.MIN_VALUE);
        assertLeasedAndFree(1, 0);
        responses.closeSent(Long.MIN_VALUE + SENT_NANOS);
        assertLeasedAndFree(0, 1);
    }

    @Test
    void oneMoreThanAllowedCompletesTheOldest() {
        start(301, 0);
        assertLeasedAndFree(300, 0);
    }

    @Test
    void atTheEndAllBuffersAreBack() {
        start(20, 0);
        responses.closeAll();
        responses.closeAll();
        assertLeasedAndFree(0, 20);
    }

    @Test
    void largestValueFits() {
        responses.start(new byte[16 * Payload.SMALLEST_BYTES], 0);
        assertLeasedAndFree(1, 0);
    }

    @Test
    void allTenantsTogetherStayBelowTheHeapsMaximum() {
        for (long heapBytes : new long[] {16 << 20, 256 << 20, 1L << 50}) {
            long bytes = (long) Tenant.values().length * Responses.maxInFlight(heapBytes) * Responses.BUFFER_BYTES;
            assertThat(bytes).isBetween(1L, heapBytes / 2);
        }
        assertThat(Responses.maxInFlight(1)).isOne();
    }

    /** Each pass halves the free buffers while there are many. */
    @Test
    void freeBuffersOfASurgeAreReclaimedInBatches() {
        start(300, 0);
        responses.closeAll();
        assertThat(pass().freedObjects()).isEqualTo(128);
        assertThat(pool.statistics().reclaimed()).isEqualTo(128);
        assertLeasedAndFree(0, 172);
    }

    @Test
    void fewFreeBuffersAreReclaimedByTheFifthPass() {
        start(100, 0);
        responses.closeAll();
        for (int i = 1; i <= 4; i++) {
            assertThat(pass().freedObjects()).as("pass " + i).isZero();
        }
        assertThat(pass().freedObjects()).isEqualTo(100);
        assertLeasedAndFree(0, 0);
    }

    @Test
    void buffersInFlightAreNotReclaimed() {
        start(300, 0);
        assertThat(pass().freedObjects()).isZero();
        assertLeasedAndFree(300, 0);
    }

    private ReclaimReport pass() {
        kit.settle();
        return kit.reclaim(BufferRounds.request(kit.reclaimer().settings().node(DirectBufferPool.NODE)));
    }

    private void start(int count, long nowNanos) {
        for (int i = 0; i < count; i++) {
            responses.start(PAGE, nowNanos);
        }
    }

    private void assertLeasedAndFree(long leased, long free) {
        assertThat(pool.statistics().leased()).as("leased").isEqualTo(leased);
        assertThat(pool.statistics().free()).as("free").isEqualTo(free);
    }
}
