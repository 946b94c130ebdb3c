package io.reclaimer.console.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reclaimer.scenario.model.ScenarioResult.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScenarioJsonTest {

    /** Programs rely on each name. */
    @Test
    void theDocumentHasTheseNamesAndValues() throws Exception {
        ScenarioOutcome known = new KnownResult()
                .series("pages /noisy", "objects", 0, 2.5)
                .event(1_250, "member2", Kind.ROUND, "pressure \"over\" /")
                .verdict(2_000, false, "lost", 22)
                .outcome();
        String expected = """
                { "passed": 1, "failed": 1, "elapsedSeconds": 20.0, "tookSeconds": 0.034,
                  "scenarios": [
                    { "file": "known.conf", "name": "noisy neighbour",
                      "about": "who fills the heap pays for it, not who is beside",
                      "seed": 1, "passed": false, "elapsedSeconds": 10.0, "tookSeconds": 0.012,
                      "verdicts": [ { "passed": false, "what": "lost", "expected": "at least 7", "actual": "6",
                        "line": 22, "atSeconds": 2.0, "eventsBefore": [ 0 ] } ],
                      "timeline": [ { "atSeconds": 1.25, "member": "member2", "kind": "round",
                        "text": "pressure \\"over\\" /" } ],
                      "foldedTimeline": [ { "fromSeconds": 1.25, "untilSeconds": 1.25, "member": "member2",
                        "kind": "round", "text": "pressure \\"over\\" /", "count": 1 } ],
                      "series": [ { "name": "pages /noisy", "unit": "objects",
                        "points": [ [ 0.0, 0.0 ], [ 1.0, 2.5 ] ] } ] },
                    { "file": "known.conf", "name": "noisy neighbour",
                      "about": "who fills the heap pays for it, not who is beside",
                      "seed": 1, "passed": true, "elapsedSeconds": 10.0, "tookSeconds": 0.012,
                      "verdicts": [], "timeline": [], "foldedTimeline": [], "series": [] } ] }
                """;
        JsonNode actual = new ObjectMapper()
                .readTree(ScenarioJson.of(List.of(known, new KnownResult().outcome()), Duration.ofMillis(34)));
        assertThat(actual).isEqualTo(new ObjectMapper().readTree(expected));
    }

    @Test
    void onlyFailuresHaveEventsBefore() throws Exception {
        ScenarioOutcome known = new KnownResult()
                .event(0, Kind.STEP, "online /noisy")
                .verdict(1_000, true, "freed", 21)
                .outcome();
        JsonNode verdict = new ObjectMapper()
                .readTree(ScenarioJson.of(List.of(known), Duration.ofMillis(34)))
                .at("/scenarios/0/verdicts/0");
        assertThat(verdict.get("eventsBefore")).isEmpty();
    }
}
