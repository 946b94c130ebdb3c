package io.reclaimer.console.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.scenario.model.ScenarioResult.Kind;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScenarioPictureTest {

    private static final int LINE = 3;

    @Test
    void theCourseOfAScenarioIsDrawn() {
        KnownResult known = new KnownResult()
                .series("pages /noisy", "objects", 0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 0, 0, 0)
                .series("pages /quiet", "objects", 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5)
                .event(0, Kind.STEP, "online /noisy")
                .event(5_000, Kind.FAULT, "pages: it threw")
                .verdict(5_000, true, "a", LINE)
                .verdict(5_000, false, "b", LINE)
                .verdict(5_000, true, "c", LINE)
                .verdict(10_000, true, "d", LINE);
        IntStream.range(0, 12).forEach(i -> known.round(8_000, "TARGET_REACHED", 1));
        IntStream.range(0, 3).forEach(i -> known.round(2_000, "TARGET_REACHED", 1));
        assertThat(ScenarioPicture.of(known.result(), 76))
                .containsExactly(
                        "  pages /noisy  ▁▁▁▁▂▂▂▂▃▃▃▃▄▄▄▄▅▅▅▅▆▆▆▆▇▇▇▇████▁▁▁▁▁▁▁▁  0 to 7,000 objects",
                        "  pages /quiet  ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄  always 5 objects",
                        "  steps         ·                                         1",
                        "  rounds                3                       #         15",
                        "  faults                            ·                     1",
                        "  verdicts                          F                  P  4",
                        "                └───────┴───────┴───────┴───────┴──────┴",
                        "                0s      2s      4s      6s      8s   10s",
                        "  (▁ smallest to █ largest value of the row; · one event, 2 to 9 events, # more;"
                                + " P passed, F failed)",
                        "");
    }

    @Test
    void theSmallestSeriesAreLeftOutIfThereAreTooMany() {
        KnownResult known = new KnownResult();
        IntStream.range(0, 14).forEach(i -> known.series("pages /t" + i, "objects", 0, i == 0 ? 1_000 : i));
        List<String> lines = ScenarioPicture.of(known.result(), 100);
        assertThat(lines).filteredOn(line -> line.contains("pages /t")).hasSize(10);
        assertThat(lines.get(0)).contains("pages /t0 ");
        assertThat(lines.get(1)).contains("pages /t5 ");
        assertThat(lines).contains("  ... 4 more series, whose largest values are smaller; --html shows all");
        assertThat(lines).hasSizeLessThanOrEqualTo(24);
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 100, 237, 400})
    void rowsAreNoWiderThanTheTerminal(int width) {
        KnownResult known = new KnownResult()
                .series("member1 a-shrinker-with-a-long-name /and/a/deep/cgroup", "objects", 0, 1, 1_000_000_000)
                .event(0, Kind.STEP, "dump")
                .verdict(10_000, true, "a", LINE);
        assertThat(ScenarioPicture.of(known.result(), width))
                .filteredOn(line -> !line.startsWith("  ("))
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(width))
                .anySatisfy(line -> assertThat(line.length()).isGreaterThan(width - 10));
    }

    @Test
    void aScenarioWithoutDurationHasAPicture() {
        KnownResult known = new KnownResult()
                .elapsed(Duration.ZERO)
                .series("pages /a", "objects", 3)
                .event(0, Kind.STEP, "dump");
        assertThat(ScenarioPicture.of(known.result(), 60))
                .anyMatch(line -> line.startsWith("  pages /a  ▄ "))
                .anyMatch(line -> line.startsWith("  steps     · "))
                .anyMatch(line -> line.startsWith("            0s"));
    }

    @Test
    void anEmptyScenarioIsAnAxis() {
        assertThat(ScenarioPicture.of(new KnownResult().result(), 60)).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource({"80, 80", "1, 60", "100000, 400", "wide, 100", "-5, 100", "99999999999, 100", "'', 100"})
    void theWidthIsThatOfTheTerminalWithinLimits(String columns, int width) {
        assertThat(ScenarioPicture.width(columns)).isEqualTo(width);
    }

    @Test
    void theDefaultWidthIsAHundredColumns() {
        assertThat(ScenarioPicture.width(null)).isEqualTo(100);
    }
}
