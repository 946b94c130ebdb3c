package io.reclaimer.console.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.scenario.model.ScenarioResult.Point;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SparklineTest {

    @Test
    void valuesAreBlocksFromTheSmallestToTheLargest() {
        assertThat(line(8, 8, 0, 1, 2, 3, 4, 5, 6, 7)).isEqualTo("▁▂▃▄▅▆▇█");
        assertThat(line(3, 3, 100, 107, 104)).isEqualTo("▁█▅");
    }

    @Test
    void aColumnShowsTheLargestValueOfItsTime() {
        assertThat(line(6, 3, 0, 7, 0, 1, 0, 0)).isEqualTo("█▂▁");
    }

    @Test
    void aValueStaysUntilTheNextOne() {
        assertThat(line(3, 6, 0, 7, 0)).isEqualTo("▁▁██▁ ");
    }

    @Test
    void beforeTheFirstAndAfterTheLastValueIsBlank() {
        List<Point> points = List.of(point(2, 1), point(3, 2));
        assertThat(Sparkline.of(points, Duration.ofSeconds(6), 6)).isEqualTo("  ▁█  ");
        assertThat(Sparkline.of(List.of(), Duration.ofSeconds(6), 6)).isEqualTo("      ");
    }

    @Test
    void aConstantSeriesIsLevel() {
        assertThat(line(3, 3, 5, 5, 5)).isEqualTo("▄▄▄");
        assertThat(line(3, 3, 0, 0, 0)).isEqualTo("▁▁▁");
    }

    @Test
    void aSeriesWithoutDurationIsOneColumn() {
        assertThat(Sparkline.of(List.of(point(0, 1), point(0, 3)), Duration.ZERO, 4))
                .isEqualTo("█   ");
    }

    private static String line(int seconds, int columns, double... values) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            points.add(point(i, values[i]));
        }
        return Sparkline.of(points, Duration.ofSeconds(seconds), columns);
    }

    private static Point point(int second, double value) {
        return new Point(Duration.ofSeconds(second), value);
    }
}
