package io.reclaimer;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.reclaimer.ShrinkerMessage.CountObjects;
import io.reclaimer.ShrinkerMessage.ReparentObjects;
import io.reclaimer.ShrinkerMessage.ScanObjects;
import io.reclaimer.engine.call.CallStrategy;
import io.reclaimer.engine.call.PendingCall;
import io.reclaimer.engine.call.Reply;
import io.reclaimer.engine.call.ShrinkerEntry;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The proxy in the engine of an actor that is a shrinker: sends each call to the actor as a message, and passes
 * its answers on. Lives until the shrinker is freed, by its owner or because the actor stopped.
 *
 * <p>One call is sent at a time, unless the shrinker is reentrant: an actor handles one message after the other anyway.
 * Calls wait here and not in the mailbox of the actor. So the end of their round still reaches them, and their deadline
 * does not run yet.
 *
 * <p>Each call has a number, by which an answer finds its call, also when it is late. An answer that finds no call is a
 * fault.
 *
 * <p>A call that is given up at its deadline may still be in a long mailbox: the actor is late, and not at fault. After
 * {@link #MAX_LATE} such calls the actor is sent reparents only, until it answers one of them, or until a back-off is
 * over ({@link #FIRST_RETRY}), because a restart may have lost them. An answer to a later call shows that an earlier
 * one was received or lost: that it is unanswered is a fault then.
 */
final class ShrinkerProxy extends AbstractBehavior<ShrinkerProxy.Command> {

    sealed interface Command {}

    private record MakeCall(PendingCall call) implements Command {}

    private record GiveUpCall(PendingCall call) implements Command {}

    /** The shrinker is allocated. */
    record Allocated(ShrinkerEntry entry) implements Command {}

    /** To itself: the back-off is over. The actor may have lost the calls that it has not answered. */
    private enum Retry implements Command {
        INSTANCE
    }

    /** The shrinker is freed, or was not allocated. */
    enum End implements Command {
        INSTANCE
    }

    /** An answer from the actor. */
    private record ReceivedAnswer(ShrinkerMessage.Answer answer) implements Command {}

    /** The call strategy that the engine uses: sends messages to this actor. */
    private record ByMessages(ActorRef<Command> caller) implements CallStrategy {
        @Override
        public void make(PendingCall call) {
            caller.tell(new MakeCall(call));
        }

        @Override
        public void givenUp(PendingCall call) {
            caller.tell(new GiveUpCall(call));
        }

        @Override
        public void freed() {
            caller.tell(End.INSTANCE);
        }
    }

    /** The most given-up calls that are remembered, to distinguish late answers from second ones. */
    private static final int MAX_GIVEN_UP = 1024;

    /** The most late calls in the mailbox of the actor: one that may be lost, and one that shows that. */
    private static final int MAX_LATE = 2;

    /** The first back-off of an actor that has not answered {@link #MAX_LATE} calls. It doubles each time. */
    private static final Duration FIRST_RETRY = Duration.ofMinutes(1);

    private static final Duration MAX_RETRY = Duration.ofHours(1);

    private final ActorRef<ShrinkerMessage> shrinker;
    private final boolean reentrant;
    private final TimerScheduler<Command> timers;
    private final ActorRef<ShrinkerMessage.Answer> answers;

    /** Calls that have not begun, the oldest first. */
    private final Set<PendingCall> waiting = new LinkedHashSet<>();

    /** Calls that were sent and are neither answered nor given up, by number. */
    private final Map<Long, PendingCall> underWay = new LinkedHashMap<>();

    /** The numbers of the calls in {@link #underWay}. */
    private final Map<PendingCall, Long> numbers = new IdentityHashMap<>();

    /** Calls that were given up and are not answered so far, by number, the oldest first. */
    private final Map<Long, PendingCall> givenUp = new LinkedHashMap<>();

    private Optional<ShrinkerEntry> entry = Optional.empty();
    private boolean stopped;
    private long lastNumber;

    /** The number up to which no call is in the mailbox of the actor any more. */
    private long receivedNumber;

    /** Whether the engine was told that the actor is stuck. */
    private boolean stuck;

    private Duration retry = FIRST_RETRY;

    static Behavior<Command> create(ActorRef<ShrinkerMessage> shrinker, boolean reentrant) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new ShrinkerProxy(context, timers, shrinker, reentrant)));
    }

    /** Returns the call strategy that sends calls to the given actor. */
    static CallStrategy strategy(ActorRef<Command> caller) {
        return new ByMessages(caller);
    }

    private ShrinkerProxy(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            ActorRef<ShrinkerMessage> shrinker,
            boolean reentrant) {
        super(context);
        this.timers = timers;
        this.shrinker = shrinker;
        this.reentrant = reentrant;
        this.answers = context.messageAdapter(ShrinkerMessage.Answer.class, ReceivedAnswer::new);
        context.watch(shrinker);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(MakeCall.class, this::onMakeCall)
                .onMessage(ReceivedAnswer.class, this::onReceivedAnswer)
                .onMessage(GiveUpCall.class, this::onGiveUpCall)
                .onMessage(Allocated.class, this::onAllocated)
                .onMessageEquals(Retry.INSTANCE, this::onRetry)
                .onMessageEquals(End.INSTANCE, Behaviors::stopped)
                .onSignal(Terminated.class, this::onTerminated)
                .build();
    }

    private Behavior<Command> onMakeCall(MakeCall message) {
        waiting.add(message.call());
        sendNext();
        return this;
    }

    private void sendNext() {
        Iterator<PendingCall> next = waiting.iterator();
        while (next.hasNext() && (reentrant || underWay.isEmpty() || stuck || stopped)) {
            PendingCall call = next.next();
            // The watchdog ends visits of a stuck shrinker. A reparent is sent: the actor would not learn of it
            // otherwise.
            if (!stuck || stopped || call.kind() == PendingCall.Kind.REPARENT) {
                next.remove();
                make(call);
            }
        }
    }

    private void make(PendingCall call) {
        if (call.isCancelled()) {
            call.drop();
        } else if (stopped) {
            call.fail(noActor());
        } else if (!call.isOver()) {
            if (call.isPathOnlineAgain()) {
                call.reply(0);
            } else {
                send(call);
            }
        }
    }

    private void send(PendingCall call) {
        long number = ++lastNumber;
        underWay.put(number, call);
        numbers.put(call, number);
        call.begin();
        shrinker.tell(
                switch (call.kind()) {
                    case COUNT -> new CountObjects(call.cgroup(), call.node(), call.flags(), number, answers);
                    case SCAN ->
                        new ScanObjects(call.cgroup(), call.node(), call.nrToScan(), call.flags(), number, answers);
                    case REPARENT -> new ReparentObjects(call.cgroup(), call.parent(), call.node(), number, answers);
                });
    }

    private Behavior<Command> onReceivedAnswer(ReceivedAnswer message) {
        ShrinkerMessage.Answer answer = message.answer();
        if (answer instanceof ShrinkerMessage.ObjectsScanned scanned) {
            PendingCall call = takeAnsweredCall(scanned.call());
            if (call != null) {
                call.nrScanned(scanned.nrScanned());
                call.freedBytes(scanned.freedBytes());
                call.reply(scanned.freed());
            }
        } else if (answer instanceof ShrinkerMessage.ObjectsCounted counted) {
            PendingCall call = takeAnsweredCall(counted.call());
            if (call != null) {
                call.heldBytes(counted.heldBytes());
                call.reply(counted.objects());
            }
        } else if (answer instanceof ShrinkerMessage.ObjectsReparented reparented) {
            PendingCall call = takeAnsweredCall(reparented.call());
            if (call != null) {
                call.reply(reparented.moved());
            }
        }
        sendNext();
        return this;
    }

    /** Takes out the call of a number that is answered now; null if it was answered before or is forgotten. */
    private @Nullable PendingCall takeAnsweredCall(long number) {
        retry = FIRST_RETRY;
        PendingCall call = underWay.remove(number);
        noteReceived(number);
        if (call != null) {
            numbers.remove(call);
            return call;
        }
        PendingCall late = givenUp.remove(number);
        if (late == null) {
            reportFault("it answered call [" + number + "] a second time, or so late that it is forgotten");
        }
        updateStuck();
        return late;
    }

    /** Notes that the actor has come to the call of that number, and so past all calls before it. */
    private void noteReceived(long number) {
        List<Long> unanswered = givenUp.keySet().stream()
                .filter(earlier -> earlier > receivedNumber && earlier < number)
                .toList();
        receivedNumber = Math.max(receivedNumber, number);
        if (!unanswered.isEmpty()) {
            reportFault("it answered call [" + number + "] and has not answered calls " + unanswered
                    + " that were sent before it, whose deadline is over");
        }
        updateStuck();
    }

    private void updateStuck() {
        long late = givenUp.keySet().stream()
                .filter(number -> number > receivedNumber)
                .count();
        boolean isStuck = late >= MAX_LATE;
        if (isStuck == stuck || entry.isEmpty()) {
            return;
        }
        stuck = isStuck;
        entry.get().addStuckCalls(isStuck ? 1 : -1);
        if (isStuck) {
            getContext()
                    .getLog()
                    .warn(
                            "Actor [{}] of shrinker [{}] has not answered [{}] calls by their deadline"
                                    + " [reclaimer.call-deadline]. It is asked again when it answers one, or in [{}]",
                            shrinker.path(),
                            entry.get(),
                            late,
                            retry);
            timers.startSingleTimer(Retry.INSTANCE, Retry.INSTANCE, retry);
            retry = retry.compareTo(MAX_RETRY.dividedBy(2)) > 0 ? MAX_RETRY : retry.multipliedBy(2);
        } else {
            timers.cancel(Retry.INSTANCE);
        }
    }

    private Behavior<Command> onRetry() {
        receivedNumber = lastNumber;
        updateStuck();
        sendNext();
        return this;
    }

    private void reportFault(String what) {
        entry.ifPresent(
                shrunk -> shrunk.faults().recordFault(what, shrinker.path().toString(), null));
    }

    /** Gives up a call. An answer to a call that was sent may still come; it is late then. */
    private Behavior<Command> onGiveUpCall(GiveUpCall message) {
        PendingCall call = message.call();
        waiting.remove(call);
        Long number = numbers.remove(call);
        if (number != null) {
            underWay.remove(number);
            givenUp.put(number, call);
            if (givenUp.size() > MAX_GIVEN_UP) {
                givenUp.remove(givenUp.keySet().iterator().next());
            }
            updateStuck();
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

    /** Fails the calls under way, and frees the shrinker. Freeing it again changes nothing. */
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
