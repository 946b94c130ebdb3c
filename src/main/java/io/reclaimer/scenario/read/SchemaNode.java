package io.reclaimer.scenario.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * One subschema of the schema. Immutable.
 *
 * @param root the whole schema, in which references are looked up
 * @param json the subschema, which may be a reference
 */
record SchemaNode(JsonNode root, JsonNode json) {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** The subschema at a path of keys and indexes. */
    SchemaNode at(Object... path) {
        JsonNode at = json;
        for (Object element : path) {
            at = element instanceof Integer index ? at.path(index) : at.path(element.toString());
        }
        return new SchemaNode(root, at);
    }

    /** This subschema, or the one that it refers to. */
    SchemaNode resolved() {
        return json.has("$ref")
                ? new SchemaNode(root, root.at(json.get("$ref").textValue().substring(1))).resolved()
                : this;
    }

    private JsonNode get(String keyword) {
        return resolved().json.path(keyword);
    }

    private static Stream<JsonNode> elements(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    /** The keys of an object. */
    List<String> keys() {
        return get("properties").properties().stream().map(Map.Entry::getKey).toList();
    }

    SchemaNode property(String key) {
        return resolved().at("properties", key);
    }

    /** The values of an object with arbitrary keys. */
    SchemaNode values() {
        return resolved().at("additionalProperties");
    }

    /** The elements of a list. */
    SchemaNode items() {
        return resolved().at("items");
    }

    boolean isRequired(String key) {
        return elements(get("required")).anyMatch(each -> each.asText().equals(key));
    }

    /** The keys of which an object has to have one or more. */
    List<String> alternatives() {
        return elements(get("anyOf"))
                .map(each -> each.at("/required/0").asText())
                .toList();
    }

    /** The kinds of an object that are told apart by the key {@code op}, in the order of the schema. */
    List<SchemaNode> kinds() {
        return elements(get("allOf"))
                .map(each -> new SchemaNode(root, each.path("then")).resolved())
                .toList();
    }

    /** The value of {@code op} in this kind of object. */
    String op() {
        return property("op").json.path("const").asText();
    }

    /** The kind of a given object; this subschema if it has no kinds. */
    SchemaNode kindOf(ConfigObject object) {
        return kinds().stream()
                .filter(kind -> kind.op().equals(Section.get(object, "op").unwrapped()))
                .findFirst()
                .orElse(this);
    }

    /** The defaults of the keys that have one. */
    Map<String, Object> defaults() {
        Map<String, Object> defaults = new HashMap<>();
        for (String key : keys()) {
            JsonNode value = property(key).json.path("default");
            if (!value.isMissingNode()) {
                defaults.put(key, MAPPER.convertValue(value, Object.class));
            }
        }
        return defaults;
    }

    /** The words of an enumeration. */
    List<String> words() {
        return elements(get("enum")).map(JsonNode::asText).toList();
    }

    /** The allowed values, in words: the title, if there is one. */
    String allowed() {
        if (!get("title").isMissingNode()) {
            return get("title").textValue();
        }
        if (!words().isEmpty()) {
            return "one of " + String.join(", ", words());
        }
        return switch (get("type").asText()) {
            case "object" -> "an object { … }";
            case "array" -> "a list" + limit(" of at least ", "minItems") + ", each " + items().allowed();
            case "integer" -> "a whole number" + limit(" from ", "minimum") + limit(" to ", "maximum");
            case "number" -> "a number" + limit(" from ", "minimum") + limit(" to ", "maximum");
            default -> "anything";
        };
    }

    private String limit(String words, String keyword) {
        return get(keyword).isMissingNode() ? "" : words + get(keyword).asText();
    }
}
