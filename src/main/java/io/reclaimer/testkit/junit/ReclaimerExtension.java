package io.reclaimer.testkit.junit;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.Reclaimer;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.BlockingReclaimer;
import io.reclaimer.testkit.ReclaimerTestSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

/**
 * A {@link ReclaimerTestSystem} for JUnit 5 tests: a new one for each test, or one for a class. After each test it checks that the
 * test left nothing behind, as listed there.
 *
 * <p>The log is printed where a test fails, and otherwise kept off the console. That needs Logback; with another binding of SLF4J
 * logs are as configured, and error logs fail no test.
 *
 * <pre>{@code
 * class PagesTest {
 *     @RegisterExtension
 *     final ReclaimerExtension kit = ReclaimerExtension.create();
 *
 *     @Test
 *     void pagesAreFreed() {
 *         Cgroup acme = kit.online("/acme");
 *     }
 * }
 * }</pre>
 *
 * <p>{@code @ExtendWith(ReclaimerExtension.class)} creates it with all defaults. In both cases test methods may have parameters of
 * the types {@link ActorTestKit}, {@link ActorSystem}, {@link Reclaimer} and {@link ReclaimerExtension}.
 *
 * <p>Confined to the thread of the tests, which run one after the other, because the log is that of the whole JVM.
 */
