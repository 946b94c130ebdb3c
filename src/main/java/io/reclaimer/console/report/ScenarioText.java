package io.reclaimer.console.report;

import io.reclaimer.scenario.model.Scenario;
import io.reclaimer.scenario.model.ScenarioResult.Event;
import io.reclaimer.scenario.model.ScenarioResult.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The report on scenarios as lines of text. */
public final class ScenarioText {

    /** The longest value in a verdict's line. The lines of a failure have the whole value. */
    private static final int MAX_VALUE_LENGTH = 60;

    private ScenarioText() {}

    public static List<String> headline(ScenarioOutcome outcome) {
        Scenario scenario = outcome.result().scenario();
        return List.of(
                scenario.name() + (scenario.about().isBlank() ? "" : ": " + scenario.about()),
                "  " + outcome.file() + ", seed " + scenario.seed() + ", "
                        + Formats.span(outcome.result().elapsed()) + " in " + Formats.span(rounded(outcome.took())),
                "");
    }

    public static List<String> timeline(ScenarioOutcome outcome) {
        List<FoldedTimeline.Row> rows = FoldedTimeline.of(outcome.result().timeline());
        int clock = rows.stream()
                .mapToInt(row -> Formats.clock(row.until()).length())
                .max()
                .orElse(0);
        int member = rows.stream().mapToInt(row -> row.member().length()).max().orElse(0);
        boolean spans = rows.stream().anyMatch(row -> !row.until().equals(row.at()));
        List<String> lines = new ArrayList<>();
        for (FoldedTimeline.Row row : rows) {
            String until =
                    row.until().equals(row.at()) ? "" : "-" + Formats.alignRight(Formats.clock(row.until()), clock);
            lines.add("  " + Formats.alignRight(Formats.clock(row.at()), clock)
                    + (spans ? Formats.alignLeft(until, clock + 1) : "") + "  " + onMember(row.member(), member)
                    + row.text());
        }
        lines.add("");
        return lines;
    }

    /** Returns a line for each verdict, and the history of each failure below its line. */
    public static List<String> verdicts(ScenarioOutcome outcome) {
        List<String> lines = new ArrayList<>();
        for (Verdict verdict : outcome.result().verdicts()) {
            lines.add("  " + (verdict.passed() ? "PASS" : "FAIL") + "  " + verdict.what() + "; expected "
                    + Formats.shortened(verdict.expected(), MAX_VALUE_LENGTH) + "; actual "
                    + Formats.shortened(verdict.actual(), MAX_VALUE_LENGTH) + "; " + outcome.where(verdict));
            if (!verdict.passed()) {
                lines.addAll(failure(outcome, verdict));
            }
        }
        if (lines.isEmpty()) {
            lines.add("  no expectations");
        }
        lines.add("");
        return lines;
    }

    private static List<String> failure(ScenarioOutcome outcome, Verdict verdict) {
        List<String> lines = new ArrayList<>(List.of(
                "        expected  " + verdict.expected(),
                "        actual    " + verdict.actual(),
                "        at        " + Formats.clock(verdict.at()),
                "        place     " + outcome.where(verdict)));
        List<Event> before = outcome.eventsBefore(verdict).stream()
                .map(outcome.result().timeline()::get)
                .toList();
        lines.add("        " + (before.isEmpty() ? "nothing happened before it" : "the last events before it"));
        int member =
                before.stream().mapToInt(event -> event.member().length()).max().orElse(0);
        before.forEach(event -> lines.add(
                "          " + Formats.clock(event.at()) + "  " + onMember(event.member(), member) + event.text()));
        return lines;
    }

    private static String onMember(String member, int width) {
        return width == 0 ? "" : Formats.alignLeft(member, width) + "  ";
    }

    /** Returns one line about all scenarios. */
    public static String summary(List<ScenarioOutcome> outcomes, Duration took) {
        long passed = outcomes.stream().filter(ScenarioOutcome::passed).count();
        Duration elapsed =
                outcomes.stream().map(outcome -> outcome.result().elapsed()).reduce(Duration.ZERO, Duration::plus);
        return Formats.count(outcomes.size(), "scenario") + ": " + passed + " passed, " + (outcomes.size() - passed)
                + " failed; " + Formats.span(elapsed) + " of virtual time in " + Formats.span(rounded(took));
    }

    /** Rounds down to milliseconds, but not to 0. */
    private static Duration rounded(Duration took) {
        return Duration.ofMillis(Math.max(1, took.toMillis()));
    }
}
