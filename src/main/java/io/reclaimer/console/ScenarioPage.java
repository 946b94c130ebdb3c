package io.reclaimer.console;

import io.reclaimer.scenario.Scenario;
import io.reclaimer.scenario.ScenarioResult.Event;
import io.reclaimer.scenario.ScenarioResult.Series;
import io.reclaimer.scenario.ScenarioResult.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One page about all scenarios that were run, which needs no other file and no script. XML too. One thread's. */
final class ScenarioPage {

    /** More rows of a table nobody reads, and browsers are slow with. */
    private static final int MOST_EVENTS = 2_000;

    private final Markup page = new Markup();

    private ScenarioPage() {}

    static String of(List<ScenarioOutcome> outcomes, Duration took) {
        return new ScenarioPage().write(outcomes, took);
    }

    private String write(List<ScenarioOutcome> outcomes, Duration took) {
        page.raw("<!DOCTYPE html>\n").open("html", "xmlns", "http://www.w3.org/1999/xhtml", "lang", "en");
        page.open("head").empty("meta", "charset", "utf-8");
        page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        page.element("title", title(outcomes))
                .open("style")
                .raw(PageStyle.CSS)
                .close()
                .close();
        page.open("body").element("h1", "Scenarios");
        page.element("p", ScenarioText.summary(outcomes, took), "class", "soft");
        contents(outcomes);
        page.open("main");
        for (int i = 0; i < outcomes.size(); i++) {
            section("s" + (i + 1), outcomes.get(i));
        }
        return page.close().close().close().toString();
    }

    private static String title(List<ScenarioOutcome> outcomes) {
        long failed = outcomes.stream().filter(outcome -> !outcome.passed()).count();
        return failed == 0
                ? ScenarioWords.count(outcomes.size(), "scenario") + " passed"
                : failed + " of " + ScenarioWords.count(outcomes.size(), "scenario") + " failed";
    }

    private void contents(List<ScenarioOutcome> outcomes) {
        page.open("nav", "aria-label", "Scenarios").open("ul");
        for (int i = 0; i < outcomes.size(); i++) {
            page.open("li");
            badge(outcomes.get(i).passed());
            page.element("a", outcomes.get(i).name(), "href", "#s" + (i + 1)).close();
        }
        page.close().close();
    }

    private void badge(boolean passed) {
        page.element("span", passed ? "passed" : "failed", "class", "verdict " + (passed ? "pass" : "fail"));
    }

    private void section(String id, ScenarioOutcome outcome) {
        Scenario scenario = outcome.result().scenario();
        page.open("section", "id", id, "aria-labelledby", id + "-name").open("div", "class", "head");
        page.element("h2", scenario.name(), "id", id + "-name");
        badge(outcome.passed());
        page.close();
        if (!scenario.about().isBlank()) {
            page.element("p", scenario.about());
        }
        page.element(
                "p",
                outcome.file() + ", seed " + scenario.seed() + ", "
                        + ScenarioWords.span(outcome.result().elapsed()),
                "class",
                "soft");
        verdicts(outcome);
        charts(id, outcome);
        timeline(outcome);
        page.close();
    }

    private void verdicts(ScenarioOutcome outcome) {
        page.element("h3", "Verdicts");
        if (outcome.result().verdicts().isEmpty()) {
            page.element("p", "Nothing is expected of it.");
            return;
        }
        table(List.of("Verdict", "What", "Expected", "Actual", "At", "Where"));
        for (Verdict verdict : outcome.result().verdicts()) {
            page.open("tr").open("td");
            badge(verdict.passed());
            page.close().element("td", verdict.what());
            page.element("td", verdict.expected(), "class", "value");
            page.element("td", verdict.actual(), "class", "value");
            page.element("td", ScenarioWords.clock(verdict.at()), "class", "time");
            page.element("td", where(verdict), "class", "where").close();
        }
        endTable();
        for (Verdict verdict : outcome.result().failures()) {
            page.open("details", "open", "open").element("summary", "The last events before: " + verdict.what());
            events(outcome.before(verdict));
            page.close();
        }
    }

