package io.reclaimer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValueFactory;
import io.reclaimer.testkit.Seeded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The published schema and the parser say the same of the form of a file. */
class ScenarioSchemaTest {

    private static final Path PUBLISHED = Path.of("src/main/resources/io/reclaimer/scenario/scenario.schema.json");
    private static final Path CONFORMANCE = Path.of("src/test/resources/conformance/engine.json");
    private static final int MUTATIONS = Integer.getInteger("reclaimer.mutations", 300);

    /** Right in some places, wrong in most. */
    private static final List<Object> VALUES = Arrays.asList(
            null,
            true,
            "on",
            "x",
            "",
            " ",
            -1,
            0,
            1,
            2,
            64,
            100,
            1.5,
            -0.5,
            1e30,
            "5",
            "5 s",
            "0 s",
            "0.5 ms",
            "1 us",
            "1.0005 s",
            "-1 s",
            "1 parsec",
            "10 KiB",
            "0 B",
            "1e3",
            "/a",
            "/a/../b",
            "a b",
            "member1",
            "member0",
            "EMPTY",
            "empty",
            "round",
            List.of(),
            List.of("a"),
            List.of(1),
            List.of(List.of()),
            Map.of(),
            Map.of("a", 1),
            Map.of("kind", "THROW"),
            Map.of("kind", "THROW", "rate", 1));

    private final ObjectMapper mapper = new ObjectMapper();

    private static JsonSchema schema() {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(ScenarioSchema.text());
    }

    @Test
    void publishedSchemaIsWhatTheParserChecksBy() throws IOException {
        if ("write".equals(System.getProperty("reclaimer.schema"))) {
            Files.writeString(PUBLISHED, ScenarioSchema.text());
        }
        assertThat(Files.readString(PUBLISHED))
                .as("[" + PUBLISHED + "] is not what ScenarioShape says any more; write it anew with"
                        + " mvn test -Dtest=ScenarioSchemaTest -Dreclaimer.schema=write, and look at what has changed")
                .isEqualTo(ScenarioSchema.text());
    }

    @Test
    void schemaIsOneItself() throws IOException {
        JsonSchema ofSchemas = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(com.networknt.schema.SchemaLocation.of(SpecVersion.VersionFlag.V202012.getId()));
        assertThat(ofSchemas.validate(mapper.readTree(ScenarioSchema.text()))).isEmpty();
    }

    /** Of files that are right: each passes both. */
    @Test
    void schemaAndParserTakeAllScenariosThatThereAre() throws IOException {
        JsonSchema schema = schema();
        Map<String, ConfigObject> files = files();
        assertThat(files).hasSizeGreaterThan(12);
        files.forEach((name, file) -> {
            assertThat(validate(schema, json(file))).as(name).isEmpty();
            assertThat(ScenarioFile.parse(name, json(file))).as(name).isNotEmpty();
        });
    }

