package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TicksTest {

    @ParameterizedTest
    @CsvSource({"7046, 1000, 8", "100, 20, 5", "1, 0.2, 5", "1.3, 0.5, 3", "0.03, 0.005, 6", "2000, 500, 4"})
    void valuesAreRoundAndReachTheLargest(double largest, double step, int steps) {
        List<Double> ticks = Ticks.values(largest);
        assertThat(ticks).hasSize(steps + 1).startsWith(0.0);
        assertThat(ticks.get(1)).isEqualTo(step);
        assertThat(ticks.get(steps)).isGreaterThanOrEqualTo(largest);
    }

    @Test
    void nothingHasAnAxisToo() {
        assertThat(Ticks.values(0)).startsWith(0.0).endsWith(1.0);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 7, 999, 60_000, 61_234, 3_600_000, 86_400_000, 1_000_000_000_000L})
    void timesAreFewAndNotBeyondTheEnd(long millis) {
        List<Duration> ticks = Ticks.times(Duration.ofMillis(millis), 8);
        assertThat(ticks)
                .hasSizeBetween(millis == 0 ? 1 : 2, 9)
                .startsWith(Duration.ZERO)
                .allMatch(tick -> tick.toMillis() <= millis);
    }
}
