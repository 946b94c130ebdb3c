package io.reclaimer.engine;

import io.reclaimer.shrinker.ReclaimerException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the answer to a request goes; given one, once, by an actor's thread, and quick to take it.
 *
 * <p>Not an {@code ActorRef}, because an answer on its way to a future would have to pass through an ask, which on a JDK
 * 17 with two cores starts a thread for each (150 microseconds).
 */
@FunctionalInterface
public interface Reply<T> extends BiConsumer<@Nullable T, @Nullable ReclaimerException> {

    /** Nobody waits. */
    static <T> Reply<T> none() {
        return (value, why) -> {};
    }

    default void success(T value) {
        accept(value, null);
    }

    default void failure(ReclaimerException why) {
        accept(null, why);
    }
}
