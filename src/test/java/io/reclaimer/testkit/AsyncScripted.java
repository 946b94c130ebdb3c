package io.reclaimer.testkit;

import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** A shrinker whose stages are scripted by functions. Thread-safe, where the functions are. */
public final class AsyncScripted implements AsyncShrinker {

    private final Function<ShrinkControl, CompletionStage<Long>> count;
    private final Function<ShrinkControl, CompletionStage<Long>> scan;
    private final Function<CgroupPath, CompletionStage<Long>> reparent;

    /** Creates a shrinker whose reparent moves nothing. */
    public AsyncScripted(
            Function<ShrinkControl, CompletionStage<Long>> count, Function<ShrinkControl, CompletionStage<Long>> scan) {
        this(count, scan, offline -> CompletableFuture.completedStage(0L));
    }

    /** @param reparent called with the cgroup that goes offline */
    public AsyncScripted(
            Function<ShrinkControl, CompletionStage<Long>> count,
            Function<ShrinkControl, CompletionStage<Long>> scan,
            Function<CgroupPath, CompletionStage<Long>> reparent) {
        this.count = count;
        this.scan = scan;
        this.reparent = reparent;
    }

    /** A shrinker that returns the same stage for each count, and the same for each scan. */
    public static AsyncScripted of(CompletionStage<Long> count, CompletionStage<Long> scan) {
        return new AsyncScripted(control -> count, control -> scan);
    }

    /** A shrinker without objects, whose reparents are scripted. */
    public static AsyncScripted empty(Function<CgroupPath, CompletionStage<Long>> reparent) {
        CompletionStage<Long> none = CompletableFuture.completedStage(Shrinker.EMPTY);
        return new AsyncScripted(control -> none, control -> none, reparent);
    }

    /** A shrinker with the results of another, each of which a function makes a stage of. */
    public static AsyncShrinker answering(Shrinker shrinker, Function<Supplier<Long>, CompletionStage<Long>> stage) {
        return new AsyncShrinker() {
            @Override
            public CompletionStage<Long> count(ShrinkControl control) {
                return stage.apply(() -> shrinker.count(control));
            }

            @Override
            public CompletionStage<Long> scan(ShrinkControl control) {
                return stage.apply(() -> shrinker.scan(control));
            }

            @Override
            public CompletionStage<Long> reparent(CgroupPath offline, CgroupPath parent, int node) {
                return stage.apply(() -> shrinker.reparent(offline, parent, node));
            }
        };
    }

    @Override
    public CompletionStage<Long> count(ShrinkControl control) {
        return count.apply(control);
    }

    @Override
    public CompletionStage<Long> scan(ShrinkControl control) {
        return scan.apply(control);
    }

    @Override
    public CompletionStage<Long> reparent(CgroupPath offline, CgroupPath parent, int node) {
        return reparent.apply(offline);
    }
}
