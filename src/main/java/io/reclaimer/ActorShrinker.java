package io.reclaimer;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.reclaimer.engine.Reply;
import io.reclaimer.engine.ShrinkerEntry;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Stands between the engine and an actor that is a shrinker: sends it each call as a message, and hands on its answers.
 * Lives until the shrinker is freed, by somebody or because the actor stopped.
 *
 * <p>Calls have numbers, so an answer finds its call, and one that finds none is told apart: late, where the call was
 * given up, otherwise a fault.
 */
final class ActorShrinker extends AbstractBehavior<ActorShrinker.Command> {

    sealed interface Command {}

    /** A call. */
    private record Make(Ask ask) implements Command {}

    /** The shrinker is allocated. */
    record Allocated(ShrinkerEntry entry) implements Command {}

    /** It is freed, or was not allocated. */
    enum End implements Command {
        INSTANCE
    }

    /** From the actor. */
    private record Answered(ShrinkerMessage.Answer answer) implements Command {}

    /** How many calls are remembered for which no answer came. */
    private static final int MOST_OPEN = 1024;

    /** Makes the message of a call. */
    @FunctionalInterface
    private interface Message {
        ShrinkerMessage with(long call, ActorRef<ShrinkerMessage.Answer> replyTo);
    }

    /** A call that waits for its answer. */
    private record Ask(Message message, Optional<ShrinkControl> control, CompletableFuture<Long> answer) {}

    /** Turns the engine's calls into messages to the port. Any thread. */
    private record Calls(ActorRef<Command> port) implements AsyncShrinker {

        @Override
        public CompletionStage<Long> count(ShrinkControl control) {
            return ask(
                    (call, replyTo) -> new ShrinkerMessage.CountObjects(
                            control.cgroup(), control.node(), control.flags(), call, replyTo),
                    Optional.of(control));
        }

        @Override
        public CompletionStage<Long> scan(ShrinkControl control) {
            return ask(
                    (call, replyTo) -> new ShrinkerMessage.ScanObjects(
                            control.cgroup(), control.node(), control.nrToScan(), control.flags(), call, replyTo),
                    Optional.of(control));
        }

        @Override
        public CompletionStage<Long> reparent(CgroupPath offline, CgroupPath parent, int node) {
            return ask(
                    (call, replyTo) -> new ShrinkerMessage.ReparentObjects(offline, parent, node, call, replyTo),
                    Optional.empty());
        }

        private CompletionStage<Long> ask(Message message, Optional<ShrinkControl> control) {
            Ask ask = new Ask(message, control, new CompletableFuture<>());
            port.tell(new Make(ask));
            return ask.answer();
        }
    }

    private final ActorRef<ShrinkerMessage> shrinker;
    private final ActorRef<ShrinkerMessage.Answer> answers;

    /** By number, the oldest first. Given up ones are among them until they are answered, or there are too many. */
    private final Map<Long, Ask> open = new LinkedHashMap<>(16, 0.75f, false) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Ask> eldest) {
            return size() > MOST_OPEN;
        }
    };

    private Optional<ShrinkerEntry> entry = Optional.empty();
    private boolean stopped;
    private long lastCall;

    static Behavior<Command> create(ActorRef<ShrinkerMessage> shrinker) {
        return Behaviors.setup(context -> new ActorShrinker(context, shrinker));
    }

    /** The shrinker that the engine calls. */
    static AsyncShrinker calls(ActorRef<Command> port) {
        return new Calls(port);
    }

    private ActorShrinker(ActorContext<Command> context, ActorRef<ShrinkerMessage> shrinker) {
        super(context);
        this.shrinker = shrinker;
        this.answers = context.messageAdapter(ShrinkerMessage.Answer.class, Answered::new);
        context.watch(shrinker);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Make.class, this::onMake)
                .onMessage(Answered.class, this::onAnswered)
                .onMessage(Allocated.class, this::onAllocated)
                .onMessageEquals(End.INSTANCE, Behaviors::stopped)
                .onSignal(Terminated.class, this::onTerminated)
                .build();
    }

    private Behavior<Command> onMake(Make message) {
        if (stopped) {
            message.ask().answer().completeExceptionally(noActor());
            return this;
        }
        open.put(++lastCall, message.ask());
        shrinker.tell(message.ask().message().with(lastCall, answers));
        return this;
    }

    private Behavior<Command> onAnswered(Answered message) {
        ShrinkerMessage.Answer answer = message.answer();
        if (answer instanceof ShrinkerMessage.ObjectsScanned scanned) {
            complete(scanned.call(), scanned.freed(), control -> {
                control.nrScanned(scanned.nrScanned());
                control.freedBytes(scanned.freedBytes());
            });
        } else if (answer instanceof ShrinkerMessage.ObjectsCounted counted) {
            complete(counted.call(), counted.objects(), control -> {});
        } else if (answer instanceof ShrinkerMessage.ObjectsReparented reparented) {
            complete(reparented.call(), reparented.moved(), control -> {});
        }
        return this;
    }

    private void complete(long call, long value, Consumer<ShrinkControl> alsoSaid) {
        Ask ask = open.remove(call);
        if (ask != null) {
            ask.control().ifPresent(alsoSaid);
            ask.answer().complete(value);
        } else {
            entry.ifPresent(shrunk -> shrunk.faults()
                    .fault(
                            "it answered call [" + call + "] a second time, or so late that it is forgotten",
                            shrinker.path().toString(),
                            null));
        }
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
        Map.copyOf(open).values().forEach(ask -> ask.answer().completeExceptionally(noActor()));
        open.clear();
        entry.ifPresent(shrunk -> shrunk.free(Reply.none()));
        return this;
    }

    private IllegalStateException noActor() {
        return new IllegalStateException("its actor [" + shrinker.path() + "] has stopped");
    }
}
