package io.reclaimer.console.report;

import io.reclaimer.scenario.model.EventDetail.RoundEnded;
import io.reclaimer.scenario.model.ScenarioResult.Event;
import io.reclaimer.scenario.model.ScenarioResult.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A timeline of readable length. In a long one, similar events that repeat become one row. */
final class FoldedTimeline {

    /**
     * About one screen: a timeline of up to this many events is not folded, and a folded one has about as many rows.
     */
    static final int MAX_ROWS = 40;

    /** Rows beyond the limit that are tolerated before the middle is left out. */
    private static final int SPARE_ROWS = 5;

    /**
     * One row.
     *
     * @param at the time of the first of its events
     * @param until the time of the last of its events
     * @param count the number of events; 0 for a row that says how many rows are left out
     */
    record Row(Duration at, Duration until, String member, Kind kind, String text, int count) {}

    /** The key of events that share a row. */
    private record Group(Kind kind, String member, String subject) {}

    private FoldedTimeline() {}

    static List<Row> of(List<Event> events) {
        if (events.size() <= MAX_ROWS) {
            return events.stream().map(event -> row(List.of(event))).toList();
        }
        List<Row> rows = new ArrayList<>();
        List<Event> section = new ArrayList<>();
        for (Event event : events) {
            if (!section.isEmpty() && !isSameSection(section.get(0), event)) {
                rows.addAll(folded(section));
                section.clear();
            }
            section.add(event);
        }
        rows.addAll(folded(section));
        return rows.size() <= MAX_ROWS + SPARE_ROWS ? rows : withoutMiddle(rows);
    }

    /** Steps and verdicts divide the timeline into sections. */
    private static boolean isSameSection(Event one, Event other) {
        return one.kind() == other.kind() || (!isDivider(one) && !isDivider(other));
    }

    private static boolean isDivider(Event event) {
        return switch (event.kind()) {
            case STEP, EXPECTATION -> true;
            case ROUND, HEAP, FAULT -> false;
        };
    }

    private static List<Row> folded(List<Event> section) {
        Map<Group, List<Event>> groups = new LinkedHashMap<>();
        section.forEach(event -> groups.computeIfAbsent(
                        new Group(event.kind(), event.member(), event.detail().subject()), group -> new ArrayList<>())
                .add(event));
        return groups.values().stream().map(FoldedTimeline::row).toList();
    }

    private static Row row(List<Event> group) {
        Event first = group.get(0);
        Event last = group.get(group.size() - 1);
        String text = group.size() == 1 ? first.text() : "... " + summary(group, last);
        return new Row(first.at(), last.at(), first.member(), first.kind(), text, group.size());
    }

    private static String summary(List<Event> group, Event last) {
        Map<String, Integer> outcomes = new TreeMap<>();
        long freed = 0;
        for (Event event : group) {
            if (!(event.detail() instanceof RoundEnded round)) {
                return Formats.count(group.size(), singular(last.kind())) + ", the last one: " + last.text();
            }
            outcomes.merge(round.outcome(), 1, Integer::sum);
            freed += round.freedObjects();
        }
        List<String> counts = new ArrayList<>();
        outcomes.forEach((outcome, count) -> counts.add(Formats.number(count) + " " + outcome));
        return Formats.count(group.size(), "round") + " of " + last.detail().subject() + ": "
                + String.join(", ", counts) + ", freed " + Formats.count(freed, "object");
    }

    private static String singular(Kind kind) {
        return switch (kind) {
            case STEP -> "step";
            case ROUND -> "round";
            case HEAP -> "pressure change";
            case FAULT -> "fault";
            case EXPECTATION -> "verdict";
        };
    }

    private static List<Row> withoutMiddle(List<Row> rows) {
        int half = MAX_ROWS / 2;
        List<Row> middle = rows.subList(half, rows.size() - half);
        List<Row> kept = new ArrayList<>(rows.subList(0, half));
        kept.add(new Row(
                middle.get(0).at(),
                middle.get(middle.size() - 1).until(),
                "",
                Kind.STEP,
                "... " + Formats.count(middle.size(), "row") + " left out; --json and --html have all events",
                0));
        kept.addAll(rows.subList(rows.size() - half, rows.size()));
        return kept;
    }
}
