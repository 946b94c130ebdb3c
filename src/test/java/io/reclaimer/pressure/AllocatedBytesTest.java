package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AllocatedBytesTest {

    private final AtomicLong total = new AtomicLong();
    private final AllocatedBytes allocated = new AllocatedBytes(total::get);

    @Test
    void beforeTheFirstSampleNothingIsKnown() {
        total.set(1_000);
        assertThat(allocated.between(0, 10, 10)).isZero();
    }

    @Test
    void shareOfTheTimeIsTheShareOfTheBytes() {
        at(100, 5_000);
        total.set(6_000);
        assertThat(allocated.between(150, 200, 200)).isEqualTo(500);
        assertThat(allocated.between(100, 200, 200)).isEqualTo(1_000);
    }

    /** The collection was reported some time after its end. */
    @Test
    void bytesAllocatedAfterTheEndDoNotCount() {
        at(100, 0);
        total.set(1_000);
        assertThat(allocated.between(100, 150, 200)).isEqualTo(500);
    }

    @Test
    void lastSampleBeforeTheBeginningCounts() {
        at(100, 0);
        at(200, 100_000);
        at(300, 100_000);
        total.set(100_500);
        assertThat(allocated.between(250, 300, 400)).as("from 200 on").isEqualTo(125);
    }

    @Test
    void oldestSamplesAreDropped() {
        for (int i = 0; i < 100; i++) {
            at(i, i * 10L);
        }
        total.set(1_000);
        assertThat(allocated.between(0, 100, 100)).isEqualTo(160);
    }

    /** The bytes of threads that have ended are missing from the sum. */
    @Test
    void sumThatFallsIsNotNegative() {
        at(100, 10_000);
        total.set(9_000);
        assertThat(allocated.between(100, 200, 200)).isZero();
    }

    @Test
    void threadsOfThisJvmAreCounted() {
        AllocatedBytes ofThisJvm = new AllocatedBytes();
        ofThisJvm.sample(0);
        byte[] array = new byte[10 << 20];
        assertThat(ofThisJvm.between(0, 10, 10)).isGreaterThan(array.length);
    }

    private void at(long millis, long bytes) {
        total.set(bytes);
        allocated.sample(millis);
    }
}
