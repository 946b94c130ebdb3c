package io.reclaimer.scenario.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import io.reclaimer.scenario.ScenarioFile;
import io.reclaimer.scenario.model.CacheBehaviour;
import io.reclaimer.scenario.model.Expectation.What;
import io.reclaimer.scenario.model.ScenarioException;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.ShrinkerTrait;
import io.reclaimer.testkit.Seeded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The published schema, and what the code relies on in it. */
class ScenarioSchemaTest {

    private static final int MUTATIONS = Integer.getInteger("reclaimer.mutations", 300);

    /** Valid at some places, invalid at most. */
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
            64,
            1.5,
            -0.5,
            1e30,
            "5",
            "5 s",
            "5 s\n",
            "0.5 ms",
            "1.0005 s",
            "1 parsec",
            "10 KiB",
            "1e3",
            "/a",
            "/a/../b",
            "member1",
            "member1\n",
            "EMPTY",
            "round",
            List.of(),
            List.of("a"),
            List.of(1),
            List.of(List.of()),
            Map.of(),
            Map.of("a", 1),
            Map.of("kind", "THROW"),
            Map.of("kind", "THROW", "rate", 1));

    private final SchemaNode scenario = ScenarioSchema.PUBLISHED.file(false);

    private SchemaNode definition(String name) {
        return new SchemaNode(scenario.root(), scenario.root().path("$defs").path(name));
    }

    @Test
    void schemaIsValidItself() {
        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(SchemaLocation.of(SpecVersion.VersionFlag.V202012.getId()))
                        .validate(scenario.root()))
                .isEmpty();
    }

    /** Each value has one subschema: no message of the validator is about one of several alternatives. */
    @Test
    void schemaHasNoAlternativesOfValues() {
        assertThat(scenario.root().findValues("oneOf")).isEmpty();
        assertThat(scenario.root().findValues("anyOf"))
                .isNotEmpty()
                .allSatisfy(alternatives -> assertThat(alternatives)
                        .allSatisfy(each -> assertThat(each.size())
                                .isEqualTo(each.path("required").size())));
    }

    @Test
    void everyStepHasOneKind() {
        SchemaNode step = scenario.property("steps").items();
        assertThat(step.kinds())
                .extracting(SchemaNode::op)
                .containsExactlyElementsOf(step.property("op").words());
    }

    @Test
    void wordsAreTheConstantsOfTheModel() {
        SchemaNode model = definition("model");
        assertThat(model.property("whenEmpty").words())
                .containsExactlyElementsOf(names(CacheBehaviour.WhenEmpty.values()));
        assertThat(model.property("scan").words()).containsExactlyElementsOf(names(CacheBehaviour.Mode.values()));
        assertThat(definition("faults").property("kind").words())
                .containsExactlyElementsOf(names(CacheBehaviour.Fault.values()));
        assertThat(definition("trait").words()).containsExactlyElementsOf(names(ShrinkerTrait.values()));
        assertThat(definition("expectation").property("what").words())
                .containsExactlyElementsOf(
                        Arrays.stream(What.values()).map(What::word).toList());
    }

    private static List<String> names(Enum<?>[] values) {
        return Arrays.stream(values).map(Enum::name).toList();
    }

    @Test
    void defaultsAndLimitsAreThoseOfTheLibrary() {
        assertThat(definition("shrinker").defaults())
                .containsEntry("seeks", ShrinkerSpec.DEFAULT_SEEKS)
                .containsEntry("objectBytes", ShrinkerSpec.DEFAULT_OBJECT_BYTES / 1024 + " KiB");
        assertThat(definition("allocStep").defaults())
                .containsEntry("seeks", ShrinkerSpec.DEFAULT_SEEKS)
                .containsEntry("objectBytes", ShrinkerSpec.DEFAULT_OBJECT_BYTES / 1024 + " KiB")
                .containsEntry("flags", List.of());
        assertThat(definition("round").defaults()).containsEntry("priority", Shrinker.LOWEST_PRIORITY);
        JsonNode priority = definition("priority").json();
        assertThat(priority.get("minimum").asInt()).isEqualTo(Shrinker.HIGHEST_PRIORITY);
        assertThat(priority.get("maximum").asInt()).isEqualTo(Shrinker.LOWEST_PRIORITY);
        assertThat(definition("name").allowed()).contains(" " + ShrinkerSpec.MAX_NAME_LENGTH + " ");
    }

    @Test
    void roundsOfStepsHaveTheKeysOfRoundsInPressure() {
        List<String> keys = new ArrayList<>(
                scenario.property("steps").items().kindOf(object("op", "round")).keys());
        keys.removeAll(List.of("op", "at", "member", "expect", "apart"));
        assertThat(keys).containsExactlyElementsOf(definition("round").keys());
    }

    private static ConfigObject object(String key, String value) {
        return ConfigValueFactory.fromMap(Map.of(key, value));
    }

    /** Whatever is written, the reader gives scenarios or problems, and fails in no other way. */
    @Test
    void fileWithOneChangedPlaceIsReadOrHasProblems() throws IOException {
        Seeded random = Seeded.create();
        List<ConfigObject> files = files();
        int invalid = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            Map<String, Object> changed =
                    copy(files.get(random.nextInt(files.size())).unwrapped());
            String change = change(changed, random);
            String json = ConfigValueFactory.fromMap(changed).render(ConfigRenderOptions.concise());
            try {
                assertThat(ScenarioFile.parse("x.json", json)).isNotEmpty();
            } catch (ScenarioException e) {
                assertThat(e.problems()).isNotEmpty();
                invalid++;
            } catch (RuntimeException e) {
                throw new AssertionError(random + ", " + change + ": " + e + " of " + json, e);
            }
        }
        assertThat(invalid).isBetween(MUTATIONS / 4, MUTATIONS - MUTATIONS / 10);
    }

    /** Those of conf, and those of the conformance file one by one. */
    private static List<ConfigObject> files() throws IOException {
        List<ConfigObject> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("conf/scenarios"))) {
            all.filter(file -> file.toString().endsWith(".conf"))
                    .sorted()
                    .forEach(file -> files.add(
                            ConfigFactory.parseFile(file.toFile()).resolve().root()));
        }
        ConfigFactory.parseFile(
                        Path.of("src/test/resources/conformance/engine.json").toFile())
                .getObjectList("scenarios")
                .stream()
                .filter(each -> each.render(ConfigRenderOptions.concise()).length() < 10_000)
                .forEach(files::add);
        return files;
    }

    private static Map<String, Object> copy(Map<String, Object> map) {
        Map<String, Object> copy = new TreeMap<>(map);
        copy.replaceAll((key, value) -> copyOf(value));
        return copy;
    }

    @SuppressWarnings("unchecked") // the keys of an unwrapped ConfigObject are strings
    private static Object copyOf(Object value) {
        if (value instanceof Map<?, ?> map) {
            return copy((Map<String, Object>) map);
        }
        return value instanceof List<?> list
                ? new ArrayList<>(list.stream().map(ScenarioSchemaTest::copyOf).toList())
                : value;
    }

    /** Changes one place at or below an object or a list; says which. */
    @SuppressWarnings("unchecked") // copies have these types
    private static String change(Object container, Random random) {
        if (container instanceof List<?> list) {
            int index = random.nextInt(list.size());
            if (random.nextInt(6) > 0 && list.get(index) instanceof Map<?, ?> map && !map.isEmpty()) {
                return "[" + index + "]" + change(map, random);
            }
            Object other = VALUES.get(random.nextInt(VALUES.size()));
            ((List<Object>) list).set(index, other);
            return "[" + index + "] set to " + other;
        }
        Map<String, Object> object = (Map<String, Object>) container;
        List<String> keys = List.copyOf(object.keySet());
        String key = keys.get(random.nextInt(keys.size()));
        Object value = object.get(key);
        boolean isFilled =
                value instanceof Map<?, ?> map ? !map.isEmpty() : value instanceof List<?> list && !list.isEmpty();
        if (isFilled && random.nextInt(5) > 0) {
            return "." + key + change(value, random);
        }
        switch (random.nextInt(5)) {
            case 0 -> {
                object.remove(key);
                return "." + key + " removed";
            }
            case 1 -> {
                object.put(key + "s", value);
                return "." + key + "s added";
            }
            default -> {
                Object other = VALUES.get(random.nextInt(VALUES.size()));
                object.put(key, other);
                return "." + key + " set to " + other;
            }
        }
    }
}
