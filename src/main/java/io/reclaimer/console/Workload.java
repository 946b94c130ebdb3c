package io.reclaimer.console;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The top of the node's actors: starts the loads of the tenants, and ends them before what they use goes away. The actors
 * of ended loads are there until the system ends, for the reclaimer may be asking them.
 */
final class Workload extends AbstractBehavior<Workload.Command> {

    sealed interface Command {}

    /** Starts loads, and what requests rounds beside them, each with its name. */
    record Start(Map<String, Behavior<TenantLoad.Command>> loads, Map<String, Behavior<?>> rounds) implements Command {}

    /** Ends all loads; answered when the last one has ended. */
    record Stop(ActorRef<Done> replyTo) implements Command {}

    private record LoadEnded(TenantLoad.Ended ended) implements Command {}

    private final List<ActorRef<TenantLoad.Command>> running = new ArrayList<>();
    private final List<ActorRef<Done>> waiting = new ArrayList<>();
    private final ActorRef<TenantLoad.Ended> ended;
    private final List<ActorRef<?>> rounds = new ArrayList<>();

    private Workload(ActorContext<Command> context) {
        super(context);
        ended = context.messageAdapter(TenantLoad.Ended.class, LoadEnded::new);
    }

    static Behavior<Command> create() {
        return Behaviors.setup(Workload::new);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Start.class, this::onStart)
                .onMessage(Stop.class, this::onStop)
                .onMessage(LoadEnded.class, message -> onEnded(message.ended().load()))
                .onSignal(Terminated.class, signal -> onEnded(signal.getRef()))
                .build();
    }

    private Behavior<Command> onStart(Start message) {
        message.loads().forEach((name, load) -> {
            ActorRef<TenantLoad.Command> ref = getContext().spawn(load, name);
            getContext().watch(ref);
            running.add(ref);
        });
        message.rounds().forEach((name, behavior) -> rounds.add(getContext().spawn(behavior, name)));
        return this;
    }

    private Behavior<Command> onStop(Stop message) {
        waiting.add(message.replyTo());
        rounds.forEach(getContext()::stop);
        rounds.clear();
        running.forEach(load -> load.tell(new TenantLoad.End(ended)));
        answerWhenEnded();
        return this;
    }

    private Behavior<Command> onEnded(ActorRef<?> load) {
        running.removeIf(load::equals);
        answerWhenEnded();
        return this;
    }

    private void answerWhenEnded() {
        if (running.isEmpty()) {
            waiting.forEach(ref -> ref.tell(Done.getInstance()));
            waiting.clear();
        }
    }
}
