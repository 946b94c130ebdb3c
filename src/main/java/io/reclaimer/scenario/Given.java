package io.reclaimer.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The values of an object whose form is right. Elements of lists that are no objects are left out. */
record Given(String path, ConfigObject object) {

    static final Given NONE = new Given("", ConfigFactory.empty().root());

    Config config() {
        return object.toConfig();
    }

    boolean has(String key) {
        return object.containsKey(key);
    }

    List<String> keys() {
        return object.keySet().stream().sorted().toList();
    }

    boolean isList(String key) {
        return object.get(key) instanceof ConfigList;
    }

    Optional<Object> plain(String key) {
        return Optional.ofNullable(object.get(key)).map(ConfigValue::unwrapped);
    }

    String text(String key, String otherwise) {
        return plain(key).map(String::valueOf).orElse(otherwise);
    }

    List<String> texts(String key) {
        return plain(key)
                .map(List.class::cast)
                .map(list -> ((List<?>) list)
                        .stream().filter(Objects::nonNull).map(String::valueOf).toList())
                .orElse(List.of());
    }

    Stream<Number> numbers(String key) {
        return plain(key).map(List.class::cast).stream()
                .flatMap(list -> ((List<?>) list).stream())
                .map(Number.class::cast);
    }

    long number(String key, long otherwise) {
        return plain(key)
                .filter(Number.class::isInstance)
                .map(value -> ((Number) value).longValue())
                .orElse(otherwise);
    }

    double decimal(String key, double otherwise) {
        return plain(key).map(value -> ((Number) value).doubleValue()).orElse(otherwise);
    }

    boolean flag(String key, boolean otherwise) {
        return has(key) ? config().getBoolean("\"" + key + "\"") : otherwise;
    }

    Duration time(String key, Duration otherwise) {
        ConfigValue value = object.get(key);
        return value == null ? otherwise : ShapeCheck.duration(value).orElse(otherwise);
    }

    long bytes(String key, long otherwise) {
        ConfigValue value = object.get(key);
        return value == null ? otherwise : ShapeCheck.bytes(value).orElse(otherwise);
    }

    Optional<Given> object(String key) {
        return object.get(key) instanceof ConfigObject inner
                ? Optional.of(new Given(ShapeCheck.join(path, key), inner))
                : Optional.empty();
    }

    Stream<Given> each(String key) {
        return object.get(key) instanceof ConfigList list
                ? IntStream.range(0, list.size())
                        .filter(i -> list.get(i) instanceof ConfigObject)
                        .mapToObj(
                                i -> new Given(ShapeCheck.join(path, key) + "[" + i + "]", (ConfigObject) list.get(i)))
                : Stream.empty();
    }
}