    /** What the schema can't say is what names mean; of all else the parser says nothing else. */
    @Test
    void schemaAndParserRefuseTheSameWhereOnePlaceIsChanged() throws IOException {
        Seeded random = Seeded.create();
        JsonSchema schema = schema();
        List<ConfigObject> files = new ArrayList<>(files().values());
        // One of the conformance file at a time: the whole is large.
        ConfigFactory.parseFile(CONFORMANCE.toFile()).getObjectList("scenarios").stream()
                .filter(each -> json(each).length() < 10_000)
                .forEach(files::add);
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            ConfigObject good = files.get(random.nextInt(files.size()));
            Map<String, Object> changed = copy(good.unwrapped());
            String change = change(changed, random);
            String json = ConfigValueFactory.fromMap(changed).render(ConfigRenderOptions.concise());
            if (json.length() > 20_000) {
                continue;
            }
            List<String> bySchema = validate(schema, json);
            List<String> byShape = checkForm(json);
            assertThat(byShape.isEmpty())
                    .as(
                            "%s, %s: the schema says %s, the parser says %s, of %s",
                            random, change, bySchema, byShape, json)
                    .isEqualTo(bySchema.isEmpty());
            assertThat(isParsed(json) && !byShape.isEmpty()).as(change).isFalse();
            refused += byShape.isEmpty() ? 0 : 1;
        }
        assertThat(refused).isBetween(MUTATIONS / 4, MUTATIONS - MUTATIONS / 10);
    }

    private static Map<String, ConfigObject> files() throws IOException {
        Map<String, ConfigObject> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(Path.of("conf/scenarios"))) {
            all.filter(file -> file.toString().endsWith(".conf"))
                    .forEach(file -> files.put(
                            file.toString(),
                            ConfigFactory.parseFile(file.toFile()).resolve().root()));
        }
        files.put(
                CONFORMANCE.toString(),
                ConfigFactory.parseFile(CONFORMANCE.toFile()).root());
        return files;
    }

    private static String json(ConfigObject object) {
        return object.render(ConfigRenderOptions.concise());
    }

    private List<String> validate(JsonSchema schema, String json) {
        try {
            JsonNode tree = mapper.readTree(json);
            Set<ValidationMessage> messages = schema.validate(tree);
            return messages.stream().map(ValidationMessage::getMessage).limit(3).toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> checkForm(String json) {
        ConfigObject root = ConfigFactory.parseString(
                        json, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON))
                .root();
        Problems problems = new Problems(path -> Position.NOWHERE);
        new ShapeCheck(problems)
                .check("", root, root.containsKey("scenarios") ? ScenarioShape.several() : ScenarioShape.scenario());
        return problems.inOrder().stream()
                .map(problem -> problem.path() + ": " + problem.message())
                .toList();
    }

    /** Whatever is wrong, it is said as a problem of the file. */
    private static boolean isParsed(String json) {
        try {
            ScenarioFile.parse("x.json", json);
            return true;
        } catch (ScenarioException e) {
            assertThat(e.problems()).isNotEmpty();
            return false;
        }
    }

    private static Map<String, Object> copy(Map<String, Object> map) {
        Map<String, Object> copy = new LinkedHashMap<>();
        new TreeMap<>(map).forEach((key, value) -> copy.put(key, copyOf(value)));
        return copy;
    }

    private static Object copyOf(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> plain = new HashMap<>();
            map.forEach((key, each) -> plain.put((String) key, each));
            return copy(plain);
        }
        return value instanceof List<?> list
                ? new ArrayList<>(list.stream().map(ScenarioSchemaTest::copyOf).toList())
                : value;
    }

    /** Changes one place, somewhere below; says which. */
    private static String change(Map<String, Object> object, Random random) {
        List<String> keys = List.copyOf(object.keySet());
        String key = keys.isEmpty() ? "new" : keys.get(random.nextInt(keys.size()));
        Object value = object.get(key);
        if (random.nextInt(4) > 0 && value instanceof Map<?, ?> map && !map.isEmpty()) {
            return key + "." + change(inner(map), random);
        } else if (random.nextInt(6) > 0 && value instanceof List<?> list && !list.isEmpty()) {
            return key + change(inner(list), random);
        }
        switch (random.nextInt(5)) {
            case 0 -> {
                object.remove(key);
                return key + " removed";
            }
            case 1 -> {
                object.put(key + "s", value);
                return key + "s added";
            }
            default -> {
                Object other = VALUES.get(random.nextInt(VALUES.size()));
                object.put(key, other);
                return key + " set to " + other;
            }
        }
    }

    private static String change(List<Object> list, Random random) {
        int index = random.nextInt(list.size());
        String where = "[" + index + "]";
        Object value = list.get(index);
        if (random.nextInt(6) > 0 && value instanceof Map<?, ?> map) {
            return where + "." + change(inner(map), random);
        }
        Object other = VALUES.get(random.nextInt(VALUES.size()));
        list.set(index, other);
        return where + " set to " + other;
    }

    @SuppressWarnings("unchecked") // copies have no other keys and are open to changes
    private static Map<String, Object> inner(Map<?, ?> map) {
        return (Map<String, Object>) map;
    }

    @SuppressWarnings("unchecked") // see above
    private static List<Object> inner(List<?> list) {
        return (List<Object>) list;
    }
}
