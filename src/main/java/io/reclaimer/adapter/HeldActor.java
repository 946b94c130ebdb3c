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
 * Makes an actor that keeps a {@link HeldState} a shrinker: the actor's own protocol stays as it is, and what the
 * reclaimer asks is answered by the state, inside the actor, between two of its own messages.
 *
 * <pre>{@code
 * static Behavior<Command> create() {
 *     return HeldActor.of(ShrinkerSpec.named("pages"), HeldValues<String, Page>::new)
 *             .behavior((context, pages) -> new PageStore(context, pages));
 * }
 * }</pre>
 *
 * <p>The actor registers when it starts and is freed by the reclaimer when it stops. A restart by a supervisor around the
 * behavior keeps the registration and begins with a new state; one further in keeps the state as well. Where the
 * registration is refused, that is logged as an error, and the actor works on without being asked for memory; a restart
 * tries again.
 *
 * <p>An actor can be one such shrinker, not two: both would be asked by the same messages, and the outer one would answer
 * for both. Immutable; a behavior made by it may be spawned any number of times.
 */
public final class HeldActor<S extends HeldState> {

    /** How an actor is registered; a test puts its own here. */
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

    private HeldActor(ShrinkerSpec spec, Supplier<S> newState, Optional<Cgroup> cgroup, Registrar registrar) {
        this.spec = spec;
        this.newState = newState;
        this.cgroup = cgroup;
        this.registrar = registrar;
    }

    /**
     * With a state that belongs to no cgroup.
     *
     * @param spec is made a global one, on node 0 where it says no nodes
     * @param newState makes an empty state, for each start and restart of an actor
     */
    public static <S extends HeldState> HeldActor<S> of(ShrinkerSpec spec, Supplier<S> newState) {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(newState, "newState");
        return new HeldActor<>(OnHeap.of(spec.global()), newState, Optional.empty(), RECLAIMER);
    }

    /** The same, with a state that belongs to this cgroup, and to its nearest online ancestor when it is offline. */
    public HeldActor<S> in(Cgroup home) {
        Objects.requireNonNull(home, "home");
        return new HeldActor<>(spec.byCgroup(), newState, Optional.of(home), registrar);
    }

    HeldActor<S> registeredBy(Registrar other) {
        return new HeldActor<>(spec, newState, cgroup, other);
    }

    /**
     * The actor's behavior.
     *
     * @param behavior makes the actor's own behavior, which uses the state as it likes
     * @param <C> the actor's protocol
     */
    public <C> Behavior<C> behavior(BiFunction<ActorContext<C>, S, Behavior<C>> behavior) {
        Objects.requireNonNull(behavior, "behavior");
        // Survives a restart, for a supervisor starts this same behavior again. By actor, as many may be spawned.
        // One that is stopped while its supervisor waits to restart it leaves its entry behind, as it hears of neither.
        Map<ActorRef<?>, CompletionStage<ShrinkerHandle>> registrations = new ConcurrentHashMap<>();
        return Behaviors.<Object>setup(context -> {
                    S state = Objects.requireNonNull(
                            newState.get(),
                            () -> "newState of shrinker [" + spec.name() + "] made null instead of a state");
                    ActorRef<Object> self = context.getSelf();
                    HeldInterceptor<C> interceptor =
                            new HeldInterceptor<>(spec, state, cgroup, () -> registrations.remove(self));
                    // To each start of the actor anew: what was sent to an earlier one may be gone with it.
                    registrations
                            .computeIfAbsent(
                                    self, ref -> registrar.register(context.getSystem(), spec, self.unsafeUpcast()))
                            .whenComplete((handle, why) -> self.tell(
                                    handle != null
                                            ? new HeldInterceptor.Registered(handle)
                                            : new HeldInterceptor.Refused(why)));
                    return Behaviors.intercept(
                            () -> interceptor, Behaviors.<C>setup(own -> behavior.apply(own, state)));
                })
                .narrow();
    }
}
