package io.reclaimer.interleavings;

import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The trace of a {@link Schedule}, for people. Off until it has a target. Confined to the thread that has the baton. */
final class StepTrace {

    private @Nullable Consumer<String> target;
    private Function<Runnable, String> taskNames = Object::toString;

    void start(Consumer<String> to, Function<Runnable, String> names) {
        target = to;
        taskNames = names;
    }

    void stop() {
        target = null;
        taskNames = Object::toString;
    }

    String nameOf(Runnable task) {
        return taskNames.apply(task);
    }

    void add(Supplier<String> line) {
        Consumer<String> to = target;
        if (to != null) {
            // The names of tasks may call code with steps.
            ScheduledThread.locked();
            to.accept(line.get());
            ScheduledThread.unlocked();
        }
    }
}
