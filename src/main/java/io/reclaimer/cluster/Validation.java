package io.reclaimer.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Checks of the components of a {@link ClusterMessage}. Each throws an {@link IllegalArgumentException} that names the
 * component, its value and the allowed ones.
 */
final class Validation {

    private static final Pattern NODE_NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private static final Pattern CONSTANT = Pattern.compile("[A-Z0-9_]{1,64}");

    private Validation() {}

    static <T> T present(String name, T value) {
        // Whatever its declared type, a value that is read from bytes may be null.
        if (value == null) {
            throw invalid(name, "nothing", "a value");
        }
        return value;
    }

    static void participant(int participant) {
        range("participant", participant, 0, ClusterMessage.MAX_INDEX);
    }

    static void count(String name, long count) {
        range(name, count, 0, Long.MAX_VALUE);
    }

    static void range(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw invalid(name, value, min + " to " + max);
        }
    }

    static void text(String name, String text) {
        if (present(name, text).isEmpty() || text.length() > ClusterMessage.MAX_TEXT) {
            throw invalid(name, text.length(), "1 to " + ClusterMessage.MAX_TEXT + " characters");
        }
    }

    static void nodeName(String name) {
        if (!NODE_NAME.matcher(name).matches()) {
            throw invalid("nodes", "a name", "names of 1 to 64 characters A-Z a-z 0-9 . _ -");
        }
    }

    /** Checks the form of the name of a constant, whether this version has the constant or not. */
    static void constant(String name, String constant) {
        if (!CONSTANT.matcher(present(name, constant)).matches()) {
            throw invalid(name, constant.length() + " characters", "a name of 1 to 64 characters A-Z 0-9 _");
        }
    }

    /** Checks a text that may be missing; a missing one becomes the empty text. */
    static String optionalText(String name, String text) {
        if (text == null) {
            return "";
        }
        range(name, text.length(), 0, ClusterMessage.MAX_TEXT);
        return text;
    }

    static <T> List<T> list(String name, List<T> list, int max) {
        if (present(name, list).size() > max) {
            throw invalid(name, list.size(), "up to " + max);
        }
        return List.copyOf(list);
    }

    /** The constant of that name; empty where this version does not know it. */
    static <E extends Enum<E>> Optional<E> named(Class<E> type, String name) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equals(name))
                .findFirst();
    }

    static IllegalArgumentException invalid(String name, Object value, String allowed) {
        return new IllegalArgumentException(name + " is [" + value + "]; allowed is " + allowed);
    }
}
