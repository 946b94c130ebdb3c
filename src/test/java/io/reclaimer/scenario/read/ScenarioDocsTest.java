package io.reclaimer.scenario.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.scenario.ScenarioFile;
import io.reclaimer.scenario.ScenarioRunner;
import io.reclaimer.scenario.model.Expectation;
import io.reclaimer.scenario.model.ScenarioResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about scenarios has the tables of the schema and the list of scenarios in conf. */
class ScenarioDocsTest {

    private static final Path PAGE = Path.of("src/site/markdown/scenarios.md");
    private static final Path FOLDER = Path.of("conf/scenarios");
    private static final Pattern PART = Pattern.compile("<!-- begin (.*?) -->\n(.*?)<!-- end -->", Pattern.DOTALL);
    private static final Pattern EXAMPLE = Pattern.compile("```hocon\n(.*?)```", Pattern.DOTALL);

    private static Map<String, String> made() throws IOException {
        Map<String, String> parts = new LinkedHashMap<>();
        SchemaTables.all().forEach((name, table) -> parts.put(name, "\n" + table + "\n"));
        try (Stream<Path> files = Files.list(FOLDER)) {
            parts.put(
                    "list of scenarios",
                    files.filter(file -> file.toString().endsWith(".conf"))
                            .sorted()
                            .map(file -> "- `" + file.getFileName() + "`: " + firstComment(file) + "\n")
                            .collect(Collectors.joining("", "\n", "\n")));
        }
        return parts;
    }

    private static String firstComment(Path file) {
        try {
            String first = Files.readAllLines(file).get(0);
            assertThat(first).as("the first line of %s", file).startsWith("# ");
            return first.substring(2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void tablesAndListOfThePageAreThoseOfTheSchemaAndTheFolder() throws IOException {
        Map<String, String> made = made();
        String page = Files.readString(PAGE);
        if ("write".equals(System.getProperty("reclaimer.docs"))) {
            page = PART.matcher(page)
                    .replaceAll(part -> Matcher.quoteReplacement("<!-- begin " + part.group(1) + " -->\n"
                            + made.getOrDefault(part.group(1), "no such part\n") + "<!-- end -->"));
            Files.writeString(PAGE, page);
        }
        Map<String, String> there = new LinkedHashMap<>();
        for (MatchResult part : PART.matcher(page).results().toList()) {
            there.put(part.group(1), part.group(2));
        }
        assertThat(there)
                .as("parts of [" + PAGE + "]; write those between <!-- begin NAME --> and <!-- end --> anew with"
                        + " mvn test -Dtest=ScenarioDocsTest -Dreclaimer.docs=write")
                .containsExactlyInAnyOrderEntriesOf(made);
    }

    @Test
    void pageExplainsEachValue() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(Expectation.What.values())
                .extracting(Expectation.What::word)
                .allSatisfy(word -> assertThat(page).contains("\n- `" + word + "`: "));
    }

    @Test
    void exampleOfThePageRunsAndIsAsItExpects() throws IOException {
        List<String> examples = EXAMPLE.matcher(Files.readString(PAGE))
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(examples).hasSize(1);
        ScenarioResult result = ScenarioRunner.run(
                ScenarioFile.parse("example.conf", examples.get(0)).get(0));
        assertThat(result.verdicts()).hasSizeGreaterThan(3);
        assertThat(result.failures()).isEmpty();
    }
}
