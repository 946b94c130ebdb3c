package io.reclaimer.console.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reclaimer.scenario.model.ScenarioResult;
import io.reclaimer.scenario.model.ScenarioResult.Event;
import io.reclaimer.scenario.model.ScenarioResult.Series;
import io.reclaimer.scenario.model.ScenarioResult.Verdict;
import java.time.Duration;
import java.util.List;

/**
 * The report on scenarios as one JSON document. Names are stable, and no field is ever absent. Times are seconds. The
 * same scenarios give the same document, apart from {@code tookSeconds}.
 *
 * <pre>
 * { passed, failed       numbers of scenarios
 *   elapsedSeconds       the virtual time of all scenarios
 *   tookSeconds          the real time of all runs
 *   scenarios: [ { file, name, about, seed, passed, elapsedSeconds, tookSeconds,
 *     verdicts: [ { passed, what, expected, actual, line, atSeconds,     line 0 if unknown
 *                   eventsBefore } ]                  indexes in the timeline, of a failure only
 *     timeline: [ { atSeconds, member, kind, text } ]   member "" if there is only one; kind as "round"
 *     foldedTimeline: [ { fromSeconds, untilSeconds, member, kind, text, count } ]
 *     series:   [ { name, unit, points: [ [ seconds, value ] ] } ] } ] }
 * </pre>
 */
public final class ScenarioJson {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private ScenarioJson() {}

    public static String of(List<ScenarioOutcome> outcomes, Duration took) {
        return text(MAPPER.writerWithDefaultPrettyPrinter(), outcomes, took);
    }

    /**
     * Returns the document in a form that is safe inside a {@code script} element, whatever its texts are: only ASCII,
     * and no {@code <}, so that neither an end tag nor a comment can begin.
     */
    static String embeddable(List<ScenarioOutcome> outcomes, Duration took) {
        return text(MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII), outcomes, took)
                .replace("<", "\\u003c");
    }

    private static String text(ObjectWriter writer, List<ScenarioOutcome> outcomes, Duration took) {
        try {
            return writer.writeValueAsString(document(outcomes, took));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of nodes is always valid JSON", e);
        }
    }

    private static ObjectNode document(List<ScenarioOutcome> outcomes, Duration took) {
        long passed = outcomes.stream().filter(ScenarioOutcome::passed).count();
        Duration elapsed =
                outcomes.stream().map(outcome -> outcome.result().elapsed()).reduce(Duration.ZERO, Duration::plus);
        ObjectNode document = NODES.objectNode()
                .put("passed", passed)
                .put("failed", outcomes.size() - passed)
                .put("elapsedSeconds", Formats.seconds(elapsed))
                .put("tookSeconds", Formats.seconds(took));
        ArrayNode scenarios = document.putArray("scenarios");
        outcomes.forEach(outcome -> scenarios.add(scenario(outcome)));
        return document;
    }

    private static ObjectNode scenario(ScenarioOutcome outcome) {
        ScenarioResult result = outcome.result();
        ObjectNode node = NODES.objectNode()
                .put("file", outcome.file())
                .put("name", outcome.name())
                .put("about", result.scenario().about())
                .put("seed", result.scenario().seed())
                .put("passed", outcome.passed())
                .put("elapsedSeconds", Formats.seconds(result.elapsed()))
                .put("tookSeconds", Formats.seconds(outcome.took()));
        ArrayNode verdicts = node.putArray("verdicts");
        result.verdicts().forEach(verdict -> verdicts.add(verdict(outcome, verdict)));
        ArrayNode timeline = node.putArray("timeline");
        result.timeline().forEach(event -> timeline.add(event(event)));
        ArrayNode folded = node.putArray("foldedTimeline");
        FoldedTimeline.of(result.timeline()).forEach(row -> folded.add(row(row)));
        ArrayNode series = node.putArray("series");
        result.series().forEach(one -> series.add(series(one)));
        return node;
    }

    private static ObjectNode verdict(ScenarioOutcome outcome, Verdict verdict) {
        ObjectNode node = NODES.objectNode()
                .put("passed", verdict.passed())
                .put("what", verdict.what())
                .put("expected", verdict.expected())
                .put("actual", verdict.actual())
                .put("line", verdict.line())
                .put("atSeconds", Formats.seconds(verdict.at()));
        ArrayNode before = node.putArray("eventsBefore");
        if (!verdict.passed()) {
            outcome.eventsBefore(verdict).forEach(before::add);
        }
        return node;
    }

    private static ObjectNode event(Event event) {
        return NODES.objectNode()
                .put("atSeconds", Formats.seconds(event.at()))
                .put("member", event.member())
                .put("kind", Formats.name(event.kind()))
                .put("text", event.text());
    }

    private static ObjectNode row(FoldedTimeline.Row row) {
        return NODES.objectNode()
                .put("fromSeconds", Formats.seconds(row.at()))
                .put("untilSeconds", Formats.seconds(row.until()))
                .put("member", row.member())
                .put("kind", Formats.name(row.kind()))
                .put("text", row.text())
                .put("count", row.count());
    }

    private static ObjectNode series(Series series) {
        ObjectNode node = NODES.objectNode().put("name", series.name()).put("unit", series.unit());
        ArrayNode points = node.putArray("points");
        series.points()
                .forEach(point ->
                        points.addArray().add(Formats.seconds(point.at())).add(point.value()));
        return node;
    }
}
