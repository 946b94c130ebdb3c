package io.reclaimer.console.report;

import io.reclaimer.scenario.model.ScenarioResult;
import io.reclaimer.scenario.model.ScenarioResult.Event;
import io.reclaimer.scenario.model.ScenarioResult.Kind;
import io.reclaimer.scenario.model.ScenarioResult.Point;
import io.reclaimer.scenario.model.ScenarioResult.Series;
import io.reclaimer.scenario.model.ScenarioResult.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The course of a scenario as a picture of characters: a row for each series, a row for each kind of event, and a time
 * axis.
 */
public final class ScenarioPicture {

    /** Fills a screen of 24 lines together with the rows of events, the axis and the verdicts. */
    private static final int MAX_SERIES = 10;

    private static final int DEFAULT_WIDTH = 100;
    private static final int MIN_WIDTH = 60;
    private static final int MAX_WIDTH = 400;
    private static final int MAX_NAME_WIDTH = 28;

    /** The smallest distance at which the labels of two ticks are readable. */
    private static final int TICK_COLUMNS = 8;

    private static final String INDENT = "  ";
    private static final String GAP = "  ";

    private final ScenarioResult result;
    private final Duration end;
    private final int nameWidth;
    private final int columns;
    private final List<Series> shown;

    private ScenarioPicture(ScenarioResult result, int width) {
        this.result = result;
        this.end = end(result);
        this.shown = largest(result.series());
        int names = Stream.concat(shown.stream().map(Series::name), Stream.of("verdicts"))
                .mapToInt(String::length)
                .max()
                .orElse(0);
        this.nameWidth = Math.min(Math.min(MAX_NAME_WIDTH, width / 4), names);
        int range =
                shown.stream().mapToInt(series -> range(series).length()).max().orElse(0);
        this.columns = Math.max(TICK_COLUMNS, width - INDENT.length() - nameWidth - 2 * GAP.length() - range);
    }

    /** @param width the characters of a line */
    public static List<String> of(ScenarioResult result, int width) {
        return new ScenarioPicture(result, width).lines();
    }

    /**
     * Returns the width of a picture.
     *
     * @param columns the width of the terminal, if the environment has it
     */
    public static int width(@Nullable String columns) {
        if (columns == null || !columns.matches("\\d{1,6}")) {
            return DEFAULT_WIDTH;
        }
        return Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, Integer.parseInt(columns)));
    }

    /** Returns the time of the last event or point. The scenario itself may end earlier. */
    private static Duration end(ScenarioResult result) {
        return Stream.of(
                        Stream.of(result.elapsed()),
                        result.timeline().stream().map(Event::at),
                        result.series().stream()
                                .flatMap(series -> series.points().stream())
                                .map(Point::at))
                .flatMap(times -> times)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** Returns the series with the largest values, in their original order. */
    private static List<Series> largest(List<Series> all) {
        List<Series> byPeak = all.stream()
                .sorted(Comparator.comparingDouble(ScenarioPicture::peak).reversed())
                .limit(MAX_SERIES)
                .toList();
        return all.stream().filter(byPeak::contains).toList();
    }

    private static double peak(Series series) {
        return series.points().stream().mapToDouble(Point::value).max().orElse(0);
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        shown.forEach(
                series -> lines.add(row(series.name(), Sparkline.of(series.points(), end, columns), range(series))));
        int hidden = result.series().size() - shown.size();
        if (hidden > 0) {
            lines.add(INDENT + "... " + hidden + " more series, whose largest values are smaller; --html shows all");
        }
        for (Kind kind : Kind.values()) {
            List<Duration> times = result.timeline().stream()
                    .filter(event -> event.kind() == kind && kind != Kind.EXPECTATION)
                    .map(Event::at)
                    .toList();
            if (!times.isEmpty()) {
                lines.add(row(plural(kind), marks(times), Formats.number(times.size())));
            }
        }
        if (!result.verdicts().isEmpty()) {
            lines.add(row(
                    plural(Kind.EXPECTATION),
                    verdicts(),
                    Formats.number(result.verdicts().size())));
        }
        lines.addAll(axis());
        lines.add(INDENT + "(▁ smallest to █ largest value of the row; · one event, 2 to 9 events, # more;"
                + " P passed, F failed)");
        lines.add("");
        return lines;
    }

    private String row(String name, String picture, String remark) {
        String label = Formats.alignLeft(Formats.shortened(name, nameWidth), nameWidth);
        return (INDENT + label + GAP + picture + GAP + remark).stripTrailing();
    }

    private static String range(Series series) {
        double min = series.points().stream().mapToDouble(Point::value).min().orElse(0);
        double max = peak(series);
        String unit = series.unit().isEmpty() ? "" : " " + series.unit();
        return min == max
                ? "always " + Formats.number(min) + unit
                : Formats.number(min) + " to " + Formats.number(max) + unit;
    }

    private static String plural(Kind kind) {
        return switch (kind) {
            case STEP -> "steps";
            case ROUND -> "rounds";
            case HEAP -> "heap";
            case FAULT -> "faults";
            case EXPECTATION -> "verdicts";
        };
    }

    private String marks(List<Duration> times) {
        int[] counts = new int[columns];
        times.forEach(at -> counts[Sparkline.column(at, end, columns)]++);
        StringBuilder text = new StringBuilder(columns);
        for (int count : counts) {
            text.append(count == 0 ? " " : count == 1 ? "·" : count <= 9 ? Integer.toString(count) : "#");
        }
        return text.toString();
    }

    /** Draws the verdicts. In a column of several, a failure takes precedence. */
    private String verdicts() {
        StringBuilder text = new StringBuilder(" ".repeat(columns));
        for (Verdict verdict : result.verdicts()) {
            int column = Sparkline.column(verdict.at(), end, columns);
            if (!verdict.passed() || text.charAt(column) == ' ') {
                text.setCharAt(column, verdict.passed() ? 'P' : 'F');
            }
        }
        return text.toString();
    }

    private List<String> axis() {
        StringBuilder line = new StringBuilder("─".repeat(columns));
        StringBuilder labels = new StringBuilder();
        for (Duration tick : TimeTicks.until(end, Math.max(1, columns / TICK_COLUMNS))) {
            int column = Sparkline.column(tick, end, columns);
            String label = Formats.span(tick);
            line.setCharAt(column, tick.isZero() ? '└' : '┴');
            int from = Math.min(column, columns - label.length());
            if (from >= labels.length()) {
                labels.append(" ".repeat(from - labels.length())).append(label).append(' ');
            }
        }
        return List.of(row("", line.toString(), ""), row("", labels.toString(), ""));
    }
}
