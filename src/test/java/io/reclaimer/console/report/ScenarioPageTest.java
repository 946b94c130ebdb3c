package io.reclaimer.console.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reclaimer.scenario.model.ScenarioResult.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page as a file. {@link ScenarioPageIT} tests what a browser draws of it. */
class ScenarioPageTest {

    private static final Duration TOOK = Duration.ofMillis(34);

    private static final Pattern SCRIPT = Pattern.compile("<script([^>]*)>(.*?)</script>", Pattern.DOTALL);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "</script><script>alert(1)</script>",
                "</SCRIPT >",
                "<!-- <script>",
                "]]>",
                "\u2028 \u2029 \u0001 \"'\\ &amp; {{report}}",
                "ünïcödé 🙂",
                "half of a pair: \ud83d"
            })
    void anyTextIsSafeInThePage(String text) throws Exception {
        List<ScenarioOutcome> outcomes =
                List.of(new KnownResult().event(0, Kind.STEP, text).outcome());
        List<String> scripts = scripts(ScenarioPage.of(outcomes, TOOK));
        assertThat(scripts).hasSize(2);
        ObjectMapper mapper = new ObjectMapper();
        assertThat(mapper.readTree(scripts.get(0))).isEqualTo(mapper.readTree(ScenarioJson.of(outcomes, TOOK)));
        assertThat(scripts.get(0)).doesNotContain("<").matches("\\p{ASCII}*");
    }

    @Test
    void thePageCanBeWrittenAsUtf8() {
        String page = page();
        assertThat(new String(page.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(page)
                .startsWith("<!DOCTYPE html>")
                .contains("<meta charset=\"utf-8\">");
    }

    @Test
    void itNeedsNothingButItself() {
        assertThat(page())
                .contains("content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\"")
                .doesNotContain("<link", "<img", "<iframe", "src=", "url(", "@import", "import(", "fetch(")
                .doesNotContain("innerHTML", "document.write", "eval(");
    }

    @Test
    void withoutScriptsItTellsWhatItNeeds() {
        assertThat(page()).contains("This page needs JavaScript to draw its report.");
    }

    @Test
    void itIsForLightAndDarkScreensAndForPaper() {
        assertThat(page()).contains("color-scheme: light dark", "prefers-color-scheme: dark", "@media print");
    }

    private static String page() {
        return ScenarioPage.of(List.of(new KnownResult().outcome()), TOOK);
    }

    private static List<String> scripts(String page) {
        Matcher matcher = SCRIPT.matcher(page);
        return matcher.results().map(script -> script.group(2)).toList();
    }
}
