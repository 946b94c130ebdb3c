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

/** The top of the node's actors: starts the loads of the tenants, and stops them before what they use goes away. */
final class Workload extends AbstractBehavior<Workload.Command> {

    sealed interface Command {}

    /** Starts loads, each with its name. */
    record Start(Map<String, Behavior<TenantLoad.Burst>> loads) implements Command {}

    /** Stops all loads; answered when the last one has stopped. */
    record Stop(ActorRef<Done> replyTo) implements Command {}

    private final List<ActorRef<TenantLoad.Burst>> running = new ArrayList<>();
    private final List<ActorRef<Done>> waiting = new ArrayList<>();

    private Workload(ActorContext<Command> context) {
        super(context);
    }

    static Behavior<Command> create() {
        return Behaviors.setup(Workload::new);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Start.class, this::onStart)
                .onMessage(Stop.class, this::onStop)
                .onSignal(Terminated.class, this::onTerminated)
                .build();
    }

    private Behavior<Command> onStart(Start message) {
        message.loads().forEach((name, load) -> {
            ActorRef<TenantLoad.Burst> ref = getContext().spawn(load, name);
            getContext().watch(ref);
            running.add(ref);
        });
        return this;
    }

    private Behavior<Command> onStop(Stop message) {
        waiting.add(message.replyTo());
        running.forEach(getContext()::stop);
        answerWhenStopped();
        return this;
    }

    private Behavior<Command> onTerminated(Terminated signal) {
        running.removeIf(ref -> ref.equals(signal.getRef()));
        answerWhenStopped();
        return this;
    }

    private void answerWhenStopped() {
        if (running.isEmpty()) {
            waiting.forEach(ref -> ref.tell(Done.getInstance()));
            waiting.clear();
        }
    }
}
