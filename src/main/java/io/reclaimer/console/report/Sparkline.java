package io.reclaimer.console.report;

import io.reclaimer.scenario.model.ScenarioResult.Point;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Values over time as a row of block characters. A column shows the largest value of its interval. */
final class Sparkline {

    private static final String BLOCKS = "▁▂▃▄▅▆▇█";

    private Sparkline() {}

    /**
     * Draws a series.
     *
     * @param end the end of the last column
     * @return as many characters as columns; blanks before the first value and after the last one
     */
    static String of(List<Point> points, Duration end, int columns) {
        double[] largest = new double[columns];
        Arrays.fill(largest, Double.NaN);
        for (Point point : points) {
            int column = column(point.at(), end, columns);
            largest[column] = Double.isNaN(largest[column]) ? point.value() : Math.max(largest[column], point.value());
        }
        double min = points.stream().mapToDouble(Point::value).min().orElse(0);
        double max = points.stream().mapToDouble(Point::value).max().orElse(0);
        int last = points.isEmpty() ? -1 : column(points.get(points.size() - 1).at(), end, columns);
        StringBuilder text = new StringBuilder(columns);
        double value = Double.NaN;
        for (int i = 0; i < columns; i++) {
            value = Double.isNaN(largest[i]) && i <= last ? value : largest[i];
            text.append(Double.isNaN(value) ? ' ' : block(value, min, max));
        }
        return text.toString();
    }

    static int column(Duration at, Duration end, int columns) {
        double share = end.isZero() ? 0 : (double) at.toNanos() / end.toNanos();
        return (int) Math.max(0, Math.min(columns - 1, Math.floor(share * columns)));
    }

    /** A constant series is drawn at middle height, or at the bottom if it is 0. */
    private static char block(double value, double min, double max) {
        int top = BLOCKS.length() - 1;
        if (max == min) {
            return BLOCKS.charAt(max == 0 ? 0 : top / 2);
        }
        return BLOCKS.charAt((int) Math.round((value - min) / (max - min) * top));
    }
}
