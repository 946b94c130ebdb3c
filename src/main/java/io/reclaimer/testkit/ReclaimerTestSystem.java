package io.reclaimer.testkit;

import akka.actor.BootstrapSetup;
import akka.actor.Scheduler;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.setup.Setup;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.testkit.ExplicitlyTriggeredScheduler;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.Reclaimer;
import io.reclaimer.shrinker.TraceEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import scala.concurrent.duration.FiniteDuration;

/**
 * A real actor system with a reclaimer, for tests. It checks that a test leaves nothing behind and that nothing went wrong:
 *
 * <ul>
 *   <li>messages without a handler;
 *   <li>actors under {@code /user} that the test started and that live on;
 *   <li>shrinkers that are held, and rounds that have not ended;
 *   <li>error logs that the test did not expect.
 * </ul>
 *
 * <pre>{@code
 * try (ReclaimerTestSystem kit = ReclaimerTestSystem.start("reclaimer.nodes = [heap, direct]")) {
 *     kit.online("/acme");
 * }
 * }</pre>
 *
 * <p>JUnit 5 tests use {@code ReclaimerExtension}, which starts and closes it.
 *
 * <p>The log is that of the whole JVM, so tests with a test system run one after the other. The methods of {@link BlockingReclaimer}
 * are thread-safe; all others are confined to the thread of the test.
 */
public final class ReclaimerTestSystem implements BlockingReclaimer, AutoCloseable {

    /** The name of the actor system, where none is given. */
    public static final String NAME = "reclaimer-test";

    /** The default of {@link #setPatience}. The reclaimer itself takes up to 4 s to answer where a shrinker is stuck. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    /** The timeout of {@link #await}: far more than any answer takes, so that a machine that stands still fails no test. */
    private static final Duration AWAIT_TIMEOUT = Duration.ofMinutes(1);

    /** With manual time: later than every timer that ends the threads of a dispatcher. */
    private static final FiniteDuration AFTER_THE_END = FiniteDuration.create(1, TimeUnit.MINUTES);

    private final ActorTestKit kit;
    private final LogCapture log;
    private final TestChecks checks;
    private final Reclaimer reclaimer;
    private final Queue<TraceEvent> trace = new ConcurrentLinkedQueue<>();

    private ReclaimerTestSystem(ActorTestKit kit, LogCapture log) {
        this.log = log;
        this.kit = kit;
        this.checks = new TestChecks(kit.system(), log);
        this.reclaimer = Reclaimer.get(kit.system());
        reclaimer.trace(trace::add);
    }

    /**
     * Starts an actor system.
     *
     * @param settings HOCON, before the defaults
     * @param setups further setups of the actor system
     */
    public static ReclaimerTestSystem start(String settings, Setup... setups) {
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(setups, "setups");
        return start(NAME, ConfigFactory.parseString(settings), false, setups);
    }

    /**
     * Starts an actor system whose log is kept off the console until the end. For test frameworks, which print {@link #logLines}
     * where a test fails.
     *
     * @param settings before the defaults
     */
    public static ReclaimerTestSystem startQuietly(String name, Config settings) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(settings, "settings");
        return start(name, settings, true);
    }

    private static ReclaimerTestSystem start(String name, Config settings, boolean isQuiet, Setup... setups) {
        Config config = settings.withFallback(ActorTestKit.applicationTestConfig());
        LogCapture log = LogCapture.start(isQuiet);
        try {
            ActorTestKit kit = setups.length == 0
                    ? ActorTestKit.create(name, config)
                    : ActorTestKit.create(ActorSystem.create(
                            Behaviors.empty(),
                            name,
                            ActorSystemSetup.create(setups).withSetup(BootstrapSetup.create(config))));
            try {
                ReclaimerTestSystem system = new ReclaimerTestSystem(kit, log);
                system.beginTest();
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

    public ActorTestKit testKit() {
        return kit;
    }

    @Override
    public ActorSystem<Void> system() {
        return kit.system();
    }

    @Override
    public Reclaimer reclaimer() {
        return reclaimer;
    }

    @Override
    public <T> T await(CompletionStage<T> stage) {
        Objects.requireNonNull(stage, "stage");
        try {
            return stage.toCompletableFuture().get(AWAIT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new CompletionException(e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("No answer within [" + AWAIT_TIMEOUT + "]", e);
        } catch (InterruptedException e) {
            throw new AssertionError("Interrupted while waiting for an answer", e);
        }
    }

    /** The trace of all visits since the test began, or since this was last called. */
    public List<TraceEvent> takeTrace() {
        List<TraceEvent> events = new ArrayList<>();
        for (TraceEvent event = trace.poll(); event != null; event = trace.poll()) {
            events.add(event);
        }
        return events;
    }

    /** The error logs since the test began. */
    public List<String> errorLogs() {
        return log.errors();
    }

    /** The whole log since the test began. */
    public List<String> logLines() {
        return log.lines();
    }

    /** Sets how long actors, rounds and visits may take to end after a test: above 0. */
    public void setPatience(Duration patience) {
        if (patience.isZero() || patience.isNegative()) {
            throw new IllegalArgumentException("The patience is [" + patience + "] but has to be above 0");
        }
        checks.setPatience(patience);
    }

    /**
     * Declares that actors, and the actors below them, may live on after this test.
     *
     * @param name the path below {@code /user}, in which {@code *} stands for any characters
     */
    public void expectActor(String name) {
        checks.expectations().addActor(Objects.requireNonNull(name, "name"));
    }

    /**
     * Declares that this test may cause error logs.
     *
     * @param part of the logger's name, the message, or the exception; empty for any
     */
    public void expectError(String part) {
        checks.expectations().addError(Objects.requireNonNull(part, "part"));
    }

    /** Declares that messages of this type may be unhandled in this test. */
    public void expectUnhandled(Class<?> message) {
        checks.expectations().addUnhandled(Objects.requireNonNull(message, "message"));
    }

    /** Begins a further test with this system: forgets log, trace and expectations. Actors that live now may live on. */
    public void beginTest() {
        log.clear();
        trace.clear();
        checks.beginTest();
    }

    /** Fails where the test has left something behind, or something went wrong since it began. */
    public void check() {
        List<String> problems = problems(false);
        if (!problems.isEmpty()) {
            throw new AssertionError(String.join(System.lineSeparator(), problems));
        }
    }

    /**
     * The problems that {@link #check} fails with, a sentence each.
     *
     * @param hasFailed whether the test has failed; a failed test may leave things behind
     */
    public List<String> problems(boolean hasFailed) {
        List<String> problems = new ArrayList<>(hasFailed ? List.of() : checks.leftovers());
        problems.addAll(checks.errors());
        return problems;
    }

    /** Ends the actor system, without a check. */
    public void stop() {
        try {
            Scheduler scheduler = Adapter.toClassic(system()).scheduler();
            kit.shutdownTestKit();
            if (scheduler instanceof ExplicitlyTriggeredScheduler manual) {
                // Dispatchers end their threads by a timer, which nobody else lets run any more.
                manual.timePasses(AFTER_THE_END);
            }
        } finally {
            log.end();
        }
    }

    /** Checks, and ends the actor system in any case. */
    @Override
    public void close() {
        try {
            check();
        } finally {
            stop();
        }
    }
}
