package io.reclaimer.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.BootstrapSetup;
import akka.actor.CoordinatedShutdown;
import akka.actor.Scheduler;
import akka.actor.UnhandledMessage;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.setup.Setup;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.eventstream.EventStream;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.testkit.ExplicitlyTriggeredScheduler;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ReclaimerState;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;
import scala.concurrent.duration.FiniteDuration;

/**
 * An actor system with a reclaimer for each test. After the test it fails on what must never be left or have happened:
 * unhandled messages, held shrinkers, rounds under way, error logs that were not expected.
 */
public final class ReclaimerKit implements BeforeEachCallback, AfterEachCallback {

    /** Far more than anything takes, so that a machine that stands still for a while fails no test. */
    private static final long PATIENCE_SECONDS = 60;

    private static final FiniteDuration AFTER_THE_END = FiniteDuration.create(1, TimeUnit.MINUTES);

    private final Config config;
    private final Setup[] setups;
    private final Queue<Object> unhandled = new ConcurrentLinkedQueue<>();
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final Queue<TraceEvent> trace = new ConcurrentLinkedQueue<>();
    private boolean errorsExpected;
    private boolean endExpected;
    private Optional<ActorTestKit> testKit = Optional.empty();
    private Optional<Runnable> detachLog = Optional.empty();

    private ReclaimerKit(Config config, Setup... setups) {
        this.config = config;
        this.setups = setups;
    }

    /** With the defaults. */
    public static ReclaimerKit create() {
        return with("");
    }

    /** With these settings before the defaults. */
    public static ReclaimerKit with(String settings) {
        return with(settings, new Setup[0]);
    }

    /** The same, in an actor system that is made with these setups. */
    public static ReclaimerKit with(String settings, Setup... setups) {
        return new ReclaimerKit(ConfigFactory.parseString(settings).withFallback(ConfigFactory.load()), setups);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        start();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        try {
            checkNothingLeft();
        } finally {
            stop();
        }
    }

    /** For use without JUnit's callbacks. */
    public ReclaimerKit start() {
        unhandled.clear();
        errors.clear();
        trace.clear();
        errorsExpected = false;
        endExpected = false;
        ActorTestKit kit =
                setups.length == 0 ? ActorTestKit.create("spec", config) : ActorTestKit.create(system(setups));
        testKit = Optional.of(kit);
        kit.system().eventStream().tell(new EventStream.Subscribe<>(UnhandledMessage.class, kit.spawn(collector())));
        detachLog = Optional.of(attachLog());
        reclaimer().trace(trace::add);
        return this;
    }

    private ActorSystem<?> system(Setup... with) {
        ActorSystemSetup all = ActorSystemSetup.create(with).withSetup(BootstrapSetup.create(config));
        return ActorSystem.create(Behaviors.empty(), "spec", all);
    }

    public void stop() {
        testKit.ifPresent(kit -> {
            Scheduler scheduler = Adapter.toClassic(kit.system()).scheduler();
            kit.shutdownTestKit();
            if (scheduler instanceof ExplicitlyTriggeredScheduler manual) {
                // Dispatchers end their threads by a timer, which nobody else would let run any more.
                manual.timePasses(AFTER_THE_END);
            }
        });
        testKit = Optional.empty();
        detachLog.ifPresent(Runnable::run);
    }

    public void checkNothingLeft() {
        // One that is shutting down refuses to say.
        if (!endExpected
                && CoordinatedShutdown.get(system()).getShutdownReason().isEmpty()) {
            // What counts from time to time by itself may be at it, and a visit may be late.
            Threads.until(() -> state().runningRounds() == 0, () -> "rounds under way: " + state());
            Threads.until(
                    () -> state().shrinkers().stream().allMatch(shrinker -> shrinker.holds() == 0),
                    () -> "held shrinkers: " + state());
        }
        assertThat(unhandled).as("unhandled messages").isEmpty();
        if (!errorsExpected) {
            assertThat(errors).as("error logs").isEmpty();
        }
    }

    public ActorTestKit testKit() {
        return testKit.orElseThrow();
    }

    public ActorSystem<?> system() {
        return testKit().system();
    }

    public Reclaimer reclaimer() {
        return Reclaimer.get(system());
    }

    /** Error logs are part of this test. */
    public void expectErrors() {
        errorsExpected = true;
    }

    /** The error logs so far. */
    public List<String> errors() {
        return List.copyOf(errors);
    }

    /** The reclaimer is made to fail by this test, so in the end it can't be asked for what is left. */
    public void endExpected() {
        endExpected = true;
    }

    /** What visits have traced so far; clears it. */
    public List<TraceEvent> takeTrace() {
        List<TraceEvent> events = List.copyOf(trace);
        trace.clear();
        return events;
    }

    public Cgroup online(String path) {
        return await(reclaimer().online(path));
    }

    public void offline(String path) {
        await(reclaimer().offline(path));
    }

    public ShrinkerHandle register(ShrinkerSpec spec, Shrinker shrinker) {
        return await(reclaimer().register(spec, shrinker));
    }

    public ShrinkerHandle allocate(ShrinkerSpec spec, Shrinker shrinker) {
        return await(reclaimer().allocate(spec, shrinker));
    }

    public ReclaimReport reclaim(ReclaimRequest request) {
        return await(reclaimer().reclaim(request));
    }

    /** One pass on one cgroup alone, on one node. */
    public ReclaimReport pass(String path, int node, int priority) {
        return reclaim(ReclaimRequest.in(path).alone().onNodes(node).startingAt(priority));
    }

    public ReclaimerState state() {
        return await(reclaimer().state());
    }

    public ReclaimerState.CgroupState state(String path, int node) {
        return state().cgroups().stream()
                .filter(cgroup -> cgroup.cgroup().toString().equals(path) && cgroup.node() == node)
                .findFirst()
                .orElseThrow(() -> new AssertionError(path + " is not online"));
    }

    /** Waits until every bit that was set before is where a round finds it. */
    public void settle() {
        state();
    }

    public <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new CompletionException(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("No answer", e);
        }
    }

    /** The refusal that the stage has to fail with. */
    public ReclaimerException refusal(CompletionStage<?> stage) {
        try {
            Object value = await(stage);
            throw new AssertionError("Not refused, but answered [" + value + "]");
        } catch (ReclaimerException e) {
            return e;
        }
    }

    private Behavior<UnhandledMessage> collector() {
        return Behaviors.receive(UnhandledMessage.class)
                .onMessage(UnhandledMessage.class, message -> {
                    unhandled.add(message);
                    return Behaviors.same();
                })
                .build();
    }

    private Runnable attachLog() {
        ch.qos.logback.classic.Logger root =
                (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
                    errors.add(event.getLoggerName() + ": " + event.getFormattedMessage());
                }
            }
        };
        appender.setContext(root.getLoggerContext());
        appender.start();
        root.addAppender(appender);
        return () -> root.detachAppender(appender);
    }
}
