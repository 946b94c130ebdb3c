package io.reclaimer.console;

import io.reclaimer.scenario.ScenarioResult;
import io.reclaimer.scenario.ScenarioResult.Event;
import io.reclaimer.scenario.ScenarioResult.Kind;
import io.reclaimer.scenario.ScenarioResult.Point;
import io.reclaimer.scenario.ScenarioResult.Series;
import io.reclaimer.scenario.ScenarioResult.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A chart of a page: lines over time, and below them when something happened. One thread's. */
final class PageChart {

    private static final double WIDTH = 900;
    private static final double LEFT = 86;
    private static final double RIGHT = 16;
    private static final double TOP = 26;
    private static final double PLOT = 220;
    private static final double LANE = 20;
    private static final double PLOT_WIDTH = WIDTH - LEFT - RIGHT;

    /** More of them at one place are a number. */
    private static final int MOST_TEXTS = 6;

    /** More lines than that over a chart hide it. */
    private static final int MOST_STEP_LINES = 12;

    private static final int TIME_TICKS = 9;

    /** What happened at one place of a lane. */
    private record Mark(String style, List<String> texts) {}

    private record Lane(String name, TreeMap<Integer, Mark> marks) {}

    private final Markup page;
    private final String id;
    private final Duration end;
    private final List<Lane> lanes = new ArrayList<>();
    private double top = 1;

    /** @param id its own in the page */
    PageChart(Markup page, String id, ScenarioResult result) {
        this.page = page;
        this.id = id;
        this.end = ScenarioPicture.end(result);
        for (Kind kind : Kind.values()) {
            Lane lane = new Lane(ScenarioPicture.word(kind), new TreeMap<>());
            if (kind == Kind.EXPECTATION) {
                result.verdicts().forEach(verdict -> mark(lane, verdict));
            } else {
                result.timeline().stream().filter(event -> event.kind() == kind).forEach(event -> mark(lane, event));
            }
            if (!lane.marks().isEmpty()) {
                lanes.add(lane);
            }
        }
    }

    private void mark(Lane lane, Verdict verdict) {
        mark(
                lane,
                verdict.at(),
                verdict.passed() ? "passed" : "failed",
                (verdict.passed() ? "PASS " : "FAIL ") + verdict.what());
    }

    private void mark(Lane lane, Event event) {
        String member = event.member().isEmpty() ? "" : event.member() + " ";
        mark(lane, event.at(), event.kind().name().toLowerCase(Locale.ROOT), member + event.text());
    }

    private void mark(Lane lane, Duration at, String style, String text) {
        Mark here = lane.marks().computeIfAbsent((int) Math.round(x(at)), first -> new Mark(style, new ArrayList<>()));
        here.texts().add(ScenarioWords.clock(at) + " " + text);
        if (style.equals("failed") && !here.style().equals(style)) {
            lane.marks().put((int) Math.round(x(at)), new Mark(style, here.texts()));
        }
    }

    private double x(Duration at) {
        return LEFT + (end.isZero() ? 0 : PLOT_WIDTH * at.toNanos() / end.toNanos());
    }

    private double y(double value) {
        return TOP + PLOT - PLOT * value / top;
    }

    /** @param lines at most {@link PageStyle#LINES}, of one unit */
    void draw(String title, List<Series> lines) {
        String unit = lines.stream().map(Series::unit).findFirst().orElse("");
        List<Double> ticks = Ticks.values(
                lines.stream().mapToDouble(ScenarioPicture::peak).max().orElse(0));
        top = ticks.get(ticks.size() - 1);
        double height = TOP + PLOT + 26 + lanes.size() * LANE + 6;
        page.open("figure").element("figcaption", title).open("div", "class", "wide", "tabindex", "0");
        page.open(
                "svg",
                "xmlns",
                "http://www.w3.org/2000/svg",
                "class",
                "chart",
                "viewBox",
                "0 0 " + number(WIDTH) + " " + number(height),
                "role",
                "img",
                "aria-labelledby",
                id + "-title " + id + "-desc");
        page.element("title", title + " over time", "id", id + "-title");
        page.element("desc", description(lines), "id", id + "-desc");
        axes(ticks, unit);
        lanes();
        for (int i = 0; i < lines.size(); i++) {
            page.empty("polyline", "class", "s s" + i, "points", points(lines.get(i)));
        }
        page.close().close();
        legend(lines);
        page.close();
    }

