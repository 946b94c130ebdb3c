package io.reclaimer.engine;

import io.reclaimer.engine.call.CallEnd;
import io.reclaimer.engine.call.PendingCall;
import io.reclaimer.interleavings.Scenario.Trouble;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/** A {@link PlayedCache} that answers with stages: at once, later, when its deadline is over, or by failing. */
final class PlayedStages implements AsyncShrinker {

    private final PlayedCache cache;
    private final ScenarioWorld world;

    PlayedStages(PlayedCache cache, ScenarioWorld world) {
        this.cache = cache;
        this.world = world;
    }

    @Override
    public CompletionStage<Long> count(ShrinkControl control) {
        PlayedCache.Cell cell = cache.cell(control);
        return visit("counted", cell, (PendingCall) control, () -> cache.countIn(cell));
    }

    @Override
    public CompletionStage<Long> scan(ShrinkControl control) {
        PlayedCache.Cell cell = cache.cell(control);
        return visit("scanned", cell, (PendingCall) control, () -> cache.scanIn(cell, control.nrToScan()));
    }

    @Override
    public CompletionStage<Long> reparent(CgroupPath offline, CgroupPath parent, int node) {
        PlayedCache.Cell cell = cache.cell(world.handle(offline), node);
        CompletableFuture<Long> answer = new CompletableFuture<>();
        cache.enter("reparented", cell);
        Runnable move = () -> {
            long moved = cache.move(cell);
            if (cache.kind().reparentFails()) {
                answer.completeExceptionally(new IllegalStateException("It fails after it has moved its objects"));
            } else {
                answer.complete(moved);
            }
        };
        cache.leave("reparented", cell);
        if (cache.kind().trouble() == Trouble.LATER) {
            world.later(move);
        } else {
            move.run();
        }
        return answer;
    }

    private CompletionStage<Long> visit(String how, PlayedCache.Cell cell, PendingCall call, LongSupplier ask) {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        cache.enter(how, cell);
        boolean troublesome = cache.isTroublesome();
        Trouble trouble = troublesome ? cache.kind().trouble() : Trouble.NONE;
        if (trouble.takesTime() && cache.kind().inCall()) {
            cache.sleep(how);
            trouble = Trouble.LATER;
        }
        if (trouble != Trouble.NONE) {
            // From here on the call is under way, though nobody is inside.
            cache.begin(how, cell, false);
        }
        Runnable complete = () -> complete(cell, call, ask, answer);
        switch (trouble) {
            case NONE -> answer.complete(ask.getAsLong());
            case LATER -> world.later(complete);
            case SLOW -> world.after(Duration.ofMillis(cache.kind().millis()), complete);
            case STUCK, OVERDUE -> world.whenCalm(complete);
            case FAILS ->
                world.later(() -> fail(cell, answer, new CompletionException(new IllegalStateException("Is to fail"))));
            case FAILS_WITH_AN_ERROR -> world.later(() -> fail(cell, answer, new AssertionError("Is to fail")));
        }
        cache.leave(how, cell);
        return answer;
    }

    private void fail(PlayedCache.Cell cell, CompletableFuture<Long> answer, Throwable why) {
        cache.end(cell);
        answer.completeExceptionally(why);
    }

    /** Completes a stage. Does nothing where nobody awaits it any more. */
    private void complete(PlayedCache.Cell cell, PendingCall call, LongSupplier ask, CompletableFuture<Long> answer) {
        cache.end(cell);
        if (call.isOver()) {
            answer.complete(0L);
            return;
        }
        world.expect(!cache.freed, "It was answered that " + cache.name() + " is freed before it has answered a call");
        answer.complete(ask.getAsLong());
        if (!(call.end() instanceof CallEnd.Replied)) {
            world.mayMiss();
        }
    }
}
