package io.reclaimer.console.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeTicksTest {

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 7, 999, 60_000, 61_234, 3_600_000, 86_400_000, 1_000_000_000_000L})
    void timesAreFewAndNotBeyondTheEnd(long millis) {
        List<Duration> ticks = TimeTicks.until(Duration.ofMillis(millis), 8);
        assertThat(ticks)
                .hasSizeBetween(millis == 0 ? 1 : 2, 9)
                .startsWith(Duration.ZERO)
                .allMatch(tick -> tick.toMillis() <= millis);
    }
}
