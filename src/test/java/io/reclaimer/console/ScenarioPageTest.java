package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.scenario.Position;
import io.reclaimer.scenario.ScenarioResult.Kind;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ScenarioPageTest {

    private static final Set<String> OUTSIDE = Set.of("script", "link", "img", "iframe", "object", "image", "use");

    private final KnownResult known = new KnownResult()
            .series("pages /noisy", "objects", 0, 10, 20)
            .series("pages /quiet", "objects", 5, 5, 5)
            .series("heap", "%", 10, 50, 90)
            .event(0, Kind.STEP, "online /noisy")
            .round(1_000, "MET", 5)
            .event(2_000, Kind.FAULT, "pages: it threw <\"&'\u0001>")
            .verdict(1_000, true, "freed in /noisy", new Position(21, 5))
            .verdict(2_000, false, "lost <objects>", new Position(22, 5));

    @Test
    void itIsWellFormedWhateverIsWritten() throws Exception {
        Document page = page(known.outcome());
        assertThat(page.getDocumentElement().getTagName()).isEqualTo("html");
        assertThat(page.getDocumentElement().getTextContent()).contains("it threw <\"&'\uFFFD>");
    }

    @Test
    void itNeedsNothingButItself() throws Exception {
        Document page = page(known.outcome());
        for (Element element : elements(page, "*")) {
            assertThat(OUTSIDE).doesNotContain(element.getTagName());
            assertThat(element.hasAttribute("src")).isFalse();
            assertThat(element.getAttribute("href")).matches("|#s\\d+");
        }
        assertThat(elements(page, "style"))
                .singleElement()
                .satisfies(style -> assertThat(style.getTextContent())
                        .contains("prefers-color-scheme: dark")
                        .doesNotContain("url(", "@import"));
    }

    @Test
    void eachVerdictIsARow() throws Exception {
        List<String> rows = elements(page(known.outcome()), "tr").stream()
                .map(row -> row.getTextContent().replaceAll("\\s*\n\\s*", "|"))
                .toList();
        assertThat(rows)
                .contains(
                        "passed|freed in /noisy|at least 7|8|0:01.000|line 21|",
                        "failed|lost <objects>|at least 7|6|0:02.000|line 22|");
    }

    @Test
    void eachTableHasHeadsOfItsColumns() throws Exception {
        List<Element> heads = elements(page(known.outcome()), "th");
        assertThat(heads).extracting(Element::getTextContent).contains("Verdict", "Expected", "Actual", "What");
        assertThat(heads).allMatch(head -> head.getAttribute("scope").equals("col"));
    }

    @Test
    void theLastEventsBeforeAFailureAreThere() throws Exception {
        assertThat(elements(page(known.outcome()), "details"))
                .singleElement()
                .satisfies(details -> assertThat(details.getTextContent())
                        .contains("The last events before: lost <objects>", "online /noisy", "it threw"));
    }

    /** For those who don't see it. */
    @Test
    void eachChartHasATitleAndADescription() throws Exception {
        Document page = page(known.outcome());
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
    void aChartHasALineASeriesWithAxesUnitAndLegend() throws Exception {
        Document page = page(known.outcome());
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
    void eventsAreMarkedAtTheirTimes() throws Exception {
        Element chart = charts(page(known.outcome())).get(0);
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
        Document page = page(new KnownResult()
                .elapsed(Duration.ofSeconds(20_000))
                .series("pages /a", "objects", values)
                .outcome());
        String points = elements(page, "polyline").get(0).getAttribute("points");
        assertThat(points.split(" ")).hasSizeBetween(800, 1_600);
    }

    @Test
    void idsAreUniqueOverAllScenarios() throws Exception {
        Document page = page(known.outcome(), new KnownResult().outcome(), known.outcome());
        List<String> ids = elements(page, "*").stream()
                .map(element -> element.getAttribute("id"))
                .filter(id -> !id.isEmpty())
                .toList();
        assertThat(ids).doesNotHaveDuplicates().contains("s1", "s2", "s3");
    }

    @Test
    void aFoldedTimelineHasAllOfItBehindIt() throws Exception {
        IntStream.range(0, 100).forEach(i -> known.round(2_000 + i, "MET", 1));
        assertThat(elements(page(known.outcome()), "summary"))
                .extracting(Element::getTextContent)
                .contains("All 103 events");
    }

    private static List<Element> charts(Document page) {
        return elements(page, "svg").stream()
                .filter(svg -> svg.getAttribute("class").equals("chart"))
                .toList();
    }

    private static Document page(ScenarioOutcome... outcomes) throws Exception {
        String page = ScenarioPage.of(List.of(outcomes), Duration.ofMillis(34));
        assertThat(page).startsWith("<!DOCTYPE html>\n<html");
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(page)));
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
