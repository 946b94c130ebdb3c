package io.reclaimer.scenario.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The published JSON Schema of scenario files. Thread-safe.
 *
 * <p>A message of the validator names a place in the file and the violated keyword of the schema. The problem that is reported
 * says what the subschema with this keyword allows. The schema is written so that this is the whole answer: each value has one
 * subschema, whose {@code type} may list several names, and no alternatives.
 */
final class ScenarioSchema {

    static final ScenarioSchema PUBLISHED = load("/io/reclaimer/scenario/scenario.schema.json");

    private final SchemaNode root;
    private final JsonSchema validator;

    private ScenarioSchema(JsonNode root) {
        this.root = new SchemaNode(root, root);
        this.validator =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(root);
    }

    private static ScenarioSchema load(String resource) {
        try (InputStream in = ScenarioSchema.class.getResourceAsStream(resource)) {
            return new ScenarioSchema(new ObjectMapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException("[" + resource + "] can't be read", e);
        }
    }

    /** The subschema of a file with one scenario, or of a file with several. */
    SchemaNode file(boolean several) {
        return root.at(several ? "then" : "else");
    }

    /** Reports every violation. */
    void check(ConfigObject file, Problems problems) {
        JsonNode json = new ObjectMapper().valueToTree(file.unwrapped());
        validator.validate(json).forEach(message -> report(message, file, problems));
    }

    /** A value in the file. */
    private record Place(String path, ConfigValue value) {

        Place child(Object element) {
            return element instanceof Integer index
                    ? new Place(path + "[" + index + "]", ((ConfigList) value).get(index))
                    : new Place(
                            Section.join(path, element.toString()),
                            Section.get((ConfigObject) value, element.toString()));
        }
    }

    private void report(ValidationMessage message, ConfigObject file, Problems problems) {
        Place place = new Place("", file);
        for (Object element : elements(message.getInstanceLocation())) {
            place = place.child(element);
        }
        List<Object> location = elements(message.getSchemaLocation().getFragment());
        SchemaNode schema = root.at(location.subList(0, location.size() - 1).toArray());
        String key = String.valueOf(message.getProperty());
        String text;
        switch (location.get(location.size() - 1).toString()) {
            case "required" -> text = missing(schema, location, key);
            case "additionalProperties" -> {
                place = place.child(key);
                text = Problems.unknown(key, schema.keys().stream().sorted().toList());
            }
            case "propertyNames" -> {
                place = place.child(key);
                text = "is [" + key + "]; allowed is "
                        + root.at(location.toArray()).allowed();
            }
            default -> {
                String shown = shown(place.value());
                text = "is [" + shown + "]" + Problems.choice(shown, schema.words(), "is " + schema.allowed());
            }
        }
        problems.add(place.value().origin(), place.path(), text);
    }

    private static List<Object> elements(JsonNodePath path) {
        return IntStream.range(0, path.getNameCount())
                .mapToObj(path::getElement)
                .toList();
    }

    /** The text about a missing key; about all alternatives if the key is one of them. */
    private String missing(SchemaNode schema, List<Object> location, String key) {
        int anyOf = location.indexOf("anyOf");
        return anyOf < 0
                ? "lacks [" + key + "]: " + schema.property(key).allowed()
                : "lacks one or more of "
                        + String.join(
                                ", ",
                                root.at(location.subList(0, anyOf).toArray()).alternatives());
    }

    private static String shown(ConfigValue value) {
        return switch (value.valueType()) {
            case OBJECT -> "an object";
            case LIST -> ((ConfigList) value).isEmpty() ? "an empty list" : "a list";
            case NULL -> "null";
            default -> String.valueOf(value.unwrapped());
        };
    }
}
