package io.reclaimer.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The leftovers and errors that a test declares, so that the checks at its end pass. Confined to the thread of the test. */
final class Expectations {

    private final List<Pattern> actors = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private final List<Class<?>> unhandled = new ArrayList<>();

    /** @param name a path below {@code /user}, in which {@code *} stands for any characters */
    void addActor(String name) {
        actors.add(Pattern.compile(Pattern.quote(name).replace("*", "\\E.*\\Q")));
    }

    void addError(String part) {
        errors.add(part);
    }

    void addUnhandled(Class<?> message) {
        unhandled.add(message);
    }

    void clear() {
        actors.clear();
        errors.clear();
        unhandled.clear();
    }

    /** Whether the path of an actor, or of an actor above it, was added. */
    boolean includesActor(String path) {
        for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
            String prefix = path.substring(0, end);
            if (actors.stream().anyMatch(pattern -> pattern.matcher(prefix).matches())) {
                return true;
            }
        }
        return false;
    }

    boolean includesError(String error) {
        return errors.stream().anyMatch(error::contains);
    }

    boolean includesUnhandled(Object message) {
        return unhandled.stream().anyMatch(type -> type.isInstance(message));
    }
}
