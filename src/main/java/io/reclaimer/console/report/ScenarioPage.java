package io.reclaimer.console.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The report on scenarios as one HTML page: a static resource with the JSON document of {@link ScenarioJson} inside,
 * which the page's own script draws.
 */
public final class ScenarioPage {

    private static final String RESOURCE = "scenario-page.html";

    /** Stands in the resource in place of the document. */
    private static final String PLACEHOLDER = "{{report}}";

    private ScenarioPage() {}

    public static String of(List<ScenarioOutcome> outcomes, Duration took) {
        return template().replace(PLACEHOLDER, ScenarioJson.embeddable(outcomes, took));
    }

    private static String template() {
        try (InputStream resource = ScenarioPage.class.getResourceAsStream(RESOURCE)) {
            return new String(Objects.requireNonNull(resource, RESOURCE).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the resource [" + RESOURCE + "] can't be read", e);
        }
    }
}
