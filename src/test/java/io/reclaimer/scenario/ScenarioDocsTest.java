package io.reclaimer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.scenario.Shape.Field;
import io.reclaimer.scenario.Shape.Keys;
import io.reclaimer.scenario.Shape.Kinds;
import io.reclaimer.scenario.Shape.Many;
import io.reclaimer.scenario.Shape.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page on the format says what the parser goes by, and shows a scenario that runs. */
class ScenarioDocsTest {

    private static final Path PAGE = Path.of("src/site/markdown/scenarios.md");
    private static final Path MADE = Path.of("target/scenario-tables.md");
    private static final Pattern EXAMPLE = Pattern.compile("```hocon\n(.*?)```", Pattern.DOTALL);

    @Test
    void pageHasTheTablesOfTheForm() throws IOException {
        StringBuilder tables = new StringBuilder();
        Keys scenario = ScenarioShape.scenario();
        table(tables, "A scenario", scenario.fields());
        Map<String, Keys> below = new TreeMap<>();
        for (Field field : scenario.fields()) {
            inner(field.shape()).ifPresent(keys -> below.put(field.name(), keys));
        }
        below.remove("steps");
        below.forEach((name, keys) -> table(tables, "`" + name + "`", keys.fields()));
        table(tables, "`model` of a shrinker", ScenarioShape.CACHE.fields());
        steps(tables, scenario);
        Files.createDirectories(MADE.getParent());
        Files.writeString(MADE, tables);
        assertThat(Files.readString(PAGE))
                .as("the tables are in %s", MADE)
                .contains(tables.toString().strip());
    }

    private static Optional<Keys> inner(Shape shape) {
        if (shape instanceof Keys keys) {
            return Optional.of(keys);
        } else if (shape instanceof Many many) {
            return inner(many.element());
        }
        return shape instanceof Names names ? inner(names.value()) : Optional.empty();
    }

    private static void table(StringBuilder to, String title, List<Field> fields) {
        to.append("### ")
                .append(title)
                .append("\n\n| key | what | allowed | if left out |\n| --- | --- | --- | --- |\n");
        for (Field field : fields) {
            to.append("| `")
                    .append(field.name())
                    .append("` | ")
                    .append(field.about())
                    .append(" | ");
            to.append(Shape.allowed(field.shape())).append(" | ");
            to.append(field.otherwise().orElse("*has to be there*")).append(" |\n");
        }
        to.append('\n');
    }

    private static void steps(StringBuilder to, Keys scenario) {
        Kinds kinds = (Kinds) ((Many) scenario.fields().stream()
                        .filter(field -> field.name().equals("steps"))
                        .findFirst()
                        .orElseThrow()
                        .shape())
                .element();
        to.append("### `steps`\n\n| `op` | other keys, beside `at`, `member`, `expect` |\n| --- | --- |\n");
        kinds.kinds().forEach((op, keys) -> {
            List<String> names = keys.fields().stream()
                    .filter(field -> !List.of("op", "at", "member", "expect").contains(field.name()))
                    .map(field -> field.otherwise().isEmpty() ? "**" + field.name() + "**" : field.name())
                    .toList();
            to.append("| `")
                    .append(op)
                    .append("` | ")
                    .append(String.join(", ", names))
                    .append(" |\n");
        });
    }

    @Test
    void pageShowsAScenarioThatRuns() throws IOException {
        Matcher example = EXAMPLE.matcher(Files.readString(PAGE));
        assertThat(example.find()).isTrue();
        ScenarioResult result = ScenarioRunner.run(
                ScenarioFile.parse("example", example.group(1)).get(0));
        assertThat(result.failures()).isEmpty();
        assertThat(result.verdicts()).hasSizeGreaterThan(2);
    }

    @Test
    void pageListsTheScenariosThatThereAre() throws IOException {
        String page = Files.readString(PAGE);
        try (Stream<Path> files = Files.list(Path.of("conf/scenarios"))) {
            for (Path file : files.toList()) {
                String about = Files.readAllLines(file).get(0).substring(2);
                assertThat(page).contains("| `" + file.getFileName() + "` | " + about + " |");
            }
        }
    }
}
