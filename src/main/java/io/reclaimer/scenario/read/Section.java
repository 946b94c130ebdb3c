package io.reclaimer.scenario.read;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.reclaimer.scenario.model.Formats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * One object of a file of valid form. A missing key has the default of the schema. A problem is reported with the path and the
 * line of its key. Confined to the thread that reads the file.
 */
final class Section {

    private final String path;
    private final ConfigObject object;
    private final SchemaNode schema;
    private final Problems problems;
    private final Config values;

    Section(String path, ConfigObject object, SchemaNode schema, Problems problems) {
        this.path = path;
        this.object = object;
        this.schema = schema.kindOf(object);
        this.problems = problems;
        this.values = object.withFallback(ConfigValueFactory.fromMap(this.schema.defaults()))
                .toConfig();
    }

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** The value of a key that an object has. */
    static ConfigValue get(ConfigObject object, String key) {
        return Objects.requireNonNull(object.get(key), key);
    }

    /** Reports a problem of the whole section. */
    void reject(String message) {
        problems.add(object.origin(), path, message);
    }

    /** Reports a problem of the value of a key that is there. */
    void reject(String key, String message) {
        problems.add(get(object, key).origin(), join(path, key), message);
    }

    /** Reports a problem of one element of a list that is there. */
    void reject(String key, int index, String message) {
        ConfigValue element = ((ConfigList) get(object, key)).get(index);
        problems.add(element.origin(), join(path, key) + "[" + index + "]", message);
    }

    int line() {
        return Math.max(0, object.origin().lineNumber());
    }

    /** The values of all keys that the file has or that have a default. */
    Config values() {
        return values;
    }

    /** Whether the file has the key. */
    boolean has(String key) {
        return object.containsKey(key);
    }

    /**
     * The time of a key that is there. Reports a time before another one.
     *
     * @param place the place of the other time, in words
     */
    Duration timeFrom(String key, Duration least, String place) {
        Duration time = values.getDuration(key);
        if (time.compareTo(least) < 0) {
            reject(
                    key,
                    "is [" + Formats.time(time) + "], before " + place + "; allowed is " + Formats.time(least)
                            + " or later");
        }
        return time;
    }

    /** The value of a key by a getter of Config; empty if the file does not have the key. */
    <T> Optional<T> optional(String key, BiFunction<Config, String, T> getter) {
        return has(key) ? Optional.of(getter.apply(values, key)) : Optional.empty();
    }

    OptionalLong optionalLong(String key, BiFunction<Config, String, Long> getter) {
        return optional(key, getter).map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    Optional<Section> optionalSection(String key) {
        return has(key) ? Optional.of(section(key)) : Optional.empty();
    }

    Section section(String key) {
        return part(key, values.getObject(key), schema.property(key));
    }

    /** The objects in a list. */
    List<Section> sections(String key) {
        List<Section> sections = new ArrayList<>();
        for (ConfigValue element : values.getList(key)) {
            sections.add(part(
                    key + "[" + sections.size() + "]",
                    element,
                    schema.property(key).items()));
        }
        return sections;
    }

    /** The objects by name in an object with arbitrary keys, in the order of their lines, then of their names. */
    Map<String, Section> named(String key) {
        Map<String, Section> sections = new LinkedHashMap<>();
        new TreeMap<>(values.getObject(key))
                .entrySet().stream()
                        .sorted(Comparator.comparingInt(
                                each -> each.getValue().origin().lineNumber()))
                        .forEach(each -> sections.put(
                                each.getKey(),
                                part(
                                        join(key, each.getKey()),
                                        each.getValue(),
                                        schema.property(key).values())));
        return sections;
    }

    private Section part(String place, ConfigValue value, SchemaNode form) {
        return new Section(join(path, place), (ConfigObject) value, form, problems);
    }

    /** Reports every setting of a key that a given object does not have. */
    void checkSettings(String key, ConfigObject known) {
        checkSettings(join(path, key), values.getObject(key), known);
    }

    private void checkSettings(String where, ConfigObject given, ConfigObject known) {
        given.forEach((key, value) -> {
            String place = join(where, key);
            if (!known.containsKey(key)) {
                List<String> names = List.copyOf(new TreeSet<>(known.keySet()));
                problems.add(value.origin(), place, Problems.unknown(key, names));
            } else if (known.get(key) instanceof ConfigObject below) {
                if (value instanceof ConfigObject inner) {
                    checkSettings(place, inner, below);
                } else {
                    problems.add(
                            value.origin(),
                            place,
                            "is [" + value.unwrapped() + "]; allowed is an object with "
                                    + String.join(", ", new TreeSet<>(below.keySet())));
                }
            }
        });
    }
}
