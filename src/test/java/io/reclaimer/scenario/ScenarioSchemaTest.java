package io.reclaimer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import io.reclaimer.testkit.Seeded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The schema that is published, the form that the parser checks by, and a validator of somebody else's agree. */
class ScenarioSchemaTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path PUBLISHED = Path.of("src/main/resources/io/reclaimer/scenario/scenario.schema.json");
    private static final int DAMAGES = 2_000;

    private static JsonSchema schema() throws IOException {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(JSON.readTree(PUBLISHED.toFile()));
    }

    @Test
    void publishedSchemaIsThatOfTheParser() throws IOException {
        String made = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(ScenarioSchema.make()) + "\n";
        if ("write".equals(System.getProperty("reclaimer.schema"))) {
            Files.createDirectories(PUBLISHED.getParent());
            Files.writeString(PUBLISHED, made);
        }
        assertThat(Files.readString(PUBLISHED))
                .as("bring it up to date with -Dtest=ScenarioSchemaTest -Dreclaimer.schema=write")
                .isEqualTo(made);
    }

    private static List<JsonNode> goodOnes() throws IOException {
        List<JsonNode> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("conf/scenarios"))) {
            for (Path file : files.sorted().toList()) {
                all.add(JSON.readTree(
                        ConfigFactory.parseFile(file.toFile()).resolve().root().render(ConfigRenderOptions.concise())));
            }
        }
        return all;
    }

    @Test
    void goodScenariosPassBoth() throws IOException {
        JsonSchema schema = schema();
        List<JsonNode> all = new ArrayList<>(goodOnes());
        all.add(JSON.readTree(
                Path.of("src/test/resources/conformance/engine.json").toFile()));
        for (JsonNode one : all) {
            assertThat(schema.validate(one)).isEmpty();
            assertThat(ScenarioFile.parse("good", one.toString())).isNotEmpty();
        }
    }

    /**
     * What is damaged in one place is refused by both or by none. Of form only: what names a shrinker that there is not, a schema
     * can't know.
     */
    @Test
    void whatIsDamagedIsRefusedByBothOrByNone() throws IOException {
        Seeded random = Seeded.create();
        JsonSchema schema = schema();
        List<JsonNode> all = goodOnes();
        int refused = 0;
        for (int run = 0; run < DAMAGES; run++) {
            JsonNode one = all.get(random.nextInt(all.size())).deepCopy();
            String what = damage(random, one);
            boolean bySchema = !schema.validate(one).isEmpty();
            boolean byParser = isRefused(one);
            assertThat(byParser)
                    .as("%s: %s: schema %s", random, what, schema.validate(one))
                    .isEqualTo(bySchema);
            refused += bySchema ? 1 : 0;
        }
        assertThat(refused).isBetween(DAMAGES / 4, DAMAGES - 1);
    }

    private static boolean isRefused(JsonNode one) {
        Problems problems = new Problems(path -> Position.NOWHERE);
        new ShapeCheck(problems)
                .check("", ConfigFactory.parseString(one.toString()).root(), ScenarioShape.scenario());
        return !problems.isEmpty();
    }

    private static final List<String> VALUES = List.of(
            "0",
            "-1",
            "1",
            "13",
            "1.5",
            "1e12",
            "true",
            "\"on\"",
            "\"word\"",
            "\"\"",
            "\"10 s\"",
            "\"0 s\"",
            "\"10 parsecs\"",
            "\"5 KiB\"",
            "\"FULL\"",
            "\"/a/b\"",
            "\"/a b\"",
            "\"member2\"",
            "[]",
            "[1]",
            "[\"a\"]",
            "{}",
            "{\"x\": 1}",
            "null");

    /** Changes one place somewhere; says which. */
    private static String damage(Seeded random, JsonNode root) throws IOException {
        JsonNode at = root;
        while (true) {
            List<JsonNode> below = new ArrayList<>();
            at.elements().forEachRemaining(each -> {
                if (each.isContainerNode() && !each.isEmpty()) {
                    below.add(each);
                }
            });
            if (below.isEmpty() || random.nextInt(3) == 0) {
                break;
            }
            at = below.get(random.nextInt(below.size()));
        }
        JsonNode value = JSON.readTree(VALUES.get(random.nextInt(VALUES.size())));
        if (at instanceof ArrayNode array) {
            array.set(random.nextInt(array.size()), value);
            return "element of a list becomes " + value;
        }
        ObjectNode object = (ObjectNode) at;
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        String key = keys.get(random.nextInt(keys.size()));
        switch (random.nextInt(4)) {
            case 0 -> object.remove(key);
            case 1 -> object.set(key + "x", value);
            default -> object.set(key, value);
        }
        return key + " of " + Map.of("keys", keys) + " becomes " + value;
    }
}
