package io.reclaimer.engine;

import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.ShrinkerTrait;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A shrinker of any kind, as it is handed over to be allocated. Immutable. */
public final class ShrinkerTarget {

    /** How a shrinker is called. */
    public enum Kind {
        /** Inside the pair's actor, answering at once. */
        PLAIN,
        /** On a thread where it may wait. */
        BLOCKING,
        /** Answers with stages. */
        ASYNC,
        /** An actor that is sent messages. */
        ACTOR
    }

    /** Where an actor is called that is a shrinker. Any thread; each method is quick. */
    public interface ActorPort {

        /** Makes a call, when its turn comes. */
        void make(RemoteCall call);

        /** Nobody waits for the call any more. */
        void givenUp(RemoteCall call);

        /** The shrinker is freed: there will be no more calls. */
        void freed();
    }

    /** Calls by a port. */
    private record ActorCallee(ActorPort port) implements Callee {
        @Override
        public void make(Call call) {
            port.make(call);
        }

        @Override
        public void givenUp(Call call) {
            port.givenUp(call);
        }
    }

    private final Kind kind;
    private final @Nullable Shrinker shrinker;
    private final @Nullable AsyncShrinker async;
    private final @Nullable ActorPort port;

    private ShrinkerTarget(
            Kind kind, @Nullable Shrinker shrinker, @Nullable AsyncShrinker async, @Nullable ActorPort port) {
        this.kind = kind;
        this.shrinker = shrinker;
        this.async = async;
        this.port = port;
    }

    /** One that answers within the call; blocking where its spec says so. */
    public static ShrinkerTarget of(ShrinkerSpec spec, Shrinker shrinker) {
        boolean blocking = spec.traits().contains(ShrinkerTrait.BLOCKING);
        return new ShrinkerTarget(blocking ? Kind.BLOCKING : Kind.PLAIN, shrinker, null, null);
    }

    /** One that answers with stages. */
    public static ShrinkerTarget of(AsyncShrinker shrinker) {
        return new ShrinkerTarget(Kind.ASYNC, null, shrinker, null);
    }

    /** One that is an actor. */
    public static ShrinkerTarget of(ActorPort port) {
        return new ShrinkerTarget(Kind.ACTOR, null, null, port);
    }

    Kind kind() {
        return kind;
    }

    /** The shrinker, where it is called inside the pair's actor; otherwise null. */
    @Nullable
    Shrinker plain() {
        return kind == Kind.PLAIN ? shrinker : null;
    }

    /** How it is called, where it is not called directly: a plain one is while it is slow. */
    Callee callee(BlockingCalls blockingCalls, CallMarks marks) {
        return switch (kind) {
            case PLAIN, BLOCKING -> new BlockingCallee(Objects.requireNonNull(shrinker), blockingCalls);
            case ASYNC -> new StageCallee(Objects.requireNonNull(async), marks, blockingCalls);
            case ACTOR -> new ActorCallee(Objects.requireNonNull(port));
        };
    }

    /** Nobody will call it any more. */
    void freed() {
        if (port != null) {
            port.freed();
        }
    }
}
