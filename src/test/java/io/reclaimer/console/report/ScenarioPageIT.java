package io.reclaimer.console.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.reclaimer.scenario.model.ScenarioResult.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The page as a browser draws it. */
class ScenarioPageIT {

    private static final Set<String> EXTERNAL = Set.of("link", "img", "iframe", "object", "image", "use");

    @TempDir
    static Path folder;

    private static Browser browser;

    /** The page about {@link #known}. */
    private static Document page;

    private final KnownResult known = known();

    @BeforeAll
    static void drawKnown() throws Exception {
        Optional<Browser> found = Browser.find(folder);
        assumeTrue(found.isPresent(), "There is no Chromium on the PATH");
        browser = found.get();
        page = page(known().outcome());
    }

    private static KnownResult known() {
        return new KnownResult()
                .series("pages /noisy", "objects", 0, 10, 20)
                .series("pages /quiet", "objects", 5, 5, 5)
                .series("heap", "%", 10, 50, 90)
                .event(0, Kind.STEP, "online /noisy")
                .round(1_000, "TARGET_REACHED", 5)
                .event(2_000, Kind.FAULT, "pages: it threw <\"&'\u0001>")
                .verdict(1_000, true, "freed in /noisy", 21)
                .verdict(2_000, false, "lost <objects>", 22);
    }

    @Test
    void textsAreTextsWhateverTheyAre() {
        assertThat(cells(page)).contains(List.of("0:02.000", "fault", "pages: it threw <\"&'\uFFFD>"));
        assertThat(elements(page, "objects")).isEmpty();
    }

    @Test
    void itNeedsNothingButItself() {
        for (Element element : elements(page, "*")) {
            assertThat(EXTERNAL).doesNotContain(element.getTagName());
            assertThat(element.hasAttribute("src")).isFalse();
            assertThat(element.getAttribute("href")).matches("|#s\\d+");
        }
    }

    @Test
    void titleAndSummaryCountFailures() throws Exception {
        Document two = page(known.outcome(), new KnownResult().outcome());
        assertThat(elements(two, "title").get(0).getTextContent()).isEqualTo("1 of 2 scenarios failed");
        assertThat(byId(two, "summary").getTextContent())
                .isEqualTo("2 scenarios: 1 passed, 1 failed; 20s of virtual time in 34ms");
        assertThat(elements(two, "a"))
                .extracting(link -> link.getAttribute("href"))
                .containsExactly("#s1", "#s2");
    }

    @Test
    void theNoticeOfAPageWithoutScriptsIsGone() {
        assertThat(elements(page, "p")).noneMatch(p -> p.getAttribute("id").equals("notice"));
    }

    @Test
    void aReportThatCantBeDrawnIsAnError() throws Exception {
        String whole = ScenarioPage.of(List.of(known.outcome()), Duration.ofMillis(34));
        Document broken = browser.open(whole.replace("\"scenarios\"", "\"others\""));
        assertThat(byId(broken, "notice").getTextContent()).startsWith("The report could not be drawn: TypeError");
    }

    @Test
    void eachVerdictIsARow() {
        assertThat(cells(page))
                .contains(
                        List.of("passed", "freed in /noisy", "at least 7", "8", "0:01.000", "line 21"),
                        List.of("failed", "lost <objects>", "at least 7", "6", "0:02.000", "line 22"));
    }

    @Test
    void eachTableHasHeadingsOfItsColumns() {
        List<Element> headings = elements(page, "th");
        assertThat(headings).extracting(Element::getTextContent).contains("Verdict", "Expected", "Actual", "What");
        assertThat(headings).allMatch(heading -> heading.getAttribute("scope").equals("col"));
    }

    @Test
    void theLastEventsBeforeAFailureAreThereWithItsPlace() {
        assertThat(elements(page, "details"))
                .singleElement()
                .satisfies(details -> assertThat(details.getTextContent())
                        .contains("The last events before: lost <objects>", "known.conf:22")
                        .contains("online /noisy", "it threw"));
    }

