package io.reclaimer.scenario;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reclaimer.scenario.Shape.Anything;
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
import java.util.List;
import java.util.Map;

/**
 * Makes the JSON schema of scenarios, draft 2020-12, from their {@link ScenarioShape}. Here and not beside the parser, as Jackson is
 * nothing that scenarios need.
 */
final class ScenarioSchema {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> FLAG_WORDS = List.of("true", "false", "on", "off", "yes", "no");

    /** What stands in several places, and has a definition of its own. */
    private static final Map<Shape, String> DEFINED = Map.of(ScenarioShape.CACHE, "model");

    private ScenarioSchema() {}

    /** As it is published. */
    static String text() {
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root()) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ObjectNode root() {
        ObjectNode root = JSON.objectNode()
                .put("$schema", "https://json-schema.org/draft/2020-12/schema")
                .put("$id", "urn:io.reclaimer:scenario")
                .put("title", "A scenario of a memory reclaimer, or several")
                .put("description", "What there is, what happens, and what is expected of it.");
        root.putObject("if").putArray("required").add("scenarios");
        ObjectNode several = object(ScenarioShape.several());
        // What a scenario is, and a name: the one difference.
        several.withObjectProperty("properties")
                .withObjectProperty("scenarios")
                .putObject("items")
                .put("$ref", "#/$defs/scenario")
                .putArray("required")
                .add("name");
        root.set("then", several);
        root.putObject("else").put("$ref", "#/$defs/scenario");
        ObjectNode definitions = root.putObject("$defs");
        definitions.set("scenario", object(ScenarioShape.scenario()));
        DEFINED.forEach((shape, name) -> definitions.set(name, object((Keys) shape)));
        return root;
    }

    private static ObjectNode object(Keys keys) {
        ObjectNode object = JSON.objectNode().put("type", "object");
        ObjectNode properties = object.putObject("properties");
        ArrayNode required = JSON.arrayNode();
        for (Field field : keys.fields()) {
            ObjectNode property = JSON.objectNode().put("description", description(field));
            property.setAll(of(field.shape()));
            properties.set(field.name(), property);
            if (field.otherwise().isEmpty()) {
                required.add(field.name());
            }
        }
        if (!required.isEmpty()) {
            object.set("required", required);
        }
        if (!keys.oneOrMore().isEmpty()) {
            ArrayNode any = object.putArray("anyOf");
            keys.oneOrMore().forEach(key -> any.addObject().putArray("required").add(key));
        }
        return object.put("additionalProperties", false);
    }

    private static String description(Field field) {
        return field.about()
                + field.otherwise()
                        .map(otherwise -> " Where it is left out: " + otherwise + ".")
                        .orElse("");
    }

    private static ObjectNode of(Shape shape) {
        ObjectNode node = JSON.objectNode();
        if (DEFINED.containsKey(shape)) {
            return node.put("$ref", "#/$defs/" + DEFINED.get(shape));
        } else if (shape instanceof Keys keys) {
            return object(keys);
        } else if (shape instanceof Kinds kinds) {
            ArrayNode all = node.putArray("oneOf");
            kinds.kinds().forEach((kind, keys) -> all.add(kind(kinds.key(), kind, keys)));
        } else if (shape instanceof Names names) {
            node.put("type", "object");
            node.putObject("propertyNames").put("pattern", whole(names.name().pattern()));
            node.set("additionalProperties", of(names.value()));
        } else if (shape instanceof Many many) {
            node.put("type", "array");
            if (many.least() > 0) {
                node.put("minItems", many.least());
            }
            node.set("items", of(many.element()));
        } else if (shape instanceof Word word) {
            ArrayNode words = node.putArray("enum");
            word.allowed().forEach(words::add);
        } else if (shape instanceof Whole whole) {
            whole(node, whole);
        } else if (shape instanceof Decimal decimal) {
            decimal(node, decimal);
        } else if (shape instanceof Time time) {
            ArrayNode either = node.putArray("anyOf");
            if (time.mayBeZero()) {
                decimal(either.addObject(), new Decimal(0, Double.POSITIVE_INFINITY));
            } else {
                whole(either.addObject(), new Whole(1, Long.MAX_VALUE));
            }
            either.addObject().put("type", "string").put("pattern", whole(time.pattern()));
        } else if (shape instanceof Size size) {
            ArrayNode either = node.putArray("anyOf");
            whole(either.addObject(), new Whole(size.least(), Long.MAX_VALUE));
            either.addObject().put("type", "string").put("pattern", whole(size.pattern()));
        } else if (shape instanceof Flag) {
            ArrayNode words = node.putArray("enum").add(true).add(false);
            FLAG_WORDS.forEach(words::add);
        } else if (shape instanceof Text text) {
            text(node, text);
        } else if (shape instanceof Either either) {
            ArrayNode all = node.putArray("anyOf");
            either.shapes().forEach(each -> all.add(of(each)));
        } else if (!(shape instanceof Anything)) {
            throw new IllegalArgumentException("No schema of " + shape);
        }
        return node;
    }

    private static ObjectNode kind(String key, String kind, Keys keys) {
        ObjectNode object = object(keys);
        object.withObjectProperty("properties").withObjectProperty(key).put("const", kind);
        object.put("title", kind);
        return object;
    }

    private static void whole(ObjectNode node, Whole whole) {
        node.put("type", "integer");
        if (whole.least() != Long.MIN_VALUE) {
            node.put("minimum", whole.least());
        }
        if (whole.most() != Long.MAX_VALUE) {
            node.put("maximum", whole.most());
        }
    }

    private static void decimal(ObjectNode node, Decimal decimal) {
        node.put("type", "number");
        if (!Double.isInfinite(decimal.least())) {
            node.put("minimum", decimal.least());
        }
        if (!Double.isInfinite(decimal.most())) {
            node.put("maximum", decimal.most());
        }
    }

    /** HOCON takes a number or a flag for the text that it is written as. */
    private static void text(ObjectNode node, Text text) {
        ArrayNode types = node.putArray("type").add("string");
        if ("5".matches(text.pattern())) {
            types.add("number");
        }
        if ("true".matches(text.pattern())) {
            types.add("boolean");
        }
        node.put("pattern", whole(text.pattern()));
    }

    private static String whole(String pattern) {
        return "^(" + pattern + ")$";
    }
}
