package io.reclaimer.adapter;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.Cgroup;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.ShrinkerMessage;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * A factory of behaviors that register an actor as a shrinker of the {@link ReclaimableState} that it holds. The
 * actor's own protocol does not change. The state answers the reclaimer's messages inside the actor, between two of the
 * actor's own messages.
 *
 * <pre>{@code
 * static Behavior<Command> create() {
 *     return ReclaimableActor.of(ShrinkerSpec.named("pages"), ReclaimableMap<String, Page>::new)
 *             .behavior((context, pages) -> new PageStore(context, pages));
 * }
 * }</pre>
 *
 * <p>The actor registers when it starts, and the reclaimer frees the registration when the actor stops. A restart by a
 * supervisor around the behavior keeps the registration and begins with a new state; a restart by a supervisor inside
 * it keeps the state as well. A refused registration is logged as an error; the actor then works without being asked
 * for memory, and a restart tries again.
 *
 * <p>An actor can be only one such shrinker. Of two, both would get the same messages, and the outer one would answer
 * for both. Immutable; its behaviors may be spawned any number of times.
 */
public final class ReclaimableActor<S extends ReclaimableState> {

    /** Registers an actor as a shrinker. Tests replace it. */
    interface Registrar {
        CompletionStage<ShrinkerHandle> register(
                ActorSystem<?> system, ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker);
    }

    private static final Registrar RECLAIMER =
            (system, spec, shrinker) -> Reclaimer.get(system).register(spec, shrinker);

    private final ShrinkerSpec spec;
    private final Supplier<S> newState;
    private final Optional<Cgroup> cgroup;
    private final Registrar registrar;

    private ReclaimableActor(ShrinkerSpec spec, Supplier<S> newState, Optional<Cgroup> cgroup, Registrar registrar) {
        this.spec = spec;
        this.newState = newState;
        this.cgroup = cgroup;
        this.registrar = registrar;
    }

    /**
     * Returns a factory for actors whose state belongs to no cgroup.
     *
     * @param spec is changed to a global one, on node 0 if it names no nodes
     * @param newState makes an empty state, for each start and restart of an actor
     */
    public static <S extends ReclaimableState> ReclaimableActor<S> of(ShrinkerSpec spec, Supplier<S> newState) {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(newState, "newState");
        return new ReclaimableActor<>(HeapSpecs.of(spec.global()), newState, Optional.empty(), RECLAIMER);
    }

    /**
     * Returns a copy for actors whose state belongs to {@code home}, or while that is offline to its nearest online
     * ancestor.
     */
    public ReclaimableActor<S> in(Cgroup home) {
        Objects.requireNonNull(home, "home");
        return new ReclaimableActor<>(spec.byCgroup(), newState, Optional.of(home), registrar);
    }

    ReclaimableActor<S> registeredBy(Registrar other) {
        return new ReclaimableActor<>(spec, newState, cgroup, other);
    }

    /**
     * Returns the actor's behavior.
     *
     * @param behavior makes the actor's own behavior, which may use the state freely
     * @param <C> the actor's protocol
     */
    public <C> Behavior<C> behavior(BiFunction<ActorContext<C>, S, Behavior<C>> behavior) {
        Objects.requireNonNull(behavior, "behavior");
        // Survives a restart, because the supervisor starts this same behavior again. Keyed by actor, because many may
        // be spawned. The entry of an actor that is stopped while its supervisor waits to restart it stays, because no
        // code here runs then.
        Map<ActorRef<?>, CompletionStage<ShrinkerHandle>> registrations = new ConcurrentHashMap<>();
        return Behaviors.<Object>setup(context -> {
                    S state = Objects.requireNonNull(
                            newState.get(),
                            () -> "newState of shrinker [" + spec.name() + "] made null instead of a state");
                    ActorRef<Object> self = context.getSelf();
                    ReclaimableInterceptor<C> interceptor =
                            new ReclaimableInterceptor<>(spec, state, cgroup, () -> registrations.remove(self));
                    // Sent at each start of the actor, because a message to an earlier start may be lost.
                    registrations
                            .computeIfAbsent(
                                    self, ref -> registrar.register(context.getSystem(), spec, self.unsafeUpcast()))
                            .whenComplete((handle, why) -> self.tell(
                                    handle != null
                                            ? new ReclaimableInterceptor.Registered(handle)
                                            : new ReclaimableInterceptor.Refused(why)));
                    return Behaviors.intercept(
                            () -> interceptor, Behaviors.<C>setup(own -> behavior.apply(own, state)));
                })
                .narrow();
    }
}
