package io.reclaimer.engine.call;

import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerKind;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.ShrinkerTrait;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A shrinker of any kind, as its owner hands it over for allocation. Immutable. */
public final class ShrinkerTarget {

    private final ShrinkerKind kind;
    private final @Nullable Shrinker plain;
    private final BiFunction<BlockingCalls, VisitingThreads, CallStrategy> strategy;

    private ShrinkerTarget(
            ShrinkerKind kind,
            @Nullable Shrinker plain,
            BiFunction<BlockingCalls, VisitingThreads, CallStrategy> strategy) {
        this.kind = kind;
        this.plain = plain;
        this.strategy = strategy;
    }

    /** A shrinker that replies within the call; a blocking one if its spec says so. */
    public static ShrinkerTarget of(ShrinkerSpec spec, Shrinker shrinker) {
        boolean blocking = spec.traits().contains(ShrinkerTrait.BLOCKING);
        return new ShrinkerTarget(
                blocking ? ShrinkerKind.BLOCKING : ShrinkerKind.PLAIN,
                blocking ? null : shrinker,
                (calls, threads) -> new BlockingCallStrategy(shrinker, calls));
    }

    /** A shrinker that replies with stages. */
    public static ShrinkerTarget of(AsyncShrinker shrinker) {
        return new ShrinkerTarget(
                ShrinkerKind.ASYNC, null, (calls, threads) -> new StageCallStrategy(shrinker, threads, calls));
    }

    /** A shrinker that is an actor, which the strategy sends messages to. */
    public static ShrinkerTarget of(CallStrategy actor) {
        return new ShrinkerTarget(ShrinkerKind.ACTOR, null, (calls, threads) -> actor);
    }

    ShrinkerKind kind() {
        return kind;
    }

    /** The shrinker, if it is called inside the visit; otherwise null. */
    @Nullable
    Shrinker plain() {
        return plain;
    }

    /** Returns the strategy for calls outside of the visit. A plain shrinker uses it while it is slow. */
    CallStrategy strategy(BlockingCalls calls, VisitingThreads threads) {
        return strategy.apply(calls, threads);
    }
}
