package io.reclaimer;

import akka.Done;
import io.reclaimer.engine.call.Reply;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the engine's answers into futures. Thread-safe.
 *
 * <p>What hangs on a future runs on a dispatcher of its own, so that an application that blocks there holds up other
 * answers at most. No future is left open: when the actor system or a part of the reclaimer has ended, those without an answer
 * fail.
 */
final class Answers {

    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    private final Executor executor;
    private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();

    /** Why nothing is answered any more. */
    private volatile @Nullable ReclaimerException end;

    Answers(Executor executor) {
        this.executor = executor;
    }

    /** As {@link #to(Consumer, Runnable)}, with nothing to do at the end. */
    <T> CompletableFuture<T> to(Consumer<Reply<T>> request) {
        return to(request, () -> {});
    }

    /**
     * Sends a request, and answers with what is replied to it.
     *
     * @param atEnd runs right before the future is complete, or right after somebody else has completed it; maybe twice
     */
    <T> CompletableFuture<T> to(Consumer<Reply<T>> request, Runnable atEnd) {
        CompletableFuture<T> future = new CompletableFuture<>();
        // Before looking whether it has ended: so either this or the end sees the other.
        open.add(future);
        ReclaimerException ended = end;
        if (ended != null) {
            complete(future, atEnd, null, ended);
            return future;
        }
        request.accept((value, why) -> answer(future, atEnd, value, why));
        CompletionStage<T> stage = future;
        stage.whenComplete((value, thrown) -> {
            if (open.remove(future)) {
                // Not by an answer, but by whoever has it: it was cancelled, or its time is over.
                atEnd.run();
            }
        });
        return future;
    }

    /**
     * The same for a reply that is no future's: it is given on by the thread that has the answer, and where nothing is answered any
     * more it fails.
     */
    <T> Reply<T> kept(Reply<T> replyTo) {
        CompletableFuture<T> future = new CompletableFuture<>();
        CompletionStage<T> stage = future;
        stage.whenComplete(
                (value, thrown) -> replyTo.accept(value, thrown instanceof ReclaimerException why ? why : null));
        open.add(future);
        ReclaimerException ended = end;
        if (ended != null) {
            complete(future, () -> {}, null, ended);
        }
        return (value, why) -> complete(future, () -> {}, value, why);
    }

    /** Nothing will be answered any more; the first reason counts. */
    void end(ReclaimerException why) {
        if (end == null) {
            end = why;
        }
        open.forEach(future -> complete(future, () -> {}, null, why));
    }

    /** The actor system has ended. */
    void systemEnded() {
        end(new ReclaimerException(Reason.SHUTTING_DOWN, "The actor system has ended, or is about to"));
    }

    /** The actor system is about to end. */
    CompletionStage<Done> systemEnds() {
        systemEnded();
        return CompletableFuture.completedStage(Done.getInstance());
    }

    private <T> void answer(
            CompletableFuture<T> future, Runnable atEnd, @Nullable T value, @Nullable ReclaimerException why) {
        try {
            executor.execute(() -> complete(future, atEnd, value, why));
        } catch (RejectedExecutionException e) {
            // The dispatcher ends a moment before the last actors do.
            complete(future, atEnd, value, why);
        }
    }

    private <T> void complete(
            CompletableFuture<T> future, Runnable atEnd, @Nullable T value, @Nullable ReclaimerException why) {
        if (!open.remove(future)) {
            return;
        }
        atEnd.run();
        try {
            if (value != null) {
                future.complete(value);
            } else {
                future.completeExceptionally(
                        why != null
                                ? why
                                : new ReclaimerException(
                                        Reason.FAILED, "The reclaimer answered nothing, which is a fault of it"));
            }
        } catch (Throwable thrown) {
            // Futures keep what hangs on them from throwing, but where an exception can't be shown: it is complete all
            // the same.
            LOG.warn(
                    "What hangs on an answer failed with [{}], and what hangs on that may hear nothing",
                    thrown.getClass().getName());
        }
    }
}
