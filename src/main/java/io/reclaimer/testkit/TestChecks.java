package io.reclaimer.testkit;

import akka.actor.ActorRef;
import akka.actor.CoordinatedShutdown;
import akka.actor.UnhandledMessage;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.Reclaimer;
import io.reclaimer.ReclaimerState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** The checks at the end of a test with a {@link ReclaimerTestSystem}. Confined to the thread of the test. */
final class TestChecks {

    private static final long POLL_NANOS = 1_000_000;

    private final ActorSystem<?> system;
    private final LogCapture log;
    private final Queue<UnhandledMessage> unhandled = new ConcurrentLinkedQueue<>();
    private final Expectations expectations = new Expectations();
    private final ActorRef collector;
    private Duration patience = ReclaimerTestSystem.PATIENCE;
    private Set<String> actorsBefore = Set.of();

    TestChecks(ActorSystem<?> system, LogCapture log) {
        this.system = system;
        this.log = log;
        this.collector = Adapter.toClassic(
                system.systemActorOf(collector(unhandled), "reclaimer-testkit-unhandled", Props.empty()));
        // The classic event stream: the subscription is complete when this returns.
        Adapter.toClassic(system).eventStream().subscribe(collector, UnhandledMessage.class);
    }

    private static Behavior<UnhandledMessage> collector(Queue<UnhandledMessage> to) {
        return Behaviors.receiveMessage(message -> {
            to.add(message);
            return Behaviors.same();
        });
    }

    Expectations expectations() {
        return expectations;
    }

    void setPatience(Duration newPatience) {
        patience = newPatience;
    }

    void beginTest() {
        unhandled.clear();
        expectations.clear();
        actorsBefore = Set.copyOf(LiveActors.of(system).keySet());
    }

    /** All that lives on and should not, a sentence each; waits a while for its end. */
    List<String> leftovers() {
        List<String> problems = new ArrayList<>();
        // A reclaimer that is shutting down refuses to tell its state.
        if (CoordinatedShutdown.get(system).getShutdownReason().isEmpty()) {
            problems.addAll(untilNone(this::busy));
        }
        problems.addAll(untilNone(this::leakedActors));
        return problems;
    }

    private List<String> untilNone(Supplier<List<String>> problems) {
        long end = System.nanoTime() + patience.toNanos();
        List<String> found = problems.get();
        while (!found.isEmpty() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL_NANOS);
            found = problems.get();
        }
        return found;
    }

    private List<String> busy() {
        Duration timeout = ReclaimerTestSystem.PATIENCE;
        ReclaimerState state;
        try {
            state = Reclaimer.get(system).state().toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return List.of("Reclaimer: it did not tell its state within [" + timeout + "]: [" + e
                    + "]. A shrinker that does not come back may hold it up");
        } catch (InterruptedException e) {
            throw new AssertionError("Interrupted while waiting for the state of the reclaimer", e);
        }
        List<String> busy = new ArrayList<>();
        if (state.runningRounds() > 0) {
            busy.add("Round under way: [" + state.runningRounds() + "] had not ended [" + patience
                    + "] after the test. Wait for the stage of each reclaim, or cancel it");
        }
        state.shrinkers().stream()
                .filter(shrinker -> shrinker.holds() > 0)
                .forEach(shrinker ->
                        busy.add("Held shrinker: [" + shrinker.spec().name() + "] was in use by [" + shrinker.holds()
                                + "] visits [" + patience
                                + "] after the test. Let its count and scan return, or wait for its free"));
        return busy;
    }

    private List<String> leakedActors() {
        List<String> leaked = LiveActors.of(system).keySet().stream()
                .filter(path -> !actorsBefore.contains(path) && !expectations.includesActor(path))
                .toList();
        return leaked.stream()
                .filter(path -> leaked.stream().noneMatch(above -> path.startsWith(above + "/")))
                .map(path -> "Leaked actor: [/user/" + path
                        + "] was started in the test and lives on. Stop it (ActorTestKit.stop, or as the application"
                        + " does), or declare it with expectActor")
                .toList();
    }

    /** All that went wrong since the test began, a sentence each; waits until the actors have handled their messages. */
    List<String> errors() {
        if (!system.whenTerminated().isCompleted()) {
            LiveActors.settle(system, collector, ReclaimerTestSystem.PATIENCE);
        }
        List<String> problems = new ArrayList<>();
        unhandled.stream()
                .filter(message -> !expectations.includesUnhandled(message.message()))
                .forEach(message -> problems.add("Unhandled message: actor [" + path(message.recipient())
                        + "] was sent [" + message.message() + "]" + bySender(message.sender())
                        + " and had no handler for it. Handle it, or declare it with expectUnhandled"));
        log.errors().stream()
                .filter(error -> !expectations.includesError(error))
                .forEach(error -> problems.add("Error log: [" + error
                        + "]. Correct its cause, or declare it with expectError before it happens"));
        return problems;
    }

    /** Empty where the sender is unknown, as it is for typed actors. */
    private String bySender(ActorRef sender) {
        boolean isKnown = !sender.equals(Adapter.toClassic(system).deadLetters());
        return isKnown ? " by [" + path(sender) + "]" : "";
    }

    private static String path(ActorRef actor) {
        return actor.path().toStringWithoutAddress();
    }
}
