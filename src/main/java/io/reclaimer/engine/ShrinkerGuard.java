package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.BehaviorBuilder;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;

/**
 * Holds up the teardown of one shrinker until nobody uses it, so that it is never called after it was answered that it
 * is freed. Lives from allocation until that answer.
 *
 * <p>Holds are taken and let go without a message, see {@link CallMark} and {@link HoldCount}. Whoever frees it first sends the
 * one {@link Free} there is; from then on whoever lets go of a hold says so. At each of these the guard looks; when nobody
 * holds the shrinker the registry forgets it, and then all who freed it are answered.
 */
public final class ShrinkerGuard {

    sealed interface Command {}

    /** The shrinker is being freed. */
    record Free(ShrinkerEntry entry) implements Command {}

    /** Somebody let go of it, and it is being freed. */
    enum Released implements Command {
        INSTANCE
    }

    /** A fault was not logged, because one had been just before. */
    record FaultsUnsaid(Faults faults) implements Command {}

    /** To itself: it may be logged now. */
    private record SayUnsaid(Faults faults) implements Command {}

    /** From the registry: the id is free. */
    enum Forgotten implements Command {
        INSTANCE
    }

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final ActorRef<ShrinkerRegistry.Command> registry;

    static Behavior<Command> create(ActorRef<ShrinkerRegistry.Command> registry) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new ShrinkerGuard(context, timers, registry).inUse()));
    }

    private ShrinkerGuard(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            ActorRef<ShrinkerRegistry.Command> registry) {
        this.context = context;
        this.timers = timers;
        this.registry = registry;
    }

    private Behavior<Command> inUse() {
        return phase().onMessage(Free.class, this::freeing)
                // Of who saw it closed before this did; Free is under way, and looks.
                .onMessageEquals(Released.INSTANCE, Behaviors::same)
                .build();
    }

    private Behavior<Command> freeing(Free free) {
        if (free.entry().holdCount() == 0) {
            return forgetting(free);
        }
        return phase().onMessageEquals(Released.INSTANCE, () -> freeing(free)).build();
    }

    private Behavior<Command> forgetting(Free free) {
        registry.tell(new ShrinkerRegistry.Forget(free.entry(), context.getSelf()));
        return phase().onMessageEquals(Released.INSTANCE, Behaviors::same)
                .onMessageEquals(Forgotten.INSTANCE, () -> {
                    free.entry().freed();
                    return Behaviors.stopped();
                })
                .build();
    }

    /** What every phase answers alike. */
    private BehaviorBuilder<Command> phase() {
        return Behaviors.receive(Command.class)
                .onMessage(FaultsUnsaid.class, this::onFaultsUnsaid)
                .onMessage(SayUnsaid.class, this::onSayUnsaid);
    }

    private Behavior<Command> onFaultsUnsaid(FaultsUnsaid message) {
        SayUnsaid later = new SayUnsaid(message.faults());
        timers.startSingleTimer(SayUnsaid.class, later, Faults.SILENCE);
        return Behaviors.same();
    }

    private Behavior<Command> onSayUnsaid(SayUnsaid message) {
        message.faults().sayUnsaid();
        return Behaviors.same();
    }
}
