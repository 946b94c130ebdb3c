package io.reclaimer;

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
 * The requests that the engine has not answered yet, each with the future that its reply completes. Thread-safe.
 *
 * <p>Dependents of a future run on a dispatcher of their own, so an application that blocks there delays only other
 * answers. No future stays open: when the actor system or a part of the reclaimer has ended, the open ones fail.
 */
final class OpenRequests {

    private static final Logger LOG = LoggerFactory.getLogger(OpenRequests.class);

    private final Executor executor;
    private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();

    /** The failure of all further requests; null while requests are answered. */
    private volatile @Nullable ReclaimerException end;

    OpenRequests(Executor executor) {
        this.executor = executor;
    }

    /** Sends a request as {@link #send(Consumer, Runnable)} does, with no action at the end. */
    <T> CompletableFuture<T> send(Consumer<Reply<T>> request) {
        return send(request, () -> {});
    }

    /**
     * Sends a request, and returns the future of its reply.
     *
     * @param atEnd runs right before the future is completed here, or right after the application has completed it; may
     *     run twice
     */
    <T> CompletableFuture<T> send(Consumer<Reply<T>> request, Runnable atEnd) {
        CompletableFuture<T> future = new CompletableFuture<>();
        // Added before the end is read: so this thread sees the end, or the ending thread sees this future.
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
                // The application has completed it: it was cancelled, or has timed out.
                atEnd.run();
            }
        });
        return future;
    }

    /**
     * Returns a receiver that passes the result to {@code replyTo}, on the replying thread. It passes a failure when
     * nothing is answered any more.
     */
    <T> Reply<T> track(Reply<T> replyTo) {
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

    /** Fails all open futures and all further requests. Further requests fail with the first reason. */
    void failAll(ReclaimerException why) {
        if (end == null) {
            end = why;
        }
        open.forEach(future -> complete(future, () -> {}, null, why));
    }

    /** Fails all requests, because the actor system has ended, or is about to. */
    void failAll() {
        failAll(new ReclaimerException(Reason.SHUTTING_DOWN, "The actor system has ended, or is about to"));
    }

    private <T> void answer(
            CompletableFuture<T> future, Runnable atEnd, @Nullable T value, @Nullable ReclaimerException why) {
        try {
            executor.execute(() -> complete(future, atEnd, value, why));
        } catch (RejectedExecutionException e) {
            // The dispatcher ends shortly before the last actors do.
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
            // A future catches what its dependents throw, unless the text of the exception can't be made. It is
            // complete in any case.
            LOG.warn(
                    "A dependent of an answer failed with [{}], and its own dependents may not be completed",
                    thrown.getClass().getName());
        }
    }
}
