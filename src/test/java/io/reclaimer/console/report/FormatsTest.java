package io.reclaimer.console.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatsTest {

    private static final long MEGABYTE = 1 << 20;

    @ParameterizedTest
    @CsvSource({
        "0, 0:00.000",
        "7250, 0:07.250",
        "3599999, 59:59.999",
        "3600000, 1:00:00.000",
        "3727250, 1:02:07.250",
        "90000000, 25:00:00.000"
    })
    void timesAreOnAClock(long millis, String clock) {
        assertThat(Formats.clock(Duration.ofMillis(millis))).isEqualTo(clock);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0s",
        "1, 1ms",
        "250, 250ms",
        "1000, 1s",
        "10000, 10s",
        "1500, 1.5s",
        "60000, 1m",
        "3723500, 1h 2m 3.5s",
        "3600000, 1h",
        "3601000, 1h 1s"
    })
    void spansAreInUnits(long millis, String span) {
        assertThat(Formats.span(Duration.ofMillis(millis))).isEqualTo(span);
    }

    @Test
    void partsOfAMillisecondAreShown() {
        assertThat(Formats.span(Duration.ofNanos(1_500))).isEqualTo("0.002ms");
    }

    @Test
    void oneIsSingular() {
        assertThat(Formats.count(1, "round")).isEqualTo("1 round");
        assertThat(Formats.count(0, "round")).isEqualTo("0 rounds");
        assertThat(Formats.count(12_000, "round")).isEqualTo("12,000 rounds");
    }

    @Test
    void megabytesAreRounded() {
        assertThat(Formats.megabytes(MEGABYTE + MEGABYTE / 2 - 1)).isEqualTo(1);
        assertThat(Formats.megabytes(MEGABYTE + MEGABYTE / 2)).isEqualTo(2);
    }
}