    private String description(List<Series> lines) {
        return "From 0s to " + ScenarioWords.span(end) + ". "
                + lines.stream().map(line -> line.name() + " " + range(line)).collect(Collectors.joining("; ")) + ".";
    }

    private static String range(Series line) {
        double last = line.points().isEmpty()
                ? 0
                : line.points().get(line.points().size() - 1).value();
        return ScenarioPicture.range(line) + ", at the end " + ScenarioWords.number(last);
    }

    private void axes(List<Double> ticks, String unit) {
        page.element("text", unit, "x", number(LEFT), "y", "14", "text-anchor", "end");
        for (double tick : ticks) {
            line("grid", LEFT, y(tick), WIDTH - RIGHT, y(tick));
            page.element(
                    "text",
                    ScenarioWords.number(tick),
                    "x",
                    number(LEFT - 8),
                    "y",
                    number(y(tick) + 4),
                    "text-anchor",
                    "end");
        }
        for (Duration tick : Ticks.times(end, TIME_TICKS)) {
            line("axis", x(tick), y(0), x(tick), y(0) + 5);
            page.element(
                    "text",
                    ScenarioWords.span(tick),
                    "x",
                    number(x(tick)),
                    "y",
                    number(y(0) + 18),
                    "text-anchor",
                    x(tick) > WIDTH - 3 * RIGHT ? "end" : "middle");
        }
        line("axis", LEFT, y(0), WIDTH - RIGHT, y(0));
    }

    private void lanes() {
        double y = TOP + PLOT + 26;
        for (Lane lane : lanes) {
            page.element(
                    "text", lane.name(), "x", number(LEFT - 8), "y", number(y + LANE / 2 + 4), "text-anchor", "end");
            for (var place : lane.marks().entrySet()) {
                Mark mark = place.getValue();
                if (mark.style().equals("failed")) {
                    line("fail-line", place.getKey(), TOP, place.getKey(), y + LANE);
                } else if (mark.style().equals("step") && lane.marks().size() <= MOST_STEP_LINES) {
                    line("step-line", place.getKey(), TOP, place.getKey(), y);
                }
                page.open("g").element("title", texts(mark));
                page.empty(
                        "rect",
                        "class",
                        "mark " + mark.style(),
                        "x",
                        number(place.getKey() - 1),
                        "y",
                        number(y + 4),
                        "width",
                        "3",
                        "height",
                        number(LANE - 8));
                page.close();
            }
            y += LANE;
        }
    }

    private static String texts(Mark mark) {
        int more = mark.texts().size() - MOST_TEXTS;
        return mark.texts().stream().limit(MOST_TEXTS).collect(Collectors.joining("\n"))
                + (more > 0 ? "\nand " + more + " more" : "");
    }

    private void line(String style, double fromX, double fromY, double toX, double toY) {
        page.empty(
                "line", "class", style, "x1", number(fromX), "y1", number(fromY), "x2", number(toX), "y2", number(toY));
    }

    /** Of those that fall on one place the smallest and the largest: a page has no use for more. */
    private String points(Series series) {
        TreeMap<Integer, double[]> places = new TreeMap<>();
        for (Point point : series.points()) {
            double[] range = places.computeIfAbsent(
                    (int) Math.round(x(point.at())), first -> new double[] {point.value(), point.value()});
            range[0] = Math.min(range[0], point.value());
            range[1] = Math.max(range[1], point.value());
        }
        StringBuilder text = new StringBuilder();
        places.forEach((x, range) -> {
            text.append(x).append(',').append(number(y(range[0]))).append(' ');
            if (range[1] > range[0]) {
                text.append(x).append(',').append(number(y(range[1]))).append(' ');
            }
        });
        return text.toString().trim();
    }

    private void legend(List<Series> lines) {
        page.open("ul", "class", "legend");
        for (int i = 0; i < lines.size(); i++) {
            page.open("li").open("svg", "viewBox", "0 0 28 8", "aria-hidden", "true");
            page.empty("line", "class", "s s" + i, "x1", "0", "y1", "4", "x2", "28", "y2", "4");
            page.close().text(lines.get(i).name() + " ");
            page.element("span", range(lines.get(i)), "class", "soft").close();
        }
        page.close();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value).replace(".0", "");
    }
}
