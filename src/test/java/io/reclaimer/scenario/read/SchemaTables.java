package io.reclaimer.scenario.read;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The schema as tables in Markdown, one for each object. */
final class SchemaTables {

    private static final List<String> OBJECTS = List.of(
            "shrinker",
            "contents",
            "model",
            "faults",
            "load",
            "pressure",
            "round",
            "heap",
            "other",
            "cluster",
            "step",
            "expectation");

    private final SchemaNode scenario = ScenarioSchema.PUBLISHED.file(false);
    private final SchemaNode step = scenario.property("steps").items();

    /** By the name of the object. */
    static Map<String, String> all() {
        SchemaTables tables = new SchemaTables();
        Map<String, String> all = new LinkedHashMap<>();
        all.put("scenario", tables.table(tables.scenario));
        OBJECTS.forEach(name -> all.put(name, tables.table(tables.definition(name))));
        all.put("step", tables.steps());
        all.put("each step", tables.table(tables.step.kinds().get(0), common()));
        all.put("keys of steps", tables.keysOfSteps());
        return all;
    }

    private SchemaNode definition(String name) {
        return new SchemaNode(scenario.root(), scenario.root().at("/$defs/" + name));
    }

    private static List<String> common() {
        return List.of("at", "member", "expect");
    }

    private String table(SchemaNode object) {
        String table = table(object, object.keys());
        return object.alternatives().isEmpty()
                ? table
                : table + "\nOne or more of " + names(object.alternatives().stream()) + " is required.\n";
    }

    private String table(SchemaNode object, List<String> keys) {
        StringBuilder table = new StringBuilder("| Key | Meaning | Allowed | Default |\n|---|---|---|---|\n");
        keys.forEach(key -> table.append(row(object, key)));
        return table.toString();
    }

    private static String row(SchemaNode object, String key) {
        SchemaNode value = object.property(key);
        Object byDefault = object.defaults().get(key);
        return row(
                "`" + key + "`",
                text(value, "description"),
                allowed(value),
                object.isRequired(key) ? "**required**" : byDefault == null ? "" : "`" + byDefault + "`");
    }

    /** With a link for each object that has a table. */
    private static String allowed(SchemaNode value) {
        return link(value.json())
                .or(() -> link(value.json().path("items")).map(link -> "a list, each of a " + link))
                .or(() -> link(value.json().path("additionalProperties")).map(link -> "names, each of a " + link))
                .orElseGet(value::allowed);
    }

    private static Optional<String> link(JsonNode json) {
        String name = json.path("$ref").asText().replace("#/$defs/", "");
        return OBJECTS.contains(name) ? Optional.of("[" + name + "](#" + name + ")") : Optional.empty();
    }

    private static String text(SchemaNode node, String keyword) {
        String own = node.json().path(keyword).asText();
        return own.isEmpty() ? node.resolved().json().path(keyword).asText() : own;
    }

    private String steps() {
        StringBuilder table = new StringBuilder("| `op` | What it does | Required | Optional |\n|---|---|---|---|\n");
        for (SchemaNode kind : step.kinds()) {
            List<String> keys = kind.keys().stream()
                    .filter(key -> !key.equals("op") && (kind.isRequired(key) || !common().contains(key)))
                    .toList();
            table.append(row(
                    "`" + kind.op() + "`",
                    text(kind, "description"),
                    names(keys.stream().filter(kind::isRequired)),
                    names(keys.stream().filter(key -> !kind.isRequired(key)))));
        }
        return table.toString();
    }

    /** The keys of a round are in the table of rounds, except for the one that only a step has. */
    private String keysOfSteps() {
        Map<String, String> rows = new LinkedHashMap<>();
        for (SchemaNode kind : step.kinds()) {
            kind.keys().stream()
                    .filter(key -> !key.equals("op") && !common().contains(key))
                    .filter(key -> !kind.op().equals("round") || key.equals("apart"))
                    .forEach(key -> rows.putIfAbsent(key, row(kind, key)));
        }
        return "| Key | Meaning | Allowed | Default |\n|---|---|---|---|\n" + String.join("", rows.values());
    }

    private static String names(Stream<String> keys) {
        return keys.map(key -> "`" + key + "`").collect(Collectors.joining(", "));
    }

    private static String row(String... cells) {
        return Arrays.stream(cells).map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |"))
                + "\n";
    }
}
