package io.reclaimer.engine;

import io.reclaimer.shrinker.AsyncShrinker;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Calls a shrinker that answers with stages, inside the pair's actor. */
final class StageCallee implements Callee {

    private final AsyncShrinker shrinker;

    StageCallee(AsyncShrinker shrinker) {
        this.shrinker = shrinker;
    }

    @Override
    public void make(Call call) {
        call.begins();
        CompletionStage<Long> stage;
        try {
            stage = switch (call.kind()) {
                case COUNT -> shrinker.count(call);
                case SCAN -> shrinker.scan(call);
                case REPARENT -> shrinker.reparent(call.cgroup(), call.parent(), call.node());
            };
            // Not an asynchronous step: it runs on the thread that completes the stage, and only tells.
            stage.whenComplete((answer, thrown) -> completed(call, answer, thrown));
        } catch (Throwable thrown) {
            if (Fatal.is(thrown)) {
                throw Fatal.asUnchecked(thrown);
            }
            call.fail(thrown);
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
