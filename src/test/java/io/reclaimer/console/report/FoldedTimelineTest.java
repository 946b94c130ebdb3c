package io.reclaimer.console.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.reclaimer.console.report.FoldedTimeline.Row;
import io.reclaimer.scenario.model.Cell;
import io.reclaimer.scenario.model.ScenarioResult.Kind;
import io.reclaimer.scenario.model.Step;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FoldedTimelineTest {

    private final KnownResult known = new KnownResult();

    @Test
    void aShortTimelineIsNotFolded() {
        IntStream.range(0, 40).forEach(i -> known.round(i, "TARGET_REACHED", 1));
        assertThat(rows())
                .hasSize(40)
                .allMatch(
                        row -> row.count() == 1 && row.text().equals("pressure over /: TARGET_REACHED, freed 1 in 0s"));
    }

    @Test
    void roundsOfALongTimelineAreFolded() {
        IntStream.range(0, 100).forEach(i -> known.round(i, i < 90 ? "TARGET_REACHED" : "TARGET_MISSED", 120));
        assertThat(rows())
                .containsExactly(new Row(
                        Duration.ZERO,
                        Duration.ofMillis(99),
                        "",
                        Kind.ROUND,
                        "... 100 rounds of pressure over /: 10 TARGET_MISSED, 90 TARGET_REACHED, freed 12,000 objects",
                        100));
    }

    @Test
    void roundsThatFreedThousandsAreFolded() {
        IntStream.range(0, 41).forEach(i -> known.round(i, "", "round over /a", "TARGET_REACHED", 1_024));
        assertThat(texts()).containsExactly("... 41 rounds of round over /a: 41 TARGET_REACHED, freed 41,984 objects");
    }

    @Test
    void stepsDivideTheTimeline() {
        IntStream.range(0, 30).forEach(i -> known.round(i, "TARGET_REACHED", 1));
        known.event(30, Kind.STEP, "offline /a");
        IntStream.range(31, 60).forEach(i -> known.round(i, "TARGET_REACHED", 1));
        assertThat(texts())
                .containsExactly(
                        "... 30 rounds of pressure over /: 30 TARGET_REACHED, freed 30 objects",
                        "offline /a",
                        "... 29 rounds of pressure over /: 29 TARGET_REACHED, freed 29 objects");
    }

    /** Alternating events are folded too. */
    @Test
    void eachMemberShrinkerAndCgroupIsFoldedSeparately() {
        for (int i = 0; i < 30; i++) {
            known.round(3L * i, "member1", "pressure over /a", "TARGET_REACHED", 1);
            known.round(3L * i + 1, "member2", "pressure over /a", "TARGET_REACHED", 2);
            known.event(3L * i + 2, "member1", Kind.FAULT, "pages: it threw");
        }
        assertThat(rows())
                .extracting(Row::member, Row::text)
                .containsExactly(
                        tuple("member1", "... 30 rounds of pressure over /a: 30 TARGET_REACHED, freed 30 objects"),
                        tuple("member2", "... 30 rounds of pressure over /a: 30 TARGET_REACHED, freed 60 objects"),
                        tuple("member1", "... 30 faults, the last one: pages: it threw"));
    }

    @Test
    void refusedRoundsAreCounted() {
        IntStream.range(0, 50).forEach(i -> known.event(i, Kind.ROUND, "pressure over /a refused: too many"));
        assertThat(texts()).containsExactly("... 50 rounds, the last one: pressure over /a refused: too many");
    }

    @Test
    void stepsThatDifferOnlyInNumbersAreFolded() {
        IntStream.range(0, 50).forEach(i -> known.event(i, "", Kind.STEP, new Step.Add(new Cell("pages", "/a", 0), i)));
        assertThat(texts()).containsExactly("... 50 steps, the last one: add 49 objects of pages in /a on node 0");
    }

    @Test
    void verdictsAreNeverFolded() {
        IntStream.range(0, 41).forEach(i -> known.round(i, "TARGET_REACHED", 1));
        known.event(41, Kind.EXPECTATION, "as expected: freed 1");
        known.event(41, Kind.EXPECTATION, "as expected: freed 2");
        assertThat(texts()).hasSize(3).contains("as expected: freed 1", "as expected: freed 2");
    }

    @Test
    void theMiddleOfManyDifferentRowsIsLeftOut() {
        IntStream.range(0, 100).forEach(i -> known.event(i, Kind.EXPECTATION, "as expected: " + i));
        assertThat(texts())
                .hasSize(41)
                .startsWith("as expected: 0")
                .contains("... 60 rows left out; --json and --html have all events")
                .endsWith("as expected: 99");
    }

    @Test
    void anEmptyTimelineHasNoRows() {
        assertThat(rows()).isEmpty();
    }

    private List<Row> rows() {
        return FoldedTimeline.of(known.result().timeline());
    }

    private List<String> texts() {
        return rows().stream().map(Row::text).toList();
    }
}