    /** For screen readers. */
    @Test
    void eachChartHasATitleAndADescription() {
        List<Element> charts = charts(page);
        assertThat(charts).hasSize(2);
        for (Element chart : charts) {
            String[] ids = chart.getAttribute("aria-labelledby").split(" ");
            assertThat(ids).hasSize(2);
            assertThat(elements(page, "*"))
                    .filteredOn(element -> List.of(ids).contains(element.getAttribute("id")))
                    .extracting(Element::getTagName)
                    .containsExactly("title", "desc");
        }
        assertThat(charts.get(0).getTextContent())
                .contains("Objects of pages over time", "pages /noisy 0 to 20 objects, at the end 20");
    }

    @Test
    void aChartHasALineForEachSeriesWithAxesUnitAndLegend() {
        Element chart = charts(page).get(0);
        assertThat(elements(chart, "polyline")).hasSize(2);
        assertThat(elements(chart, "polyline").get(0).getAttribute("points")).isEqualTo("86,246 166,136 246,26");
        assertThat(elements(chart, "text"))
                .extracting(Element::getTextContent)
                .contains("objects", "0", "5", "20", "0s", "10s", "steps", "rounds", "faults", "verdicts");
        assertThat(elements(page, "li"))
                .extracting(Element::getTextContent)
                .anyMatch(item -> item.contains("pages /quiet always 5 objects"));
    }

    @Test
    void valuesOnAnAxisAreRoundAndReachTheLargest() throws Exception {
        KnownResult result = new KnownResult().elapsed(Duration.ZERO);
        double[] largest = {7046, 100, 1, 1.3, 0.03, 2000, 0};
        for (int i = 0; i < largest.length; i++) {
            result.series("cache" + i + " /a", "objects", largest[i]);
        }
        assertThat(charts(page(result.outcome())))
                .extracting(ScenarioPageIT::valueAxis)
                .containsExactly(
                        "0 1,000 2,000 3,000 4,000 5,000 6,000 7,000 8,000",
                        "0 20 40 60 80 100",
                        "0 0.2 0.4 0.6 0.8 1",
                        "0 0.5 1 1.5",
                        "0 0.005 0.01 0.015 0.02 0.025 0.03",
                        "0 500 1,000 1,500 2,000",
                        "0 0.2 0.4 0.6 0.8 1");
    }

    @Test
    void eventsAreMarkedAtTheirTimes() {
        Element chart = charts(page).get(0);
        assertThat(elements(chart, "rect"))
                .extracting(mark -> mark.getAttribute("class") + " " + mark.getAttribute("x"))
                .containsExactly(
                        "mark step 85", "mark round 165", "mark fault 245", "mark passed 165", "mark failed 245");
    }

    @Test
    void moreLinesThanCanBeToldApartAreSeveralCharts() throws Exception {
        IntStream.range(0, 20).forEach(i -> known.series("sessions /t" + i, "objects", 1, 2));
        List<Element> charts = charts(page(known.outcome()));
        assertThat(charts).hasSize(5);
        assertThat(charts).allMatch(chart -> elements(chart, "polyline").size() <= 8);
    }

    @Test
    void manyPointsAreNoMoreThanCanBeSeen() throws Exception {
        double[] values = IntStream.range(0, 20_000).mapToDouble(i -> i % 7).toArray();
        Document large = page(new KnownResult()
                .elapsed(Duration.ofSeconds(20_000))
                .series("pages /a", "objects", values)
                .outcome());
        String points = elements(large, "polyline").get(0).getAttribute("points");
        assertThat(points.split(" ")).hasSizeBetween(800, 1_600);
    }

    @Test
    void idsAreUniqueOverAllScenarios() throws Exception {
        Document three = page(known.outcome(), new KnownResult().outcome(), known.outcome());
        List<String> ids = elements(three, "*").stream()
                .map(element -> element.getAttribute("id"))
                .filter(id -> !id.isEmpty())
                .toList();
        assertThat(ids).doesNotHaveDuplicates().contains("s1", "s2", "s3");
    }

