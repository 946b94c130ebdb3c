package io.reclaimer.adapter;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.javadsl.EntityContext;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.ShrinkerMessage;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * A shrinker that stops entities of one Cluster Sharding type on this member, the least recently used first. It asks an
 * entity before it stops it, and stops it by Cluster Sharding's own passivation, so that no message to it is lost.
 * Thread-safe.
 *
 * <pre>{@code
 * ShardedEntities<Command> carts = ShardedEntities.start(system, "carts", MayStop::new);
 * sharding.init(Entity.of(KEY, entity -> carts.track(entity, Cart.create(entity.getEntityId())))
 *         .withStopMessage(Stop.INSTANCE));
 * carts.register(Reclaimer.get(system), ShrinkerSpec.named("carts").objectBytes(20_000));
 * }</pre>
 *
 * <ol>
 *   <li>A scan asks the coldest entities, in their own protocol, whether they may stop. Each answers with its
 *       {@link StopQuestion}.
 *   <li>An entity that answers "busy" is not stopped, and is asked again after all others. An entity with a long
 *       mailbox that has not received the question by the deadline counts as busy; the question is withdrawn.
 *   <li>An entity that may stop is passivated: its shard sends it the stop message of its type, and buffers further
 *       messages for its next incarnation.
 *   <li>An entity counts as freed if its end is seen during the call in which it was asked.
 *   <li>An entity that has not ended by the deadline is given up and counted ({@link #hungStops}). It is asked again
 *       after it was used again, or after a back-off. It is not killed. If it was passivated already, Akka 2.8.5
 *       buffers its messages until it ends, so an entity that answers {@link StopQuestion#stop} has to act on the stop
 *       message.
 * </ol>
 *
 * <p>If the type remembers its entities (remember-entities), a stopped entity is no longer remembered, as always with
 * passivation. An entity that comes back soon after it was stopped is a refault.
 */
public final class ShardedEntities<M> {

    /**
     * The default time for entities to answer and to end. It allows for a few writes to a database, and is less than
     * the default deadline of a call to a shrinker.
     */
    public static final Duration STOP_DEADLINE = Duration.ofSeconds(1);

    /** The default time after which an entity that did not stop is asked again. */
    public static final Duration HUNG_BACK_OFF = Duration.ofMinutes(1);

    /** The tracker is quick, and must not wait for application code on the default dispatcher. */
    private static final Props DISPATCHER = DispatcherSelector.fromConfig("reclaimer.control-dispatcher");

    private final ActorRef<Object> tracker;
    private final Optional<Function<StopQuestion, M>> question;
    private final LongAdder hungStops;

    private ShardedEntities(
            ActorRef<Object> tracker, Optional<Function<StopQuestion, M>> question, LongAdder hungStops) {
        this.tracker = tracker;
        this.question = question;
        this.hungStops = hungStops;
    }

    /**
     * A question to an entity whether it may stop now. The entity answers once, by {@link #stop} or {@link #busy}. An
     * answer after the deadline still takes effect, but the entity does not count as freed. Thread-safe.
     */
    public static final class StopQuestion {

        private final ActorRef<Object> tracker;
        private final ActorRef<?> entity;
        private final long number;

        StopQuestion(ActorRef<Object> tracker, ActorRef<?> entity, long number) {
            this.tracker = tracker;
            this.entity = entity;
            this.number = number;
        }

        /** Answers that the entity may stop. Its shard then sends it the stop message of its type. */
        public void stop() {
            tracker.tell(new ShardedTracker.Answered(entity, number, true));
        }

        /** Answers that the entity must not stop now. */
        public void busy() {
            tracker.tell(new ShardedTracker.Answered(entity, number, false));
        }
    }

    /**
     * Starts a tracker that asks entities before it stops them.
     *
     * @param name the name of the tracker: part of an actor's name, and unique among the trackers of the system
     * @param question wraps the question in a message to an entity
     */
    public static <M> ShardedEntities<M> start(ActorSystem<?> system, String name, Function<StopQuestion, M> question) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(question, "question");
        return start(system, name, Optional.of(question), STOP_DEADLINE, HUNG_BACK_OFF);
    }

    /** Starts a tracker that passivates entities without asking them, as an idle timeout does. */
    public static <M> ShardedEntities<M> start(ActorSystem<?> system, String name) {
        Objects.requireNonNull(name, "name");
        return start(system, name, Optional.empty(), STOP_DEADLINE, HUNG_BACK_OFF);
    }

    /**
     * Starts a tracker.
     *
     * @param question wraps the question in a message to an entity; if empty, entities are passivated without being
     *     asked
     * @param stopDeadline the time for entities to answer and to end, above 0; it has to be less than the deadline of a
     *     call
     * @param hungBackOff the time after which an entity that did not stop is asked again, above 0
     */
    public static <M> ShardedEntities<M> start(
            ActorSystem<?> system,
            String name,
            Optional<Function<StopQuestion, M>> question,
            Duration stopDeadline,
            Duration hungBackOff) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(question, "question");
        Objects.requireNonNull(stopDeadline, "stopDeadline");
        Objects.requireNonNull(hungBackOff, "hungBackOff");
        for (Duration duration : List.of(stopDeadline, hungBackOff)) {
            if (duration.isZero() || duration.isNegative()) {
                throw new IllegalArgumentException("Entities [" + name + "]: stopDeadline is [" + stopDeadline
                        + "] and hungBackOff is [" + hungBackOff + "] but both have to be above 0");
            }
        }
        LongAdder hungStops = new LongAdder();
        ActorRef<Object> tracker = system.systemActorOf(
                ShardedTracker.create(name, question.isPresent(), stopDeadline, hungBackOff, hungStops),
                "reclaimer-sharded-" + name,
                DISPATCHER);
        return new ShardedEntities<>(tracker, question, hungStops);
    }

    /**
     * Wraps the behavior of an entity, so that the entity is tracked from its start.
     *
     * @param entity the context that the entity was created with
     */
    public Behavior<M> track(EntityContext<M> entity, Behavior<M> behavior) {
        Objects.requireNonNull(entity, "entity");
        Objects.requireNonNull(behavior, "behavior");
        Function<StopQuestion, M> ask = question.orElse(asked -> {
            throw new IllegalStateException("There is no question for these entities");
        });
        return Behaviors.intercept(() -> new ShardedInterceptor<>(entity, tracker, ask), behavior)
                .narrow();
    }

    /**
     * Registers the entities as a shrinker. To be called once.
     *
     * @param spec is changed to a global one, on node 0 if it names no nodes
     */
    public CompletionStage<ShrinkerHandle> register(Reclaimer reclaimer, ShrinkerSpec spec) {
        Objects.requireNonNull(reclaimer, "reclaimer");
        Objects.requireNonNull(spec, "spec");
        return reclaimer.register(HeapSpecs.of(spec.global()), shrinker()).thenApply(handle -> {
            tracker.tell(new ShardedTracker.Registered(handle));
            return handle;
        });
    }

    /** Returns the actor that answers the reclaimer's messages. */
    public ActorRef<ShrinkerMessage> shrinker() {
        return tracker.unsafeUpcast();
    }

    /** Returns the number of stops that were given up at their deadline since the start. */
    public long hungStops() {
        return hungStops.sum();
    }
}
