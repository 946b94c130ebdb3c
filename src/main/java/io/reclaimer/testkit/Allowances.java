package io.reclaimer.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a test may leave behind and have happen, beyond nothing. One thread.
 *
 * <p>Names of actors are relative to {@code /user}; {@code *} stands for any characters.
 */
final class Allowances {

    private final List<Pattern> actors = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private final List<Class<?>> unhandled = new ArrayList<>();

    void actor(String name) {
        actors.add(Pattern.compile(Pattern.quote(name).replace("*", "\\E.*\\Q")));
    }

    void error(String part) {
        errors.add(part);
    }

    void unhandled(Class<?> message) {
        unhandled.add(message);
    }

    void add(Allowances more) {
        actors.addAll(more.actors);
        errors.addAll(more.errors);
        unhandled.addAll(more.unhandled);
    }

    void clear() {
        actors.clear();
        errors.clear();
        unhandled.clear();
    }

    /** Whether an actor may live, by its path or that of one above it. */
    boolean allowsActor(String path) {
        for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
            String at = path.substring(0, end);
            if (actors.stream().anyMatch(pattern -> pattern.matcher(at).matches())) {
                return true;
            }
        }
        return false;
    }

    boolean allowsError(String error) {
        return errors.stream().anyMatch(error::contains);
    }

    boolean allowsUnhandled(Object message) {
        return unhandled.stream().anyMatch(type -> type.isInstance(message));
    }
}
