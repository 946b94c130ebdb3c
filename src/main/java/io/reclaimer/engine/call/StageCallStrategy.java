package io.reclaimer.engine.call;

import io.reclaimer.shrinker.AsyncShrinker;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The call strategy of a shrinker that replies with stages. It is called inside the visit, or, while it is slow to
 * return its stages, on a thread where it may block.
 */
final class StageCallStrategy implements CallStrategy {

    private final AsyncShrinker shrinker;
    private final VisitingThreads threads;
    private final BlockingCalls calls;
    private final BlockingCalls.Queue queue = new BlockingCalls.Queue();

    StageCallStrategy(AsyncShrinker shrinker, VisitingThreads threads, BlockingCalls calls) {
        this.shrinker = shrinker;
        this.threads = threads;
        this.calls = calls;
    }

    @Override
    public void make(PendingCall call) {
        if (call.entry().isSlow()) {
            calls.submit(queue, call, () -> {
                CompletionStage<Long> stage = ask(call);
                return () -> await(call, stage);
            });
            return;
        }
        call.begin();
        VisitingThread thread = threads.ofThisThread();
        @Nullable CompletionStage<Long> stage = null;
        thread.enter(call.entry());
        try {
            stage = ask(call);
        } catch (Throwable thrown) {
            call.fail(thrown);
        }
        if (thread.leave() && thread.wasOverdue()) {
            // The watchdog has counted it as a fault while it was under way. Its reply is too late.
            call.entry().faults().recordLateReply();
            call.drop();
            return;
        }
        if (!call.isOver()) {
            thread.enter(call.entry());
            await(call, stage);
            thread.leave();
        }
    }

    @Override
    public void givenUp(PendingCall call) {
        calls.writeOff(queue, call);
    }

    @Override
    public void freeing() {
        calls.freeing(queue);
    }

    private CompletionStage<Long> ask(PendingCall call) {
        return switch (call.kind()) {
            case COUNT -> shrinker.count(call);
            case SCAN -> shrinker.scan(call);
            case REPARENT ->
                call.isPathOnlineAgain()
                        ? CompletableFuture.completedStage(0L)
                        : shrinker.reparent(call.cgroup(), call.parent(), call.node());
        };
    }

    /**
     * Ends the call when the stage is complete, on the thread that completes it: an asynchronous step would start a
     * thread.
     */
    private static void await(PendingCall call, @Nullable CompletionStage<Long> stage) {
        try {
            Objects.requireNonNull(stage, "its stage is null")
                    .whenComplete((reply, thrown) -> completed(call, reply, thrown));
        } catch (Throwable thrown) {
            // A stage of the JDK passes its failure on and then throws, if the text of the failure can't be made.
            if (!call.isOver()) {
                call.fail(thrown);
            }
        }
    }

    private static void completed(PendingCall call, @Nullable Long reply, @Nullable Throwable thrown) {
        if (thrown != null) {
            call.fail(thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown);
        } else if (reply == null) {
            call.fail(new NullPointerException("its stage was completed with null"));
        } else {
            call.reply(reply);
        }
    }
}
