package io.reclaimer.engine;

import io.reclaimer.shrinker.ReclaimerException;
import java.util.function.BiConsumer;
import java.util.function.Function;
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

    /**
     * Where an answer of another kind goes, so that this is given what the function makes of it; by the thread that answers. What
     * the function throws is a fault of the reclaimer, of which this hears.
     */
    default <S> Reply<S> from(Function<S, T> function) {
        return (value, why) -> {
            T made;
            try {
                made = value == null ? null : function.apply(value);
            } catch (RuntimeException e) {
                failure(new ReclaimerException(ReclaimerException.Reason.FAILED, "The answer can't be shown: " + e));
                return;
            }
            accept(made, why);
        };
    }

    default void success(T value) {
        accept(value, null);
    }

    default void failure(ReclaimerException why) {
        accept(null, why);
    }
}
