package io.reclaimer.console.demo;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.adapter.DirectBufferPool;
import io.reclaimer.pressure.HeapPressure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The guardian of the node's actors: starts the loads of the tenants, and ends them before the things that they use.
 * The actor of an ended load stays until the system ends, because the reclaimer may be asking it.
 */
public final class Workload extends AbstractBehavior<Workload.Command> {

    public sealed interface Command {}

    /** Starts the loads and the actors that request rounds, each by name. */
    public record Start(Map<String, Behavior<TenantLoad.Command>> loads, Map<String, Behavior<?>> rounds)
            implements Command {}

    /** Ends all loads. Answered after the last one has ended. */
    public record Stop(ActorRef<Done> replyTo) implements Command {}

    private record LoadEnded(TenantLoad.Ended ended) implements Command {}

    /** The default settings of a node with this load, where they differ from the library's. */
    public static final Config DEFAULTS = ConfigFactory.parseString("reclaimer.nodes = [\"" + HeapPressure.NODE
            + "\", \"" + DirectBufferPool.NODE + "\"]\nnode { load = 1, surges = on }");

    private final List<ActorRef<TenantLoad.Command>> running = new ArrayList<>();
    private final List<ActorRef<Done>> waiting = new ArrayList<>();
    private final ActorRef<TenantLoad.Ended> ended;
    private final List<ActorRef<?>> rounds = new ArrayList<>();

    private Workload(ActorContext<Command> context) {
        super(context);
        ended = context.messageAdapter(TenantLoad.Ended.class, LoadEnded::new);
    }

    public static Behavior<Command> create() {
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
        replyIfAllEnded();
        return this;
    }

    private Behavior<Command> onEnded(ActorRef<?> load) {
        running.removeIf(load::equals);
        replyIfAllEnded();
        return this;
    }

    private void replyIfAllEnded() {
        if (running.isEmpty()) {
            waiting.forEach(ref -> ref.tell(Done.getInstance()));
            waiting.clear();
        }
    }
}
