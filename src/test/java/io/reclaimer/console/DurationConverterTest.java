package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationConverterTest {

    @ParameterizedTest
    @CsvSource({
        "1ms, PT0.001S",
        "500ms, PT0.5S",
        "20s, PT20S",
        "007s, PT7S",
        "90m, PT1H30M",
        "1h, PT1H",
        "10000h, PT10000H",
        "36000000000ms, PT10000H"
    })
    void numberWithAUnitIsADuration(String written, Duration duration) {
        assertThat(new DurationConverter().convert(written)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "s", "5", "5 s", " 5s", "5s ", "1.5s", "1,5s", "-5s", "+5s", "5S", "5d", "5min", "5sec", "5us",
                "1m30s", "0x5s", "1e3s", "5s5", "\u0665s", "5s\n", "PT5S"
            })
    void anotherFormatIsRefused(String written) {
        assertRefused(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0ms", "0s", "000h", "36000000001ms", "10001h", "600001m", "999999999999h", "9999999999999999s"})
    void aDurationOutOfRangeIsRefused(String written) {
        assertRefused(written);
    }

    private static void assertRefused(String written) {
        assertThatThrownBy(() -> new DurationConverter().convert(written))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContainingAll("[" + written + "]", "allowed is", "1ms", "10000h", "ms, s, m or h");
    }
}
