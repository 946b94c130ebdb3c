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
 * The entities of one type on this member that agreed to be stopped when memory is tight: a shrinker that asks those not
 * used for longest, by Cluster Sharding's own passivation, so that no message to them is lost.
 *
 * <pre>{@code
 * ShardedEntities<Command> carts = ShardedEntities.start(system, "carts", MayStop::new);
 * sharding.init(Entity.of(KEY, entity -> carts.track(entity, Cart.create(entity.getEntityId())))
 *         .withStopMessage(Stop.INSTANCE));
 * carts.register(Reclaimer.get(system), ShrinkerSpec.named("carts").objectBytes(20_000));
 * }</pre>
 *
 * <ol>
 *   <li>The coldest entities are asked whether they may stop, in their own protocol; each answers by its
 *       {@link StopQuestion}.
 *   <li>One that is busy is not stopped. It has its next turn when all others had theirs. One that has not come to the
 *       question by the deadline, as its mailbox is long, is busy: the question is withdrawn.
 *   <li>One that says it may stop is passivated: its shard sends it the stop message of its type, and keeps what comes in
 *       for its next life.
 *   <li>Freed are those that were seen to end, in the call they were asked in.
 *   <li>One that has not ended by the deadline is given up and counted ({@link #hungStops}). It is not asked again until
 *       it has been used again, or a back-off is over. It is not killed; where it was passivated already, Akka 2.8.5
 *       keeps its messages back until it ends, so an entity that answers {@link StopQuestion#stop} has to act on the
 *       stop message.
 * </ol>
 *
 * <p>An entity of a type that remembers its entities (remember-entities) is no longer remembered once it was stopped, as
 * always with passivation. An entity that comes back soon
 * after it was stopped is a refault. Thread-safe.
 */
public final class ShardedEntities<M> {

    /**
     * How long entities may take to answer and to end, where nothing else is said: a few writes to a database, and less
     * than what a call of a shrinker may take.
     */
    public static final Duration STOP_DEADLINE = Duration.ofSeconds(1);

    /** After which time an entity is asked again that did not stop, where nothing else is said. */
    public static final Duration HUNG_BACK_OFF = Duration.ofMinutes(1);

    /** The tracker is quick, and must not wait for what an application does on the default dispatcher. */
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
     * The question to an entity whether it may stop now, which it answers once: by {@link #stop} or {@link #busy}. Later
     * answers are heard as well, but no longer counted. Any thread.
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

        /** It may: its shard will send it the stop message of its type. */
        public void stop() {
            tracker.tell(new ShardedTracker.Answered(entity, number, true));
        }

        /** Not now. */
        public void busy() {
            tracker.tell(new ShardedTracker.Answered(entity, number, false));
        }
    }

    /**
     * Starts a tracker for entities that are asked first.
     *
     * @param name what the tracker is called: part of an actor's name, and one that no other tracker of the system has
     * @param question the question as a message to an entity
     */
    public static <M> ShardedEntities<M> start(ActorSystem<?> system, String name, Function<StopQuestion, M> question) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(question, "question");
        return start(system, name, Optional.of(question), STOP_DEADLINE, HUNG_BACK_OFF);
    }

    /** Starts a tracker for entities that are passivated without being asked, as by an idle timeout. */
    public static <M> ShardedEntities<M> start(ActorSystem<?> system, String name) {
        Objects.requireNonNull(name, "name");
        return start(system, name, Optional.empty(), STOP_DEADLINE, HUNG_BACK_OFF);
    }

    /**
     * Starts a tracker.
     *
     * @param question the question as a message to an entity; where empty, they are passivated without
     * @param stopDeadline how long entities may take to answer and to end; it has to be less than the deadline of a call
     * @param hungBackOff after which time an entity is asked again that did not stop
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
     * Around the behavior of an entity: it is one of these from now on.
     *
     * @param entity what the entity was created with
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
     * Registers them with a reclaimer. Once.
     *
     * @param spec is made a global one, on node 0 where it says no nodes
     */
    public CompletionStage<ShrinkerHandle> register(Reclaimer reclaimer, ShrinkerSpec spec) {
        Objects.requireNonNull(reclaimer, "reclaimer");
        Objects.requireNonNull(spec, "spec");
        return reclaimer.register(OnHeap.of(spec.global()), shrinker()).thenApply(handle -> {
            tracker.tell(new ShardedTracker.Registered(handle));
            return handle;
        });
    }

    /** Where the reclaimer asks. */
    public ActorRef<ShrinkerMessage> shrinker() {
        return tracker.unsafeUpcast();
    }

    /** How many stops were given up at their deadline, since the start. */
    public long hungStops() {
        return hungStops.sum();
    }
}