    @Test
    void aFoldedTimelineHasAllEventsBehindIt() throws Exception {
        IntStream.range(0, 100).forEach(i -> known.round(2_000 + i, "TARGET_REACHED", 1));
        Document folded = page(known.outcome());
        assertThat(elements(folded, "summary"))
                .extracting(Element::getTextContent)
                .contains("All 103 events");
        assertThat(cells(folded))
                .contains(List.of(
                        "0:01.000",
                        "0:02.099",
                        "round",
                        "... 101 rounds of pressure over /: 101 TARGET_REACHED, freed 105 objects"));
    }

    @Test
    void membersHaveAColumn() throws Exception {
        known.event(3_000, "member2", Kind.FAULT, "joined");
        assertThat(cells(page(known.outcome()))).contains(List.of("0:03.000", "", "fault", "member2", "joined"));
    }

    /** The page's script has formats of its own. */
    @Test
    void timesAreWrittenAsInTheTextReport() throws Exception {
        List<Duration> times = LongStream.of(
                        0,
                        1,
                        250,
                        999,
                        1_000,
                        1_001,
                        1_500,
                        4_350,
                        7_250,
                        10_000,
                        59_999,
                        60_000,
                        3_599_999,
                        3_600_000,
                        3_601_000,
                        3_723_500,
                        3_727_250,
                        90_000_000)
                .mapToObj(Duration::ofMillis)
                .toList();
        times.forEach(at -> known.event(at.toMillis(), Kind.HEAP, "at " + at));
        ScenarioOutcome[] outcomes =
                times.stream().map(elapsed -> known.elapsed(elapsed).outcome()).toArray(ScenarioOutcome[]::new);
        Document many = page(outcomes);
        assertThat(cells(many))
                .containsAll(times.stream()
                        .map(at -> List.of(Formats.clock(at), "", "heap", "at " + at))
                        .collect(Collectors.toSet()));
        assertThat(elements(many, "p"))
                .extracting(Element::getTextContent)
                .containsAll(times.stream()
                        .map(elapsed -> "known.conf, seed 1, " + Formats.span(elapsed))
                        .toList());
    }

    @Test
    void theSeedIsExact() throws Exception {
        Document seeded = page(new KnownResult()
                .of(new NoisyScenario().seed(Long.MAX_VALUE).scenario())
                .outcome());
        assertThat(elements(seeded, "p"))
                .extracting(Element::getTextContent)
                .contains("known.conf, seed 9223372036854775807, 10s");
    }

    private static Document page(ScenarioOutcome... outcomes) throws Exception {
        return browser.open(ScenarioPage.of(List.of(outcomes), Duration.ofMillis(34)));
    }

    private static List<Element> charts(Document page) {
        return elements(page, "svg").stream()
                .filter(svg -> svg.getAttribute("class").equals("chart"))
                .toList();
    }

    /** Returns the labels of the value axis, which are left of it, without the unit above them. */
    private static String valueAxis(Element chart) {
        return elements(chart, "text").stream()
                .filter(text -> text.getAttribute("x").equals("78"))
                .skip(1)
                .map(Element::getTextContent)
                .collect(Collectors.joining(" "));
    }

    /** Returns the texts of the cells, row by row. */
    private static List<List<String>> cells(Document page) {
        return elements(page, "tr").stream()
                .map(row -> elements(row, "td").stream()
                        .map(Element::getTextContent)
                        .toList())
                .toList();
    }

    private static Element byId(Document page, String id) {
        return elements(page, "*").stream()
                .filter(element -> element.getAttribute("id").equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static List<Element> elements(Document page, String name) {
        return list(page.getElementsByTagName(name));
    }

    private static List<Element> elements(Element in, String name) {
        return list(in.getElementsByTagName(name));
    }

    private static List<Element> list(NodeList nodes) {
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }
}
