package io.reclaimer.testkit;

import akka.actor.ActorRef;
import akka.actor.CoordinatedShutdown;
import akka.actor.Scheduler;
import akka.actor.UnhandledMessage;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.testkit.ExplicitlyTriggeredScheduler;
import com.typesafe.config.Config;
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
import scala.concurrent.duration.FiniteDuration;

/**
 * An actor system with a reclaimer that notes what a test must not leave behind or have happen: unhandled messages, actors
 * that live on, shrinkers that are held, rounds under way, error logs. What {@link ReclaimerExtension} starts, asks and
 * stops. One thread.
 *
 * <ol>
 *   <li>{@link #start}: the log is captured from then on.
 *   <li>{@link #testBegins}: what was so far is forgotten, actors that live belong to nobody. Any number of times.
 *   <li>{@link #leftBehind}: a sentence for each thing that lives on.
 *   <li>{@link #happened}: a sentence for each thing that went wrong.
 *   <li>{@link #stop}: the console has its log back.
 * </ol>
 */
final class WatchedSystem {

    /**
     * How long those that are well may take to say so: the reclaimer takes 4 seconds itself where a shrinker is stuck, and
     * a machine stands still at times.
     */
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(10);

    /** How often it is looked whether something that is to end has. */
    private static final long LOOK_NANOS = 1_000_000;

    /** With manual time: far behind every timer that ends a dispatcher's threads. */
    private static final FiniteDuration AFTER_THE_END = FiniteDuration.create(1, TimeUnit.MINUTES);

    private final ActorTestKit kit;
    private final LogCapture log;
    private final Duration patience;
    private final Queue<UnhandledMessage> unhandled = new ConcurrentLinkedQueue<>();
    private final ActorRef collector;
    private final Reclaimer reclaimer;
    private Set<String> before = Set.of();

    private WatchedSystem(ActorTestKit kit, Duration patience, LogCapture log) {
        this.log = log;
        this.patience = patience;
        this.kit = kit;
        this.collector = Adapter.toClassic(
                kit.system().systemActorOf(collector(), "reclaimer-testkit-unhandled", Props.empty()));
        // The classic one, which has subscribed when it returns.
        Adapter.toClassic(kit.system()).eventStream().subscribe(collector, UnhandledMessage.class);
        this.reclaimer = Reclaimer.get(kit.system());
    }

    /**
     * Starts one.
     *
     * @param config the whole configuration
     * @param patience how long what is to end may take to do so
     */
    static WatchedSystem start(String name, Config config, Duration patience) {
        LogCapture log = LogCapture.begin();
        try {
            ActorTestKit kit = ActorTestKit.create(name, config);
            try {
                WatchedSystem system = new WatchedSystem(kit, patience, log);
                system.testBegins();
                return system;
            } catch (RuntimeException | Error e) {
                kit.shutdownTestKit();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            log.end();
            throw e;
        }
    }

    ActorTestKit testKit() {
        return kit;
    }

    ActorSystem<Void> system() {
        return kit.system();
    }

    Reclaimer reclaimer() {
        return reclaimer;
    }

    LogCapture log() {
        return log;
    }

    void testBegins() {
        log.clear();
        unhandled.clear();
        before = Set.copyOf(LiveActors.of(system()).keySet());
    }

    /** What lives on that should not; waits a while for it to end. */
    List<String> leftBehind(Allowances allowed) {
        List<String> left = new ArrayList<>();
        // One that is shutting down refuses to say.
        if (CoordinatedShutdown.get(system()).getShutdownReason().isEmpty()) {
            left.addAll(untilNone(this::busy));
        }
        left.addAll(untilNone(() -> leaked(allowed)));
        return left;
    }

    private List<String> untilNone(Supplier<List<String>> what) {
        long end = System.nanoTime() + patience.toNanos();
        List<String> left = what.get();
        while (!left.isEmpty() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(LOOK_NANOS);
            left = what.get();
        }
        return left;
    }

    private List<String> busy() {
        ReclaimerState state;
        try {
            state = reclaimer.state().toCompletableFuture().get(ANSWER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return List.of("Reclaimer: it did not answer what it is doing within [" + ANSWER_PATIENCE + "]: [" + e
                    + "]. A shrinker that does not come back may hold it up");
        } catch (InterruptedException e) {
            throw new AssertionError("Interrupted while asking the reclaimer what it is doing", e);
        }
        List<String> busy = new ArrayList<>();
        if (state.runningRounds() > 0) {
            busy.add("Round under way: [" + state.runningRounds() + "] had not answered [" + patience
                    + "] after the test ended. Wait for the stage of each reclaim, or cancel it");
        }
        state.shrinkers().stream()
                .filter(shrinker -> shrinker.holds() > 0)
                .forEach(shrinker ->
                        busy.add("Held shrinker: [" + shrinker.spec().name() + "] was in use by ["
                                + shrinker.holds() + "] visits [" + patience
                                + "] after the test ended. Let its count and scan return, or wait for its free"));
        return busy;
    }

    private List<String> leaked(Allowances allowed) {
        List<String> leaked = LiveActors.of(system()).keySet().stream()
                .filter(path -> !before.contains(path) && !allowed.allowsActor(path))
                .toList();
        return leaked.stream()
                .filter(path -> leaked.stream().noneMatch(above -> path.startsWith(above + "/")))
                .map(path -> "Leaked actor: [/user/" + path
                        + "] was started in the test and lives on. Stop it (ActorTestKit.stop, or as the application"
                        + " does), or allow it with ReclaimerExtension.mayLive")
                .toList();
    }

    /** What went wrong since the test began; waits until the actors have handled what they were sent. */
    List<String> happened(Allowances allowed) {
        if (!system().whenTerminated().isCompleted()) {
            LiveActors.settle(system(), collector, ANSWER_PATIENCE);
        }
        List<String> wrong = new ArrayList<>();
        unhandled.stream()
                .filter(message -> !allowed.allowsUnhandled(message.message()))
                .forEach(message -> wrong.add("Unhandled message: actor [" + path(message.recipient()) + "] was sent ["
                        + message.message() + "]" + by(message.sender())
                        + " and has no handler for it then. Handle it, or say ReclaimerExtension.expectUnhandled"));
        log.errors().stream()
                .filter(error -> !allowed.allowsError(error))
                .forEach(error -> wrong.add("Error log: [" + error
                        + "]. Mend what it says, or say ReclaimerExtension.expectError before it happens"));
        return wrong;
    }

    /** Typed actors do not say who they are; then there is the stand-in for nobody. */
    private String by(ActorRef sender) {
        boolean isKnown = !sender.equals(Adapter.toClassic(system()).deadLetters());
        return isKnown ? " by [" + path(sender) + "]" : "";
    }

    private static String path(ActorRef actor) {
        return actor.path().toStringWithoutAddress();
    }

    /** Ends the actor system, and the capturing of its log in any case. */
    void stop() {
        try {
            Scheduler scheduler = Adapter.toClassic(system()).scheduler();
            kit.shutdownTestKit();
            if (scheduler instanceof ExplicitlyTriggeredScheduler manual) {
                // Dispatchers end their threads by a timer, which nobody else would let run any more.
                manual.timePasses(AFTER_THE_END);
            }
        } finally {
            log.end();
        }
    }

    private Behavior<UnhandledMessage> collector() {
        return Behaviors.receiveMessage(message -> {
            unhandled.add(message);
            return Behaviors.same();
        });
    }
}
