package io.reclaimer.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What may be in a {@link ClusterMessage}. Throws {@link IllegalArgumentException} where it is something else. */
final class Check {
    private static final Pattern NODE_NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private static final Pattern CONSTANT = Pattern.compile("[A-Z0-9_]{1,64}");

    private Check() {}

    static <T> T present(String name, T value) {
        // Whatever the types say: it is read from bytes.
        if (value == null) {
            throw invalid(name, "nothing", "a value");
        }
        return value;
    }

    static void seat(int seat) {
        range("seat", seat, 0, ClusterMessage.MOST_SEATS);
    }

    static void count(String name, long count) {
        range(name, count, 0, Long.MAX_VALUE);
    }

    static void range(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw invalid(name, value, least + " to " + most);
        }
    }

    static void text(String name, String text) {
        if (present(name, text).isEmpty() || text.length() > ClusterMessage.LONGEST_TEXT) {
            throw invalid(name, text.length(), "1 to " + ClusterMessage.LONGEST_TEXT + " characters");
        }
    }

    static void nodeName(String name) {
        if (!NODE_NAME.matcher(name).matches()) {
            throw invalid("nodes", "a name", "names of 1 to 64 characters A-Z a-z 0-9 . _ -");
        }
    }

    /** The name of a constant, whether this version has it or not. */
    static void constant(String name, String constant) {
        if (!CONSTANT.matcher(present(name, constant)).matches()) {
            throw invalid(name, constant.length() + " characters", "a name of 1 to 64 characters A-Z 0-9 _");
        }
    }

    /** A text that may be missing, and is empty then. */
    static String optionalText(String name, String text) {
        if (text == null) {
            return "";
        }
        range(name, text.length(), 0, ClusterMessage.LONGEST_TEXT);
        return text;
    }

    static <T> List<T> list(String name, List<T> list, int most) {
        if (present(name, list).size() > most) {
            throw invalid(name, list.size(), "up to " + most);
        }
        return List.copyOf(list);
    }

    /** Kinds of messages inside another: of those allowed, and as many as there are messages. */
    static List<String> inner(List<String> kinds, Set<String> allowed, List<byte[]> messages) {
        List<String> checked = list("kinds", kinds, ClusterMessage.MOST_INNER);
        checked.stream().filter(kind -> !allowed.contains(kind)).findFirst().ifPresent(kind -> {
            throw invalid("kinds", "another", "of " + allowed);
        });
        if (present("messages", messages).size() != checked.size() || checked.isEmpty()) {
            throw invalid("messages", messages.size(), "as many as kinds, and some");
        }
        return checked;
    }

    static boolean isSame(List<byte[]> one, List<byte[]> other) {
        return Arrays.deepEquals(one.toArray(), other.toArray());
    }

    static IllegalArgumentException invalid(String name, Object value, String allowed) {
        return new IllegalArgumentException(name + " is [" + value + "]; allowed is " + allowed);
    }
}
