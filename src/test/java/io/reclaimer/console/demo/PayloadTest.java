package io.reclaimer.console.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PayloadTest {

    private static final int KEYS = 100_000;

    @Test
    void sizeDependsOnTheKeyAlone() {
        assertThat(Payload.load(42)).hasSize(Payload.sizeOf(42));
        assertThat(Payload.sizeOf(42)).isEqualTo(Payload.sizeOf(42));
        assertThat(LongStream.range(0, 100).mapToInt(Payload::sizeOf).distinct().count())
                .isGreaterThan(50);
    }

    @Test
    void sizesAreFromTheSmallestTo16TimesThat() {
        assertThat(LongStream.range(-KEYS, KEYS).mapToInt(Payload::sizeOf))
                .allMatch(size -> size >= Payload.SMALLEST_BYTES && size <= 16 * Payload.SMALLEST_BYTES);
    }

    /** The standard deviation of a size is below the mean, so that of the average is below mean / sqrt(keys). */
    @Test
    void theMeanSizeIsTheDeclaredOne() {
        double average =
                LongStream.range(0, KEYS).mapToInt(Payload::sizeOf).average().orElseThrow();
        assertThat(Math.abs(average - Payload.MEAN_BYTES)).isLessThan(5 * Payload.MEAN_BYTES / Math.sqrt(KEYS) + 1);
    }
}