    private static String where(Verdict verdict) {
        return verdict.position().line() == 0
                ? ""
                : "line " + verdict.position().line();
    }

    private void charts(String id, ScenarioOutcome outcome) {
        Map<String, List<Series>> byTitle = new LinkedHashMap<>();
        outcome.result().series().stream()
                .sorted(Comparator.comparing(Series::unit).reversed())
                .forEach(series -> byTitle.computeIfAbsent(title(series), first -> new ArrayList<>())
                        .add(series));
        if (byTitle.isEmpty()) {
            return;
        }
        page.element("h3", "Over time");
        int number = 0;
        for (var chart : byTitle.entrySet()) {
            List<Series> lines = chart.getValue();
            for (int from = 0; from < lines.size(); from += PageStyle.LINES) {
                number++;
                List<Series> some = lines.subList(from, Math.min(lines.size(), from + PageStyle.LINES));
                new PageChart(page, id + "-chart" + number, outcome.result())
                        .draw(chart.getKey() + (from == 0 ? "" : ", continued"), some);
            }
        }
    }

    /** What goes into one chart: a shrinker's cgroups; what is in percent, which is of the heap. */
    private static String title(Series series) {
        int last = series.name().lastIndexOf(' ');
        String of = series.unit().equals("%") || last < 0
                ? ""
                : " of " + series.name().substring(0, last);
        return (series.unit().equals("%") ? "Heap" : "Objects") + of;
    }

    private void timeline(ScenarioOutcome outcome) {
        List<Event> all = outcome.result().timeline();
        List<FoldedTimeline.Row> rows = FoldedTimeline.of(all);
        page.element("h3", "Timeline");
        boolean on = rows.stream().anyMatch(row -> !row.member().isEmpty());
        table(on ? List.of("From", "Until", "On", "What") : List.of("From", "Until", "What"));
        for (FoldedTimeline.Row row : rows) {
            page.open("tr").element("td", ScenarioWords.clock(row.at()), "class", "time");
            page.element("td", row.until().equals(row.at()) ? "" : ScenarioWords.clock(row.until()), "class", "time");
            member(on, row.member());
            page.element("td", row.text(), "class", row.count() == 1 ? "value" : "sum");
            page.close();
        }
        endTable();
        if (rows.size() < all.size()) {
            boolean tooMany = all.size() > MOST_EVENTS;
            page.open("details", "class", "all");
            page.element(
                    "summary",
                    tooMany
                            ? "The first " + ScenarioWords.number(MOST_EVENTS) + " of "
                                    + ScenarioWords.count(all.size(), "event") + " (--json has all)"
                            : "All " + ScenarioWords.count(all.size(), "event"));
            events(all.subList(0, Math.min(all.size(), MOST_EVENTS)));
            page.close();
        }
    }

    private void events(List<Event> events) {
        boolean on = events.stream().anyMatch(event -> !event.member().isEmpty());
        table(on ? List.of("At", "On", "What") : List.of("At", "What"));
        for (Event event : events) {
            page.open("tr").element("td", ScenarioWords.clock(event.at()), "class", "time");
            member(on, event.member());
            page.element("td", event.text(), "class", "value");
            page.close();
        }
        endTable();
    }

    /** Only where there are several is there a column of them. */
    private void member(boolean column, String name) {
        if (column) {
            page.element("td", name, "class", "time");
        }
    }

    private void table(List<String> heads) {
        page.open("div", "class", "wide", "tabindex", "0")
                .open("table")
                .open("thead")
                .open("tr");
        for (String head : heads) {
            page.element("th", head, "scope", "col");
        }
        page.close().close().open("tbody");
    }

    private void endTable() {
        page.close().close().close();
    }
}
