package io.reclaimer.adapter;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.Optional;

/** The actor of a user, which keeps its pages in a reclaimable map. */
final class PageStore extends AbstractBehavior<PageStore.Command> {

    sealed interface Command {}

    record Put(int key, String value) implements Command {}

    record Get(int key, ActorRef<Optional<String>> replyTo) implements Command {}

    record GetSize(ActorRef<Long> replyTo) implements Command {}

    record Crash() implements Command {}

    record Stop() implements Command {}

    private final ReclaimableMap<Integer, String> values;
    private final ActorRef<String> listener;

    private PageStore(
            ActorContext<Command> context, ReclaimableMap<Integer, String> values, ActorRef<String> listener) {
        super(context);
        this.values = values;
        this.listener = listener;
    }

    static Behavior<Command> create(
            ActorContext<Command> context, ReclaimableMap<Integer, String> values, ActorRef<String> listener) {
        return new PageStore(context, values, listener);
    }

    /** Creates a store without a listener. */
    static Behavior<Command> create(ReclaimableActor<ReclaimableMap<Integer, String>> factory) {
        return factory.behavior((context, values) ->
                new PageStore(context, values, context.getSystem().ignoreRef()));
    }

    /** Returns a behavior that restarts after a crash. */
    static Behavior<Command> supervised(Behavior<Command> behavior) {
        return Behaviors.supervise(behavior)
                .onFailure(SupervisorStrategy.restart().withLoggingEnabled(false));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Put.class, this::onPut)
                .onMessage(Get.class, this::onGet)
                .onMessage(GetSize.class, this::onGetSize)
                .onMessage(Crash.class, this::onCrash)
                .onMessage(Stop.class, stop -> Behaviors.stopped())
                .onSignal(PostStop.class, this::onPostStop)
                .build();
    }

    private Behavior<Command> onPut(Put message) {
        values.put(message.key(), message.value());
        return this;
    }

    private Behavior<Command> onGet(Get message) {
        message.replyTo().tell(values.get(message.key()));
        return this;
    }

    private Behavior<Command> onGetSize(GetSize message) {
        message.replyTo().tell(values.size());
        return this;
    }

    private Behavior<Command> onCrash(Crash message) {
        throw new IllegalStateException("crashed by the test");
    }

    private Behavior<Command> onPostStop(PostStop signal) {
        listener.tell("stopped");
        return this;
    }

    /** Puts as many values, with the keys from 0 on. */
    static void put(ActorRef<Command> store, int count) {
        for (int key = 0; key < count; key++) {
            store.tell(new Put(key, "value " + key));
        }
    }

    static long size(ReclaimerExtension kit, ActorRef<Command> store) {
        TestProbe<Long> probe = kit.testKit().createTestProbe();
        store.tell(new GetSize(probe.ref()));
        return probe.receiveMessage(ShrinkerCaller.PATIENCE);
    }
}
