package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.pressure.Watermarks.Decision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class WatermarksTest {

    private static final Watermarks MARKS = new Watermarks(0.1, 0.2, 0.3);

    /** The limit in bytes. The watermarks are 100, 200 and 300 bytes free. */
    private static final long LIMIT = 1000;

    @ParameterizedTest
    @CsvSource({
        // before, live, state, wanted
        "NONE, 0, NONE, 0",
        "NONE, 700, NONE, 0",
        "NONE, 701, NONE, 0",
        "NONE, 800, NONE, 0",
        "NONE, 801, LOW, 101",
        "NONE, 900, LOW, 200",
        "NONE, 901, MIN, 201",
        "NONE, 1000, MIN, 300",
        "NONE, 1500, MIN, 800",
        "LOW, 0, NONE, 0",
        "LOW, 700, NONE, 0",
        "LOW, 701, LOW, 1",
        "LOW, 800, LOW, 100",
        "LOW, 801, LOW, 101",
        "LOW, 900, LOW, 200",
        "LOW, 901, MIN, 201",
        "MIN, 700, NONE, 0",
        "MIN, 701, LOW, 1",
        "MIN, 900, LOW, 200",
        "MIN, 901, MIN, 201"
    })
    void pressureStartsBelowLowAndGoesOnUntilHigh(PressureState before, long live, PressureState state, long wanted) {
        assertThat(MARKS.decide(before, LIMIT, live)).isEqualTo(new Decision(state, wanted));
    }

    @ParameterizedTest
    @EnumSource
    void freeingWhatIsWantedEndsThePressure(PressureState before) {
        for (long live = 0; live <= 1100; live++) {
            Decision decision = MARKS.decide(before, LIMIT, live);
            assertThat(decision.wantedBytes() > 0)
                    .as("live %d", live)
                    .isEqualTo(decision.state() != PressureState.NONE);
            assertThat(MARKS.decide(decision.state(), LIMIT, live - decision.wantedBytes()))
                    .as("live %d", live)
                    .isEqualTo(new Decision(PressureState.NONE, 0));
        }
    }

    @Test
    void betweenLowAndHighThePressureStaysWhatItWas() {
        for (long live = 701; live <= 800; live++) {
            assertThat(MARKS.decide(PressureState.NONE, LIMIT, live).state()).isEqualTo(PressureState.NONE);
            assertThat(MARKS.decide(PressureState.LOW, LIMIT, live).state()).isEqualTo(PressureState.LOW);
        }
    }

    /** A third of a byte free is less than one byte. */
    @Test
    void sharesThatAreNoWholeBytesAreRoundedUp() {
        Watermarks thirds = new Watermarks(0.21, 0.25, 0.35);
        assertThat(thirds.decide(PressureState.NONE, 10, 7)).isEqualTo(new Decision(PressureState.NONE, 0));
        assertThat(thirds.decide(PressureState.LOW, 10, 7)).isEqualTo(new Decision(PressureState.LOW, 1));
        assertThat(thirds.decide(PressureState.NONE, 10, 8)).isEqualTo(new Decision(PressureState.MIN, 2));
    }

    @Test
    void hugeHeapDoesNotOverflow() {
        long limit = 1L << 50;
        assertThat(MARKS.decide(PressureState.NONE, limit, limit).state()).isEqualTo(PressureState.MIN);
        assertThat(MARKS.decide(PressureState.NONE, limit, limit).wantedBytes())
                .isBetween((long) (0.3 * limit), (long) (0.3 * limit) + 1);
    }

    @Test
    void pressureBeginsAboveTheLowMarkAndEndsAtTheHighOne() {
        assertThat(MARKS.decide(PressureState.NONE, LIMIT, MARKS.lowMark(LIMIT)).state())
                .isEqualTo(PressureState.NONE);
        assertThat(MARKS.decide(PressureState.NONE, LIMIT, MARKS.lowMark(LIMIT) + 1)
                        .state())
                .isEqualTo(PressureState.LOW);
        assertThat(MARKS.decide(PressureState.LOW, LIMIT, MARKS.highMark(LIMIT)).state())
                .isEqualTo(PressureState.NONE);
        assertThat(MARKS.decide(PressureState.LOW, LIMIT, MARKS.highMark(LIMIT) + 1)
                        .wantedBytes())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.2, 0.3",
        "-0.1, 0.2, 0.3",
        "0.2, 0.2, 0.3",
        "0.3, 0.2, 0.4",
        "0.1, 0.3, 0.3",
        "0.1, 0.3, 0.2",
        "0.1, 0.2, 1",
        "0.1, 0.2, 1.5",
        "NaN, 0.2, 0.3",
        "0.1, NaN, 0.3",
        "0.1, 0.2, NaN"
    })
    void watermarksThatDoNotRiseBetween0And1AreRefused(double min, double low, double high) {
        assertThatThrownBy(() -> new Watermarks(min, low, high))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "min [" + min + "]", "low [" + low + "]", "high [" + high + "]", "0 < min < low < high < 1");
    }
}
