package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeapPressureSettingsTest {

    private static final String PATH = "reclaimer.pressure.heap";
    private static final Config DEFAULTS = ConfigFactory.load();

    @Test
    void defaultsAreThoseOfTheReferenceFile() {
        HeapPressureSettings settings = HeapPressureSettings.of(DEFAULTS);
        Config heap = DEFAULTS.getConfig(PATH);
        assertThat(settings)
                .isEqualTo(new HeapPressureSettings(
                        true,
                        new Watermarks(
                                heap.getDouble("watermarks.min"),
                                heap.getDouble("watermarks.low"),
                                heap.getDouble("watermarks.high")),
                        heap.getDouble("floor"),
                        heap.getDuration("sample-interval"),
                        heap.getDuration("retry-min"),
                        heap.getDuration("retry-max"),
                        heap.getDuration("background-deadline"),
                        heap.getDuration("direct-deadline")));
    }

    /** Detects a setting that is read from the path of another one, or not at all. */
    @Test
    void everySettingIsReadFromItsOwnPlace() {
        HeapPressureSettings settings = HeapPressureSettings.of(with("""
                rounds = off
                watermarks { min = 0.31, low = 0.32, high = 0.33 }
                floor = 0.30
                sample-interval = 35 ms
                retry-min = 36 ms
                retry-max = 37 ms
                background-deadline = 38 ms
                direct-deadline = 39 ms
                """));
        assertThat(settings.rounds()).isFalse();
        assertThat(settings.watermarks()).isEqualTo(new Watermarks(0.31, 0.32, 0.33));
        assertThat(settings.floor()).isEqualTo(0.30);
        assertThat(settings.sampleInterval()).hasMillis(35);
        assertThat(settings.retryMin()).hasMillis(36);
        assertThat(settings.retryMax()).hasMillis(37);
        assertThat(settings.backgroundDeadline()).hasMillis(38);
        assertThat(settings.directDeadline()).hasMillis(39);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    rounds = maybe                 | rounds is [maybe]                  | on or off
                    rounds = 7                     | rounds is [7]                      | on or off
                    rounds = []                    | rounds is [[]]                     | on or off
                    watermarks.min = 0             | watermarks.min is [0               | above 0 and below 1
                    watermarks.min = -0.1          | watermarks.min is [-0.1]           | above 0 and below 1
                    watermarks.min = NaN           | watermarks.min is [NaN]            | above 0 and below 1
                    watermarks.min = little        | watermarks.min is [little]         | above 0 and below 1
                    watermarks.low = 1             | watermarks.low is [1               | above 0 and below 1
                    watermarks.low = "20 %"        | watermarks.low is [20 %]           | above 0 and below 1
                    watermarks.high = 25           | watermarks.high is [25             | above 0 and below 1
                    watermarks.high = {}           | watermarks.high is [{}]            | above 0 and below 1
                    floor = -0.1                   | floor is [-0.1]                    | from 0 to below 1
                    floor = 1                      | floor is [1                        | from 0 to below 1
                    floor = some                   | floor is [some]                    | from 0 to below 1
                    sample-interval = 0s             | sample-interval is [0s]              | 1 ms to 1 h
                    sample-interval = 999us          | sample-interval is [999us]           | 1 ms to 1 h
                    sample-interval = 3601s          | sample-interval is [3601s]           | 1 ms to 1 h
                    sample-interval = soon           | sample-interval is [soon]            | 1 ms to 1 h
                    retry-min = 0s                 | retry-min is [0s]                  | 1 ms to 1 h
                    retry-min = -1s                | retry-min is [-1s]                 | 1 ms to 1 h
                    retry-max = 61m                | retry-max is [61m]                 | to 1 h
                    background-deadline = 0s       | background-deadline is [0s]        | 1 ms to 1 h
                    background-deadline = 2h       | background-deadline is [2h]        | 1 ms to 1 h
                    direct-deadline = 0s           | direct-deadline is [0s]            | 1 ms to 1 h
                    direct-deadline = 2h           | direct-deadline is [2h]            | 1 ms to 1 h
                    direct-deadline = []           | direct-deadline is [[]]            | 1 ms to 1 h
                    """)
    void badValueIsRefusedByKeyValueAndWhatIsAllowed(String setting, String named, String allowed) {
        assertThatThrownBy(() -> HeapPressureSettings.of(with(setting)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(PATH + "." + named, allowed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rounds",
                "watermarks.min",
                "watermarks.low",
                "watermarks.high",
                "sample-interval",
                "retry-min",
                "retry-max",
                "background-deadline",
                "direct-deadline"
            })
    void settingThatIsMissingIsRefusedByKey(String key) {
        for (Config without : new Config[] {DEFAULTS.withoutPath(PATH + "." + key), with(key + " = null")}) {
            assertThatThrownBy(() -> HeapPressureSettings.of(without))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(PATH + "." + key, "has to be");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "watermarks { min = 0.2, low = 0.2, high = 0.3 }",
                "watermarks { min = 0.3, low = 0.2, high = 0.4 }",
                "watermarks { min = 0.1, low = 0.3, high = 0.3 }",
                "watermarks { min = 0.1, low = 0.4, high = 0.3 }"
            })
    void watermarksThatDoNotRiseAreRefusedTogether(String setting) {
        Config heap = with(setting).getConfig(PATH + ".watermarks");
        assertThatThrownBy(() -> HeapPressureSettings.of(with(setting)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        PATH + ".watermarks",
                        "min [" + heap.getDouble("min") + "]",
                        "low [" + heap.getDouble("low") + "]",
                        "high [" + heap.getDouble("high") + "]",
                        "min < low < high");
    }

    @Test
    void longestRestIsNotShorterThanTheFirst() {
        assertThatThrownBy(() -> HeapPressureSettings.of(with("retry-min = 300 ms, retry-max = 299 ms")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(PATH + ".retry-max is [299 ms]", "from 300 ms");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "watermarks { min = 0.000001, low = 0.000002, high = 0.999999 }",
                "sample-interval = 1ms",
                "sample-interval = 1h",
                "retry-min = 1ms, retry-max = 1ms",
                "retry-min = 1h, retry-max = 1h",
                "background-deadline = 1ms, direct-deadline = 1h"
            })
    void limitsThemselvesAreAllowed(String setting) {
        assertThat(HeapPressureSettings.of(with(setting)).rounds()).isTrue();
    }

    private static Config with(String setting) {
        return ConfigFactory.parseString(PATH + " {\n" + setting + "\n}").withFallback(DEFAULTS);
    }
}
