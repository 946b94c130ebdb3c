package io.reclaimer.console;

import io.reclaimer.scenario.ScenarioResult;
import io.reclaimer.scenario.ScenarioResult.Event;
import io.reclaimer.scenario.ScenarioResult.Kind;
import io.reclaimer.scenario.ScenarioResult.Point;
import io.reclaimer.scenario.ScenarioResult.Series;
import io.reclaimer.scenario.ScenarioResult.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What happened in a scenario, as a picture of characters: a row a series, a row a kind of event, and the time below. */
final class ScenarioPicture {

    /** With kinds of events, axis and verdicts a screen of 24 lines. */
    private static final int MOST_SERIES = 10;

    private static final int USUAL_WIDTH = 100;
    private static final int LEAST_WIDTH = 60;
    private static final int MOST_WIDTH = 400;
    private static final int LONGEST_NAME = 28;

    /** So many characters apart, marks of time can be read. */
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
        this.nameWidth = Math.min(Math.min(LONGEST_NAME, width / 4), names);
        int range =
                shown.stream().mapToInt(series -> range(series).length()).max().orElse(0);
        this.columns = Math.max(TICK_COLUMNS, width - INDENT.length() - nameWidth - 2 * GAP.length() - range);
    }

    /** @param width how many characters a line may have */
    static List<String> of(ScenarioResult result, int width) {
        return new ScenarioPicture(result, width).lines();
    }

    /**
     * How wide a picture may be.
     *
     * @param columns what the terminal says it has
     */
    static int width(@Nullable String columns) {
        if (columns == null || !columns.matches("\\d{1,6}")) {
            return USUAL_WIDTH;
        }
        return Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, Integer.parseInt(columns)));
    }

    /** When the last thing happened; a scenario may be over at once. */
    static Duration end(ScenarioResult result) {
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

    /** In their order; those with the largest values where there are too many. */
    private static List<Series> largest(List<Series> all) {
        List<Series> byPeak = all.stream()
                .sorted(Comparator.comparingDouble(ScenarioPicture::peak).reversed())
                .limit(MOST_SERIES)
                .toList();
        return all.stream().filter(byPeak::contains).toList();
    }

    static double peak(Series series) {
        return series.points().stream().mapToDouble(Point::value).max().orElse(0);
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        shown.forEach(
                series -> lines.add(row(series.name(), Sparkline.of(series.points(), end, columns), range(series))));
        int left = result.series().size() - shown.size();
        if (left > 0) {
            lines.add(INDENT + "... " + left + " more series, whose largest values are smaller; --html shows all");
        }
        for (Kind kind : Kind.values()) {
            List<Duration> times = result.timeline().stream()
                    .filter(event -> event.kind() == kind && kind != Kind.EXPECTATION)
                    .map(Event::at)
                    .toList();
            if (!times.isEmpty()) {
                lines.add(row(word(kind), marks(times), ScenarioWords.number(times.size())));
            }
        }
        if (!result.verdicts().isEmpty()) {
            lines.add(row(
                    "verdicts",
                    verdicts(),
                    ScenarioWords.number(result.verdicts().size())));
        }
        lines.addAll(axis());
        lines.add(INDENT + "(▁ smallest to █ largest value of its row; · one event, 2 to 9 so many, # more;"
                + " P as expected, F not)");
        lines.add("");
        return lines;
    }

    private String row(String name, String picture, String remark) {
        return (INDENT
                        + ScenarioText.right(ScenarioWords.shortened(name, nameWidth), nameWidth)
                        + GAP
                        + picture
                        + GAP
                        + remark)
                .stripTrailing();
    }

    static String range(Series series) {
        double min = series.points().stream().mapToDouble(Point::value).min().orElse(0);
        double max = peak(series);
        String unit = series.unit().isEmpty() ? "" : " " + series.unit();
        return min == max
                ? "always " + ScenarioWords.number(min) + unit
                : ScenarioWords.number(min) + " to " + ScenarioWords.number(max) + unit;
    }

    /** The plural of what happened. */
    static String word(Kind kind) {
        return switch (kind) {
            case STEP -> "steps";
            case ROUND -> "rounds";
            case HEAP -> "heap";
            case FAULT -> "faults";
            case MEMBER -> "members";
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

    /** One that failed is never hidden by one that passed. */
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
        for (Duration tick : Ticks.times(end, Math.max(1, columns / TICK_COLUMNS))) {
            int column = Sparkline.column(tick, end, columns);
            String label = ScenarioWords.span(tick);
            line.setCharAt(column, tick.isZero() ? '└' : '┴');
            int from = Math.min(column, columns - label.length());
            if (from >= labels.length()) {
                labels.append(" ".repeat(from - labels.length())).append(label).append(' ');
            }
        }
        return List.of(row("", line.toString(), ""), row("", labels.toString(), ""));
    }
}
