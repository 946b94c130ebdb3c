package io.reclaimer.console;

import io.reclaimer.scenario.Scenario;
import io.reclaimer.scenario.ScenarioResult.Event;
import io.reclaimer.scenario.ScenarioResult.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What people read of scenarios that were run, in lines. */
final class ScenarioText {

    /** Of what a step answers a line shows no more; a failure shows all of it below. */
    private static final int MOST_OF_A_VALUE = 60;

    private ScenarioText() {}

    static List<String> headline(ScenarioOutcome outcome) {
        Scenario scenario = outcome.result().scenario();
        return List.of(
                scenario.name() + (scenario.about().isBlank() ? "" : ": " + scenario.about()),
                "  " + outcome.file() + ", seed " + scenario.seed() + ", "
                        + ScenarioWords.span(outcome.result().elapsed()) + " in "
                        + ScenarioWords.span(milliseconds(outcome.took())),
                "");
    }

    static List<String> timeline(ScenarioOutcome outcome) {
        List<FoldedTimeline.Row> rows = FoldedTimeline.of(outcome.result().timeline());
        int clock = rows.stream()
                .mapToInt(row -> ScenarioWords.clock(row.until()).length())
                .max()
                .orElse(0);
        int member = rows.stream().mapToInt(row -> row.member().length()).max().orElse(0);
        boolean spans = rows.stream().anyMatch(row -> !row.until().equals(row.at()));
        List<String> lines = new ArrayList<>();
        for (FoldedTimeline.Row row : rows) {
            String until = row.until().equals(row.at()) ? "" : "-" + left(ScenarioWords.clock(row.until()), clock);
            lines.add("  " + left(ScenarioWords.clock(row.at()), clock) + (spans ? right(until, clock + 1) : "") + "  "
                    + (member == 0 ? "" : right(row.member(), member) + "  ") + row.text());
        }
        lines.add("");
        return lines;
    }

    /** A line each, and below those that failed how it came to that. */
    static List<String> verdicts(ScenarioOutcome outcome) {
        List<String> lines = new ArrayList<>();
        for (Verdict verdict : outcome.result().verdicts()) {
            lines.add("  " + (verdict.passed() ? "PASS" : "FAIL") + "  " + verdict.what() + "; expected "
                    + ScenarioWords.shortened(verdict.expected(), MOST_OF_A_VALUE) + "; actual "
                    + ScenarioWords.shortened(verdict.actual(), MOST_OF_A_VALUE) + "; " + outcome.where(verdict));
            if (!verdict.passed()) {
                lines.addAll(failure(outcome, verdict));
            }
        }
        if (lines.isEmpty()) {
            lines.add("  nothing is expected of it");
        }
        lines.add("");
        return lines;
    }

    private static List<String> failure(ScenarioOutcome outcome, Verdict verdict) {
        List<String> lines = new ArrayList<>(List.of(
                "        expected  " + verdict.expected(),
                "        actual    " + verdict.actual(),
                "        at        " + ScenarioWords.clock(verdict.at()),
                "        stands in " + outcome.file()
                        + (verdict.position().line() == 0 ? "" : ":" + verdict.position())));
        List<Event> before = outcome.before(verdict);
        lines.add("        " + (before.isEmpty() ? "nothing happened before it" : "the last events before it"));
        int member =
                before.stream().mapToInt(event -> event.member().length()).max().orElse(0);
        before.forEach(event -> lines.add("          " + ScenarioWords.clock(event.at()) + "  "
                + (member == 0 ? "" : right(event.member(), member) + "  ") + event.text()));
        return lines;
    }

    /** One line over all of them. */
    static String summary(List<ScenarioOutcome> outcomes, Duration took) {
        long passed = outcomes.stream().filter(ScenarioOutcome::passed).count();
        Duration elapsed =
                outcomes.stream().map(outcome -> outcome.result().elapsed()).reduce(Duration.ZERO, Duration::plus);
        return ScenarioWords.count(outcomes.size(), "scenario") + ": " + passed + " passed, "
                + (outcomes.size() - passed) + " failed; " + ScenarioWords.span(elapsed) + " went by in "
                + (outcomes.size() == 1 ? "it" : "them") + ", which took "
                + ScenarioWords.span(milliseconds(took));
    }

    /** Finer than that nobody reads. */
    private static Duration milliseconds(Duration took) {
        return Duration.ofMillis(Math.max(1, took.toMillis()));
    }

    static String left(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    static String right(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
