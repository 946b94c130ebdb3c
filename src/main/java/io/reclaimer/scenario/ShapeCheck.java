package io.reclaimer.scenario;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks values by their {@link Shape}; gathers all that is wrong. */
final class ShapeCheck {

    private static final Whole ABOVE_ZERO = new Whole(1, Long.MAX_VALUE);
    private static final Set<String> FLAGS = Set.of("true", "false", "on", "off", "yes", "no");

    private final Problems problems;

    ShapeCheck(Problems problems) {
        this.problems = problems;
    }

    void check(String path, ConfigValue value, Shape shape) {
        if (shape instanceof Keys keys) {
            object(path, value, shape).ifPresent(object -> keys(path, object, keys));
        } else if (shape instanceof Kinds kinds) {
            object(path, value, shape).ifPresent(object -> kinds(path, object, kinds));
        } else if (shape instanceof Names names) {
            object(path, value, shape)
                    .ifPresent(object -> object.forEach((name, each) -> named(join(path, name), name, each, names)));
        } else if (shape instanceof Many many) {
            if (value instanceof ConfigList list && list.size() >= many.least()) {
                for (int i = 0; i < list.size(); i++) {
                    check(path + "[" + i + "]", list.get(i), many.element());
                }
            } else {
                wrong(path, value, shape);
            }
        } else if (!fits(value, shape)) {
            wrong(path, value, shape);
        }
    }

    private void named(String path, String name, ConfigValue value, Names names) {
        if (!name.matches(names.name().pattern())) {
            problems.add(path, "is [" + name + "]; allowed is " + Shape.allowed(names.name()));
        }
        check(path, value, names.value());
    }

    private Optional<ConfigObject> object(String path, ConfigValue value, Shape shape) {
        if (value instanceof ConfigObject object) {
            return Optional.of(object);
        }
        wrong(path, value, shape);
        return Optional.empty();
    }

    private void wrong(String path, ConfigValue value, Shape shape) {
        List<String> words = shape instanceof Word word ? word.allowed() : List.of();
        problems.add(
                path, "is [" + shown(value) + "]" + Problems.choice(shown(value), words, "is " + Shape.allowed(shape)));
    }

    private static String shown(ConfigValue value) {
        return switch (value.valueType()) {
            case OBJECT -> "an object";
            case LIST -> ((ConfigList) value).isEmpty() ? "an empty list" : "a list";
            case NULL -> "null";
            default -> String.valueOf(value.unwrapped());
        };
    }

    private void keys(String path, ConfigObject object, Keys keys) {
        List<String> names = keys.fields().stream().map(Field::name).sorted().toList();
        for (String key : object.keySet()) {
            if (!names.contains(key)) {
                problems.add(
                        join(path, key), "unknown" + Problems.choice(key, names, "are " + String.join(", ", names)));
            }
        }
        if (!keys.oneOrMore().isEmpty() && keys.oneOrMore().stream().noneMatch(object::containsKey)) {
            problems.add(path, "lacks one or more of " + String.join(", ", keys.oneOrMore()));
        }
        for (Field field : keys.fields()) {
            ConfigValue value = object.get(field.name());
            if (value != null) {
                check(join(path, field.name()), value, field.shape());
            } else if (field.otherwise().isEmpty()) {
                problems.add(path, "lacks [" + field.name() + "]: " + Shape.allowed(field.shape()));
            }
        }
    }

    private void kinds(String path, ConfigObject object, Kinds kinds) {
        ConfigValue kind = object.get(kinds.key());
        List<String> allowed = new ArrayList<>(kinds.kinds().keySet());
        if (kind == null) {
            problems.add(path, "lacks [" + kinds.key() + "]: one of " + String.join(", ", allowed));
            return;
        }
        Keys keys = kinds.kinds().get(String.valueOf(kind.unwrapped()));
        if (keys == null) {
            wrong(join(path, kinds.key()), kind, new Word(allowed));
        } else {
            keys(path, object, keys);
        }
    }

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static boolean fits(ConfigValue value, Shape shape) {
        Object plain = value.unwrapped();
        if (shape instanceof Either either) {
            return either.shapes().stream().anyMatch(each -> fitsAny(value, each));
        } else if (shape instanceof Word word) {
            return word.allowed().contains(String.valueOf(plain)) && value.valueType() == ConfigValueType.STRING;
        } else if (shape instanceof Whole whole) {
            return plain instanceof Number number
                    && number.doubleValue() == Math.rint(number.doubleValue())
                    && number.longValue() >= whole.least()
                    && number.longValue() <= whole.most();
        } else if (shape instanceof Decimal decimal) {
            return plain instanceof Number number
                    && number.doubleValue() >= decimal.least()
                    && number.doubleValue() <= decimal.most();
        } else if (shape instanceof Time time) {
            return fits(value, time.mayBeZero() ? new Decimal(0, Double.POSITIVE_INFINITY) : ABOVE_ZERO)
                    || fits(value, time.pattern());
        } else if (shape instanceof Size size) {
            return fits(value, new Whole(size.least(), Long.MAX_VALUE)) || fits(value, size.pattern());
        } else if (shape instanceof Flag) {
            return value.valueType() == ConfigValueType.BOOLEAN
                    || (value.valueType() == ConfigValueType.STRING && FLAGS.contains(plain));
        } else if (shape instanceof Text text) {
            return isText(value) && String.valueOf(plain).matches(text.pattern());
        }
        return true;
    }

    private static boolean fits(ConfigValue value, String pattern) {
        return value.valueType() == ConfigValueType.STRING
                && String.valueOf(value.unwrapped()).matches(pattern);
    }

    /** Unquoted numbers and words of a name are text as well. */
    private static boolean isText(ConfigValue value) {
        return value.valueType() == ConfigValueType.STRING
                || value.valueType() == ConfigValueType.NUMBER
                || value.valueType() == ConfigValueType.BOOLEAN;
    }

    /** Also what has parts, if these are right. */
    private static boolean fitsAny(ConfigValue value, Shape shape) {
        if (shape instanceof Many) {
            Problems of = new Problems(path -> Position.NOWHERE);
            new ShapeCheck(of).check("", value, shape);
            return of.isEmpty();
        }
        return fits(value, shape);
    }

    static Optional<Duration> duration(ConfigValue value) {
        try {
            return Optional.of(value.atKey("x").getDuration("x"));
        } catch (ConfigException e) {
            return Optional.empty();
        }
    }

    static Optional<Long> bytes(ConfigValue value) {
        try {
            return Optional.of(value.atKey("x").getBytes("x"));
        } catch (ConfigException e) {
            return Optional.empty();
        }
    }
}
