package io.reclaimer;

import io.reclaimer.engine.Reply;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns the engine's answers into futures. Any thread.
 *
 * <p>What hangs on a future runs on a dispatcher of its own, so that an application that blocks there holds up other
 * answers at most. No future is left open: when the actor system has ended, those without an answer fail.
 */
final class Answers {

    private final Executor executor;
    private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    Answers(Executor executor) {
        this.executor = executor;
    }

    /** Sends a request, and answers with what is replied to it. */
    <T> CompletionStage<T> to(Consumer<Reply<T>> request) {
        CompletableFuture<T> future = new CompletableFuture<>();
        // Before looking whether it has ended: so either this or the end sees the other.
        open.add(future);
        if (ended) {
            complete(future, null, systemEnded());
        } else {
            request.accept((value, why) -> answer(future, value, why));
        }
        return future;
    }

    /** The actor system has ended: nothing will be answered any more. */
    void end() {
        ended = true;
        open.forEach(future -> complete(future, null, systemEnded()));
    }

    private <T> void answer(CompletableFuture<T> future, @Nullable T value, @Nullable ReclaimerException why) {
        try {
            executor.execute(() -> complete(future, value, why));
        } catch (RejectedExecutionException e) {
            // The dispatcher ends a moment before the last actors do.
            complete(future, value, why);
        }
    }

    private <T> void complete(CompletableFuture<T> future, @Nullable T value, @Nullable ReclaimerException why) {
        open.remove(future);
        if (value != null) {
            future.complete(value);
        } else if (why != null) {
            future.completeExceptionally(why);
        }
    }

    private static ReclaimerException systemEnded() {
        return new ReclaimerException(Reason.SHUTTING_DOWN, "The actor system has ended");
    }
}
