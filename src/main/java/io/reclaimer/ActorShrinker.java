package io.reclaimer;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.reclaimer.ShrinkerMessage.CountObjects;
import io.reclaimer.ShrinkerMessage.ReparentObjects;
import io.reclaimer.ShrinkerMessage.ScanObjects;
import io.reclaimer.engine.RemoteCall;
import io.reclaimer.engine.Reply;
import io.reclaimer.engine.ShrinkerEntry;
import io.reclaimer.engine.ShrinkerTarget;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the engine and an actor that is a shrinker: sends it each call as a message, and hands on its answers.
 * Lives until the shrinker is freed, by somebody or because the actor stopped.
 *
 * <p>One call at a time, unless the shrinker is reentrant: an actor does one thing after the other anyway, so calls wait
 * here, where the end of their round still reaches them and their deadline does not run yet, and not in its mailbox.
 *
 * <p>Calls have numbers, so an answer finds its call, be it late; one that finds none is a fault.
 */
final class ActorShrinker extends AbstractBehavior<ActorShrinker.Command> {

    sealed interface Command {}

    private record Make(RemoteCall call) implements Command {}

    private record GivenUp(RemoteCall call) implements Command {}

    /** The shrinker is allocated. */
    record Allocated(ShrinkerEntry entry) implements Command {}

    /** It is freed, or was not allocated. */
    enum End implements Command {
        INSTANCE
    }

    /** From the actor. */
    private record Answered(ShrinkerMessage.Answer answer) implements Command {}

    /** The port as the engine sees it. */
    private record Door(ActorRef<Command> port) implements ShrinkerTarget.ActorPort {
        @Override
        public void make(RemoteCall call) {
            port.tell(new Make(call));
        }

        @Override
        public void givenUp(RemoteCall call) {
            port.tell(new GivenUp(call));
        }

        @Override
        public void freed() {
            port.tell(End.INSTANCE);
        }
    }

    /** How many calls are remembered that were given up, to tell late answers from second ones. */
    private static final int MOST_GIVEN_UP = 1024;

    private final ActorRef<ShrinkerMessage> shrinker;
    private final boolean reentrant;
    private final ActorRef<ShrinkerMessage.Answer> answers;

    /** Those that have not begun, the oldest first. */
    private final Set<RemoteCall> waiting = new LinkedHashSet<>();

    /** Sent, and neither answered nor given up, by number. */
    private final Map<Long, RemoteCall> underWay = new LinkedHashMap<>();

    /** The numbers of those. */
    private final Map<RemoteCall, Long> numbers = new IdentityHashMap<>();

    /** Given up, and not answered so far, the oldest first. */
    private final Map<Long, RemoteCall> givenUp = new LinkedHashMap<>();

    private Optional<ShrinkerEntry> entry = Optional.empty();
    private boolean stopped;
    private long lastNumber;

    static Behavior<Command> create(ActorRef<ShrinkerMessage> shrinker, boolean reentrant) {
        return Behaviors.setup(context -> new ActorShrinker(context, shrinker, reentrant));
    }

    /** What the engine calls. */
    static ShrinkerTarget.ActorPort door(ActorRef<Command> port) {
        return new Door(port);
    }

    private ActorShrinker(ActorContext<Command> context, ActorRef<ShrinkerMessage> shrinker, boolean reentrant) {
        super(context);
        this.shrinker = shrinker;
        this.reentrant = reentrant;
        this.answers = context.messageAdapter(ShrinkerMessage.Answer.class, Answered::new);
        context.watch(shrinker);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Make.class, this::onMake)
                .onMessage(Answered.class, this::onAnswered)
                .onMessage(GivenUp.class, this::onGivenUp)
                .onMessage(Allocated.class, this::onAllocated)
                .onMessageEquals(End.INSTANCE, Behaviors::stopped)
                .onSignal(Terminated.class, this::onTerminated)
                .build();
    }

    private Behavior<Command> onMake(Make message) {
        waiting.add(message.call());
        sendNext();
        return this;
    }

    private void sendNext() {
        while (!waiting.isEmpty() && (reentrant || underWay.isEmpty() || stopped)) {
            RemoteCall call = waiting.iterator().next();
            waiting.remove(call);
            if (call.isCancelled()) {
                call.dropped();
            } else if (stopped) {
                call.fail(noActor());
            } else if (!call.isOver()) {
                send(call);
            }
        }
    }

    private void send(RemoteCall call) {
        long number = ++lastNumber;
        underWay.put(number, call);
        numbers.put(call, number);
        call.begins();
        shrinker.tell(
                switch (call.kind()) {
                    case COUNT -> new CountObjects(call.cgroup(), call.node(), call.flags(), number, answers);
                    case SCAN ->
                        new ScanObjects(call.cgroup(), call.node(), call.nrToScan(), call.flags(), number, answers);
                    case REPARENT -> new ReparentObjects(call.cgroup(), call.parent(), call.node(), number, answers);
                });
    }

    private Behavior<Command> onAnswered(Answered message) {
        ShrinkerMessage.Answer answer = message.answer();
        if (answer instanceof ShrinkerMessage.ObjectsScanned scanned) {
            RemoteCall call = answered(scanned.call());
            if (call != null) {
                call.nrScanned(scanned.nrScanned());
                call.freedBytes(scanned.freedBytes());
                call.answer(scanned.freed());
            }
        } else if (answer instanceof ShrinkerMessage.ObjectsCounted counted) {
            RemoteCall call = answered(counted.call());
            if (call != null) {
                call.answer(counted.objects());
            }
        } else if (answer instanceof ShrinkerMessage.ObjectsReparented reparented) {
            RemoteCall call = answered(reparented.call());
            if (call != null) {
                call.answer(reparented.moved());
            }
        }
        sendNext();
        return this;
    }

    /** The call of a number, which is answered now; null where it was before. */
    private @Nullable RemoteCall answered(long number) {
        RemoteCall call = underWay.remove(number);
        if (call != null) {
            numbers.remove(call);
            return call;
        }
        RemoteCall late = givenUp.remove(number);
        if (late == null) {
            entry.ifPresent(shrunk -> shrunk.faults()
                    .fault(
                            "it answered call [" + number + "] a second time, or so late that it is forgotten",
                            shrinker.path().toString(),
                            null));
        }
        return late;
    }

    /** One that was sent may still be answered; the answer is late then. */
    private Behavior<Command> onGivenUp(GivenUp message) {
        RemoteCall call = message.call();
        waiting.remove(call);
        Long number = numbers.remove(call);
        if (number != null) {
            underWay.remove(number);
            givenUp.put(number, call);
            if (givenUp.size() > MOST_GIVEN_UP) {
                givenUp.remove(givenUp.keySet().iterator().next());
            }
        }
        sendNext();
        return this;
    }

    private Behavior<Command> onAllocated(Allocated message) {
        entry = Optional.of(message.entry());
        if (stopped) {
            message.entry().free(Reply.none());
        }
        return this;
    }

    /** The calls under way fail, and then the shrinker is freed; whoever freed it before has done the same. */
    private Behavior<Command> onTerminated(Terminated signal) {
        stopped = true;
        underWay.values().forEach(call -> call.fail(noActor()));
        underWay.clear();
        numbers.clear();
        sendNext();
        entry.ifPresent(shrunk -> shrunk.free(Reply.none()));
        return this;
    }

    private IllegalStateException noActor() {
        return new IllegalStateException("its actor [" + shrinker.path() + "] has stopped");
    }
}
