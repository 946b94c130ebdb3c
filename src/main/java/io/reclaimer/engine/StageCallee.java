package io.reclaimer.engine;

import io.reclaimer.shrinker.AsyncShrinker;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Calls a shrinker that answers with stages: inside the visit, or, while it is slow to return them, on a thread where it may
 * block.
 */
final class StageCallee implements Callee {

    private final AsyncShrinker shrinker;
    private final CallMarks marks;
    private final BlockingCalls calls;
    private final BlockingCalls.Lane lane = new BlockingCalls.Lane();

    StageCallee(AsyncShrinker shrinker, CallMarks marks, BlockingCalls calls) {
        this.shrinker = shrinker;
        this.marks = marks;
        this.calls = calls;
    }

    @Override
    public void make(Call call) {
        if (call.entry.isSlow()) {
            calls.submit(lane, call, () -> {
                CompletionStage<Long> stage = ask(call);
                return () -> await(call, stage);
            });
            return;
        }
        call.begins();
        CallMark mark = marks.ofThisThread();
        @Nullable CompletionStage<Long> stage = null;
        mark.enter(call.entry);
        try {
            stage = ask(call);
        } catch (Throwable thrown) {
            call.fail(thrown);
        }
        if (mark.leave() && mark.wasOverdue()) {
            // It was called a fault while it was under way. Whatever comes of it is too late.
            call.entry.faults().late();
            call.dropped();
            return;
        }
        if (!call.isOver()) {
            mark.enter(call.entry);
            await(call, stage);
            mark.leave();
        }
    }

    @Override
    public void givenUp(Call call) {
        calls.writeOff(lane, call);
    }

    @Override
    public void freeing() {
        calls.freeing(lane);
    }

    private CompletionStage<Long> ask(Call call) {
        return switch (call.kind()) {
            case COUNT -> shrinker.count(call);
            case SCAN -> shrinker.scan(call);
            case REPARENT -> shrinker.reparent(call.cgroup(), call.parent(), call.node());
        };
    }

    /** Has the answer taken when it is there; not as an asynchronous step, so on the thread that completes the stage. */
    private static void await(Call call, @Nullable CompletionStage<Long> stage) {
        try {
            Objects.requireNonNull(stage, "its stage is null")
                    .whenComplete((answer, thrown) -> completed(call, answer, thrown));
        } catch (Throwable thrown) {
            // A stage of the JDK throws after the answer was taken, where what it failed with can't be put into words.
            if (!call.isOver()) {
                call.fail(thrown);
            }
        }
    }

    private static void completed(Call call, @Nullable Long answer, @Nullable Throwable thrown) {
        if (thrown != null) {
            call.fail(thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown);
        } else if (answer == null) {
            call.fail(new NullPointerException("its stage was completed with null"));
        } else {
            call.answer(answer);
        }
    }
}
