package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ValuesTest {

    private static final int KEYS = 100_000;

    @Test
    void sizeDependsOnTheKeyAlone() {
        assertThat(Values.load(42)).hasSize(Values.sizeOf(42));
        assertThat(Values.sizeOf(42)).isEqualTo(Values.sizeOf(42));
        assertThat(LongStream.range(0, 100).mapToInt(Values::sizeOf).distinct().count())
                .isGreaterThan(50);
    }

    @Test
    void sizesAreFromTheSmallestTo16TimesThat() {
        assertThat(LongStream.range(-KEYS, KEYS).mapToInt(Values::sizeOf))
                .allMatch(size -> size >= Values.SMALLEST && size <= 16 * Values.SMALLEST);
    }

    /** The sizes' standard deviation is below their mean, so that of their average is below mean / sqrt(keys). */
    @Test
    void averageSizeIsTheOneRoundsAreToldOf() {
        double average =
                LongStream.range(0, KEYS).mapToInt(Values::sizeOf).average().orElseThrow();
        assertThat(Math.abs(average - Values.MEAN_BYTES)).isLessThan(5 * Values.MEAN_BYTES / Math.sqrt(KEYS) + 1);
    }
}