public final class ReclaimerExtension
        implements BlockingReclaimer,
                BeforeAllCallback,
                BeforeEachCallback,
                AfterEachCallback,
                AfterAllCallback,
                ParameterResolver {

    private static final Set<Class<?>> PARAMETERS =
            Set.of(ActorTestKit.class, ActorSystem.class, Reclaimer.class, ReclaimerExtension.class);

    /** The expectations of all tests. */
    private final List<Consumer<ReclaimerTestSystem>> expectations = new ArrayList<>();

    private Config settings = ConfigFactory.empty();
    private Duration patience = ReclaimerTestSystem.PATIENCE;
    private boolean perClass;
    private Optional<ReclaimerTestSystem> running = Optional.empty();

    /** The class that the system was started for, where there is one for a class; nested classes use the same system. */
    private Optional<ExtensionContext> owner = Optional.empty();

    /** For {@code @ExtendWith}; fields use {@link #create}. */
    public ReclaimerExtension() {}

    /** Creates an extension with all defaults: a system for each test. */
    public static ReclaimerExtension create() {
        return new ReclaimerExtension();
    }

    /** Adds settings (HOCON), before the defaults. Returns this. */
    public ReclaimerExtension with(String hocon) {
        settings = ConfigFactory.parseString(hocon).withFallback(settings);
        return this;
    }

    /** Starts one system for all tests of the class, where a start takes long. Needs a static field. Returns this. */
    public ReclaimerExtension perClass() {
        perClass = true;
        return this;
    }

    /** Sets how long actors, rounds and visits may take to end after a test: above 0. Returns this. */
    public ReclaimerExtension patience(Duration newPatience) {
        if (newPatience.isZero() || newPatience.isNegative()) {
            throw new IllegalArgumentException("The patience is [" + newPatience + "] but has to be above 0");
        }
        patience = newPatience;
        return this;
    }

    /**
     * Declares that actors, and the actors below them, may live on: called in a test for this test, before it for all tests. Returns
     * this.
     *
     * @param name the path below {@code /user}, in which {@code *} stands for any characters
     */
    public ReclaimerExtension expectActor(String name) {
        return expect(system -> system.expectActor(name));
    }

    /**
     * Declares that error logs may be written: called in a test for this test, before it for all tests. Returns this.
     *
     * @param part of the logger's name, the message, or the exception; empty for any
     */
    public ReclaimerExtension expectError(String part) {
        return expect(system -> system.expectError(part));
    }

    /** Declares that messages of this type may be unhandled: called in a test for this test, before it for all tests. Returns this. */
    public ReclaimerExtension expectUnhandled(Class<?> message) {
        return expect(system -> system.expectUnhandled(message));
    }

    private ReclaimerExtension expect(Consumer<ReclaimerTestSystem> expectation) {
        running.ifPresentOrElse(expectation, () -> expectations.add(expectation));
        return this;
    }

    public ActorTestKit testKit() {
        return running().testKit();
    }

    @Override
    public ActorSystem<Void> system() {
        return running().system();
    }

    @Override
    public <T> T await(CompletionStage<T> stage) {
        return running().await(stage);
    }

    /** The trace of all visits since the test began, or since this was last called. */
    public List<TraceEvent> takeTrace() {
        return running().takeTrace();
    }

    /** The error logs since the test began. */
    public List<String> errorLogs() {
        return running().errorLogs();
    }

    private ReclaimerTestSystem running() {
        return running.orElseThrow(() -> new IllegalStateException(
                perClass
                        ? "There is no actor system yet: it is started before, and stopped after, the tests of a class, by a"
                                + " ReclaimerExtension in a static field with @RegisterExtension"
                        : "There is no actor system now: there is one for each test, from before its @BeforeEach methods until"
                                + " after its @AfterEach methods. For one a class call ReclaimerExtension.perClass"));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (perClass && running.isEmpty()) {
            owner = Optional.of(context);
            start(context);
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (perClass) {
            running().beginTest();
        } else {
            start(context);
        }
        expectations.forEach(expectation -> expectation.accept(running()));
    }

    private void start(ExtensionContext context) {
        String name = context.getRequiredTestClass().getSimpleName().replaceAll("[^A-Za-z0-9]", "-");
        ReclaimerTestSystem system = ReclaimerTestSystem.startQuietly(name.replaceAll("^-+", ""), settings);
        system.setPatience(patience);
        running = Optional.of(system);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (running.isEmpty()) {
            // The start has failed, which is reported already.
            return;
        }
        ReclaimerTestSystem system = running();
        boolean hasFailed = hasFailed(context);
        List<String> problems = new ArrayList<>();
        try {
            problems.addAll(system.problems(hasFailed));
        } finally {
            if (!perClass) {
                running = Optional.empty();
                stop(system, problems);
            }
        }
        report(context, system, hasFailed, problems);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (!owner.equals(Optional.of(context)) || running.isEmpty()) {
            return;
        }
        ReclaimerTestSystem system = running();
        owner = Optional.empty();
        running = Optional.empty();
        List<String> problems = new ArrayList<>();
        stop(system, problems);
        report(context, system, hasFailed(context), problems);
    }

    private static boolean hasFailed(ExtensionContext context) {
        return context.getExecutionException()
                .filter(thrown -> !(thrown instanceof TestAbortedException))
                .isPresent();
    }

    private static void stop(ReclaimerTestSystem system, List<String> problems) {
        try {
            system.stop();
        } catch (RuntimeException | AssertionError e) {
            problems.add(
                    "Actor system: it could not be stopped: [" + e.getMessage() + "]. Does an actor wait for ever?");
        }
    }

    private static void report(
            ExtensionContext context, ReclaimerTestSystem system, boolean hasFailed, List<String> problems) {
        if (hasFailed || !problems.isEmpty()) {
            print(context.getDisplayName(), system.logLines());
        }
        if (!problems.isEmpty()) {
            throw new AssertionError(String.join(System.lineSeparator(), problems));
        }
    }

    private static void print(String test, List<String> lines) {
        if (!lines.isEmpty()) {
            System.out.println("Log of [" + test + "], which failed:");
            lines.forEach(System.out::println);
            System.out.println("End of the log of [" + test + "]");
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return PARAMETERS.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        if (type == ReclaimerExtension.class) {
            return this;
        }
        try {
            if (type == ActorTestKit.class) {
                return testKit();
            }
            return type == Reclaimer.class ? reclaimer() : system();
        } catch (IllegalStateException e) {
            throw new ParameterResolutionException(e.getMessage(), e);
        }
    }
}
