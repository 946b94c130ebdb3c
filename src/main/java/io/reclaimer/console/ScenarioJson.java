package io.reclaimer.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reclaimer.scenario.ScenarioResult.Event;
import io.reclaimer.scenario.ScenarioResult.Series;
import io.reclaimer.scenario.ScenarioResult.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Scenarios that were run, for programs. Names are kept and none is ever absent; times are seconds; but for {@code tookSeconds}
 * the same scenarios give the same document.
 *
 * <pre>
 * { passed, failed       how many scenarios
 *   elapsedSeconds       how much time went by in them
 *   tookSeconds          how long running them took
 *   scenarios: [ { file, name, about, seed, passed, elapsedSeconds, tookSeconds,
 *     verdicts: [ { passed, what, expected, actual, line, column, atSeconds } ]   line and column 0 where not known
 *     timeline: [ { atSeconds, member, kind, text } ]   member "" where there is but one; kind as "round"
 *     series:   [ { name, unit, points: [ [ seconds, value ] ] } ] } ] }
 * </pre>
 */
final class ScenarioJson {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ScenarioJson() {}

    static String of(List<ScenarioOutcome> outcomes, Duration took) {
        long passed = outcomes.stream().filter(ScenarioOutcome::passed).count();
        Duration elapsed =
                outcomes.stream().map(outcome -> outcome.result().elapsed()).reduce(Duration.ZERO, Duration::plus);
        ObjectNode all = NODES.objectNode()
                .put("passed", passed)
                .put("failed", outcomes.size() - passed)
                .put("elapsedSeconds", ScenarioWords.seconds(elapsed))
                .put("tookSeconds", ScenarioWords.seconds(took));
        ArrayNode scenarios = all.putArray("scenarios");
        outcomes.forEach(outcome -> scenarios.add(of(outcome)));
        try {
            return MAPPER.writeValueAsString(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of nodes that is no JSON", e);
        }
    }

    private static ObjectNode of(ScenarioOutcome outcome) {
        var result = outcome.result();
        ObjectNode node = NODES.objectNode()
                .put("file", outcome.file())
                .put("name", outcome.name())
                .put("about", result.scenario().about())
                .put("seed", result.scenario().seed())
                .put("passed", outcome.passed())
                .put("elapsedSeconds", ScenarioWords.seconds(result.elapsed()))
                .put("tookSeconds", ScenarioWords.seconds(outcome.took()));
        ArrayNode verdicts = node.putArray("verdicts");
        result.verdicts().forEach(verdict -> verdicts.add(of(verdict)));
        ArrayNode timeline = node.putArray("timeline");
        result.timeline().forEach(event -> timeline.add(of(event)));
        ArrayNode series = node.putArray("series");
        result.series().forEach(one -> series.add(of(one)));
        return node;
    }

    private static ObjectNode of(Verdict verdict) {
        return NODES.objectNode()
                .put("passed", verdict.passed())
                .put("what", verdict.what())
                .put("expected", verdict.expected())
                .put("actual", verdict.actual())
                .put("line", verdict.position().line())
                .put("column", verdict.position().column())
                .put("atSeconds", ScenarioWords.seconds(verdict.at()));
    }

    private static ObjectNode of(Event event) {
        return NODES.objectNode()
                .put("atSeconds", ScenarioWords.seconds(event.at()))
                .put("member", event.member())
                .put("kind", event.kind().name().toLowerCase(Locale.ROOT))
                .put("text", event.text());
    }

    private static ObjectNode of(Series series) {
        ObjectNode node = NODES.objectNode().put("name", series.name()).put("unit", series.unit());
        ArrayNode points = node.putArray("points");
        series.points()
                .forEach(point ->
                        points.addArray().add(ScenarioWords.seconds(point.at())).add(point.value()));
        return node;
    }
}
