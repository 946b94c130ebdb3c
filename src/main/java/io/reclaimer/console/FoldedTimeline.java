package io.reclaimer.console;

import io.reclaimer.scenario.ScenarioResult.Event;
import io.reclaimer.scenario.ScenarioResult.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A timeline that people read: where it is long, what is alike and happens again and again is one row. */
final class FoldedTimeline {

    /** About a screen: so many events are shown as they are, and about so many rows are left of more. */
    static final int MOST_ROWS = 40;

    /** So few rows more are no reason to leave out any. */
    private static final int SPARE_ROWS = 5;

    /** How rounds say what they did: their outcome, then what they freed. */
    private static final Pattern ROUND = Pattern.compile(": (\\p{Upper}[\\p{Upper}_]*), freed ([\\d,]+) ");

    private static final Pattern NUMBERS = Pattern.compile("\\d[\\d,.]*");
    private static final Pattern DETAILS = Pattern.compile("[:,] ");

    /**
     * One row.
     *
     * @param until when the last of these events happened
     * @param count of how many; 0 for what says that rows are left out
     */
    record Row(Duration at, Duration until, String member, Kind kind, String text, int count) {}

    /** What is summed up together. */
    private record Alike(Kind kind, String member, String head) {}

    private FoldedTimeline() {}

    static List<Row> of(List<Event> events) {
        if (events.size() <= MOST_ROWS) {
            return events.stream().map(event -> row(List.of(event))).toList();
        }
        List<Row> rows = new ArrayList<>();
        List<Event> neighbours = new ArrayList<>();
        for (Event event : events) {
            if (!neighbours.isEmpty() && !areNeighbours(neighbours.get(0), event)) {
                rows.addAll(summed(neighbours));
                neighbours.clear();
            }
            neighbours.add(event);
        }
        rows.addAll(summed(neighbours));
        return rows.size() <= MOST_ROWS + SPARE_ROWS ? rows : cut(rows);
    }

    /** Steps, members and verdicts are landmarks, between which the rest goes by: rounds, heap, faults. */
    private static boolean areNeighbours(Event one, Event other) {
        return one.kind() == other.kind() || (!isLandmark(one) && !isLandmark(other));
    }

    private static boolean isLandmark(Event event) {
        return switch (event.kind()) {
            case STEP, MEMBER, EXPECTATION -> true;
            case ROUND, HEAP, FAULT -> false;
        };
    }

    private static List<Row> summed(List<Event> neighbours) {
        Map<Alike, List<Event>> alike = new LinkedHashMap<>();
        neighbours.forEach(event -> alike.computeIfAbsent(
                        new Alike(event.kind(), event.member(), head(event)), first -> new ArrayList<>())
                .add(event));
        return alike.values().stream().map(FoldedTimeline::row).toList();
    }

    private static String head(Event event) {
        return switch (event.kind()) {
            case EXPECTATION -> event.text();
            case STEP, MEMBER -> NUMBERS.matcher(event.text()).replaceAll("0");
            case ROUND, HEAP, FAULT -> DETAILS.split(event.text(), 2)[0];
        };
    }

    private static Row row(List<Event> alike) {
        Event first = alike.get(0);
        Event last = alike.get(alike.size() - 1);
        String text = alike.size() == 1 ? first.text() : "... " + sum(alike, last);
        return new Row(first.at(), last.at(), first.member(), first.kind(), text, alike.size());
    }

    private static String sum(List<Event> alike, Event last) {
        Map<String, Integer> outcomes = new TreeMap<>();
        long freed = 0;
        for (Event event : alike) {
            Matcher round = ROUND.matcher(event.text());
            if (event.kind() != Kind.ROUND || !round.find()) {
                return ScenarioWords.count(alike.size(), word(last.kind())) + ", the last one: " + last.text();
            }
            outcomes.merge(round.group(1), 1, Integer::sum);
            freed += Long.parseLong(round.group(2).replace(",", ""));
        }
        List<String> ended = new ArrayList<>();
        outcomes.forEach((outcome, times) -> ended.add(ScenarioWords.number(times) + " " + outcome));
        return ScenarioWords.count(alike.size(), "round") + " of " + head(last) + ": " + String.join(", ", ended)
                + ", freed " + ScenarioWords.count(freed, "object");
    }

    private static String word(Kind kind) {
        return switch (kind) {
            case STEP -> "step";
            case ROUND -> "round";
            case HEAP -> "pressure change";
            case FAULT -> "fault";
            case MEMBER -> "event";
            case EXPECTATION -> "verdict";
        };
    }

    /** The beginning and the end. */
    private static List<Row> cut(List<Row> rows) {
        int half = MOST_ROWS / 2;
        List<Row> left = rows.subList(half, rows.size() - half);
        List<Row> cut = new ArrayList<>(rows.subList(0, half));
        cut.add(new Row(
                left.get(0).at(),
                left.get(left.size() - 1).until(),
                "",
                Kind.STEP,
                "... " + ScenarioWords.count(left.size(), "row") + " left out; --json and --html have all events",
                0));
        cut.addAll(rows.subList(rows.size() - half, rows.size()));
        return cut;
    }
}
