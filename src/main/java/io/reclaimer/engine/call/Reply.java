package io.reclaimer.engine.call;

import io.reclaimer.shrinker.ReclaimerException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The receiver of the result of a request to the engine. Called once, on the thread of an actor, with a value or with
 * the reason why there is none; returns quickly.
 *
 * <p>It is not an {@code ActorRef}: a result for a future would then have to pass through an ask. On a JDK 17 with two
 * cores each ask starts a thread (150 microseconds).
 */
@FunctionalInterface
public interface Reply<T> extends BiConsumer<@Nullable T, @Nullable ReclaimerException> {

    /** Returns a receiver that ignores the result. */
    static <T> Reply<T> none() {
        return (value, why) -> {};
    }

    /**
     * Returns a receiver of another type. It applies the function on the replying thread and passes the result to this
     * one. An exception of the function is a fault of the reclaimer and reaches this one as a failure.
     */
    default <S> Reply<S> mapping(Function<S, T> function) {
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
