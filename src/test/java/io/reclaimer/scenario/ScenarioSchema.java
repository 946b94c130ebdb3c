package io.reclaimer.scenario;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reclaimer.scenario.Shape.Decimal;
import io.reclaimer.scenario.Shape.Either;
import io.reclaimer.scenario.Shape.Field;
import io.reclaimer.scenario.Shape.Flag;
import io.reclaimer.scenario.Shape.Keys;
import io.reclaimer.scenario.Shape.Kinds;
import io.reclaimer.scenario.Shape.Many;
import io.reclaimer.scenario.Shape.Names;
import io.reclaimer.scenario.Shape.Size;
import io.reclaimer.scenario.Shape.Text;
import io.reclaimer.scenario.Shape.Time;
import io.reclaimer.scenario.Shape.Whole;
import io.reclaimer.scenario.Shape.Word;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes the JSON schema of what {@link ScenarioShape} says. Each object stands once, under {@code $defs}. */
final class ScenarioSchema {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** As Typesafe Config reads them. */
    private static final String UNITS_OF_TIME =
            "(ns|nano|nanos|nanosecond|nanoseconds|us|micro|micros|microsecond|microseconds|ms|milli|millis|millisecond"
                    + "|milliseconds|s|second|seconds|m|minute|minutes|h|hour|hours|d|day|days)?";

    private static final String UNITS_OF_SIZE =
            "(b|B|byte|bytes|kB|kilobyte|kilobytes|K|k|Ki|KiB|kibibyte|kibibytes|MB|megabyte|megabytes|M|m|Mi|MiB"
                    + "|mebibyte|mebibytes|GB|gigabyte|gigabytes|G|g|Gi|GiB|gibibyte|gibibytes|TB|T|t|Ti|TiB)?";

    private final Map<Shape, String> names = new LinkedHashMap<>();
    private final ObjectNode definitions = JSON.createObjectNode();

    private ScenarioSchema() {}

    static ObjectNode make() {
        ScenarioSchema schema = new ScenarioSchema();
        ObjectNode root = JSON.createObjectNode();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.put("title", "Scenarios of reclaimer");
        root.put("description", "One scenario, or { scenarios: [...] }.");
        Shape scenario = ScenarioShape.scenario();
        schema.names.put(scenario, "scenario");
        schema.names.put(ScenarioShape.CACHE, "cache");
        ObjectNode condition = root.putObject("if").put("type", "object");
        condition.putArray("required").add("scenarios");
        root.set("then", schema.of(ScenarioShape.several()));
        root.set("else", schema.of(scenario));
        root.set("$defs", schema.definitions);
        return root;
    }

    private ObjectNode of(Shape shape) {
        ObjectNode node = JSON.createObjectNode();
        if (shape instanceof Keys keys) {
            return names.containsKey(keys) ? defined(keys, names.get(keys)) : keys(keys, null, null);
        } else if (shape instanceof Kinds kinds) {
            node.put("type", "object").putArray("required").add(kinds.key());
            node.putObject("properties")
                    .putObject(kinds.key())
                    .set("enum", JSON.valueToTree(kinds.kinds().keySet()));
            ArrayNode all = node.putArray("allOf");
            kinds.kinds().forEach((kind, keys) -> {
                ObjectNode one = all.addObject();
                one.putObject("if")
                        .putObject("properties")
                        .putObject(kinds.key())
                        .put("const", kind);
                one.set("then", keys(keys, kinds.key(), kind));
            });
        } else if (shape instanceof Names any) {
            node.put("type", "object").set("additionalProperties", of(any.value()));
        } else if (shape instanceof Many many) {
            node.put("type", "array").set("items", of(many.element()));
        } else if (shape instanceof Word word) {
            node.set("enum", JSON.valueToTree(word.allowed()));
        } else if (shape instanceof Whole whole) {
            node.put("type", "integer").put("minimum", whole.least()).put("maximum", whole.most());
        } else if (shape instanceof Decimal decimal) {
            node.put("type", "number").put("minimum", decimal.least()).put("maximum", decimal.most());
        } else if (shape instanceof Time time) {
            amount(node, time.mayBeZero() ? 0 : 1e-6, UNITS_OF_TIME, time.mayBeZero());
        } else if (shape instanceof Size size) {
            amount(node, size.least(), UNITS_OF_SIZE, size.least() == 0);
        } else if (shape instanceof Flag) {
            ArrayNode any = node.putArray("anyOf");
            any.addObject().put("type", "boolean");
            any.addObject()
                    .putArray("enum")
                    .add("true")
                    .add("false")
                    .add("on")
                    .add("off")
                    .add("yes")
                    .add("no");
        } else if (shape instanceof Text text) {
            node.put("type", "string").put("pattern", "^(" + text.pattern() + ")$");
        } else if (shape instanceof Either either) {
            ArrayNode any = node.putArray("anyOf");
            either.shapes().forEach(each -> any.add(of(each)));
        }
        return node;
    }

    private static void amount(ObjectNode node, double least, String units, boolean mayBeZero) {
        ArrayNode any = node.putArray("anyOf");
        any.addObject().put("type", "number").put("minimum", least);
        any.addObject()
                .put("type", "string")
                .put(
                        "pattern",
                        "^\\s*" + (mayBeZero ? "" : "(?=[0-9.]*[1-9])") + "[0-9]+(\\.[0-9]+)?\\s*" + units + "\\s*$");
    }

    private ObjectNode defined(Keys keys, String name) {
        if (!definitions.has(name)) {
            definitions.putObject(name);
            definitions.set(name, keys(keys, null, null));
        }
        return JSON.createObjectNode().put("$ref", "#/$defs/" + name);
    }

    private ObjectNode keys(Keys keys, String kindKey, String kind) {
        ObjectNode node = JSON.createObjectNode().put("type", "object");
        ObjectNode properties = node.putObject("properties");
        ArrayNode required = JSON.createArrayNode();
        for (Field field : keys.fields()) {
            ObjectNode property =
                    field.name().equals(kindKey) ? JSON.createObjectNode().put("const", kind) : of(field.shape());
            property.put(
                    "description",
                    field.about()
                            + field.otherwise()
                                    .map(otherwise -> " Default: " + otherwise + ".")
                                    .orElse(""));
            properties.set(field.name(), property);
            if (field.otherwise().isEmpty()) {
                required.add(field.name());
            }
        }
        if (!required.isEmpty()) {
            node.set("required", required);
        }
        node.put("additionalProperties", false);
        return node;
    }
}
