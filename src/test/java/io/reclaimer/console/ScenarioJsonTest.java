package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reclaimer.scenario.Position;
import io.reclaimer.scenario.ScenarioResult.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScenarioJsonTest {

    /** Programs rely on each of these. */
    @Test
    void aKnownResultIsThatDocument() throws Exception {
        ScenarioOutcome known = new KnownResult()
                .series("pages /noisy", "objects", 0, 2.5)
                .event(1_250, "member2", Kind.ROUND, "pressure \"over\" /")
                .verdict(2_000, false, "lost", new Position(22, 5))
                .outcome();
        String expected = """
                { "passed": 1, "failed": 1, "elapsedSeconds": 20.0, "tookSeconds": 0.034,
                  "scenarios": [
                    { "file": "known.conf", "name": "noisy neighbour",
                      "about": "who fills the heap pays for it, not who is beside",
                      "seed": 1, "passed": false, "elapsedSeconds": 10.0, "tookSeconds": 0.012,
                      "verdicts": [ { "passed": false, "what": "lost", "expected": "at least 7", "actual": "6",
                        "line": 22, "column": 5, "atSeconds": 2.0 } ],
                      "timeline": [ { "atSeconds": 1.25, "member": "member2", "kind": "round",
                        "text": "pressure \\"over\\" /" } ],
                      "series": [ { "name": "pages /noisy", "unit": "objects",
                        "points": [ [ 0.0, 0.0 ], [ 1.0, 2.5 ] ] } ] },
                    { "file": "known.conf", "name": "noisy neighbour",
                      "about": "who fills the heap pays for it, not who is beside",
                      "seed": 1, "passed": true, "elapsedSeconds": 10.0, "tookSeconds": 0.012,
                      "verdicts": [], "timeline": [], "series": [] } ] }
                """;
        JsonNode actual = new ObjectMapper()
                .readTree(ScenarioJson.of(List.of(known, new KnownResult().outcome()), Duration.ofMillis(34)));
        assertThat(actual).isEqualTo(new ObjectMapper().readTree(expected));
    }
}
