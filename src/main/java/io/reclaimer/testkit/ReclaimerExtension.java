package io.reclaimer.testkit;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.Reclaimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
 * An actor system with a reclaimer for JUnit 5 tests: a new one for each test, or one for a class. After each test it
 * fails on what a test must never leave behind or have happen, with a sentence for each that says what to do:
 *
 * <ul>
 *   <li>messages that no handler took;
 *   <li>actors under {@code /user} that the test started and that live on;
 *   <li>shrinkers that are held, and rounds that have not answered;
 *   <li>error logs that it did not expect.
 * </ul>
 *
 * <p>What is logged is printed if the test fails, and otherwise not at all on the console. That needs Logback; with
 * another binding of SLF4J logs are as always, and error logs fail no test, which is said once.
 *
 * <pre>{@code
 * class PagesTest {
 *     @RegisterExtension
 *     final ReclaimerExtension kit = ReclaimerExtension.create();
 *
 *     @Test
 *     void pagesAreFreed() {
 *         Reclaimer reclaimer = kit.reclaimer();
 *     }
 * }
 * }</pre>
 *
 * <p>With {@code @ExtendWith(ReclaimerExtension.class)} it has all defaults. Either way, test methods may have parameters
 * of the types {@link ActorTestKit}, {@link ActorSystem}, {@link Reclaimer} and {@link ReclaimerExtension}.
 *
 * <p>Tests that use it run one after the other, as the log is the whole JVM's. One thread.
 */
public final class ReclaimerExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback, ParameterResolver {

    /** How long what is to end may take after a test, where nothing else is said: a machine stands still for seconds. */
    public static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Set<Class<?>> PARAMETERS =
            Set.of(ActorTestKit.class, ActorSystem.class, Reclaimer.class, ReclaimerExtension.class);

    private final Allowances always = new Allowances();
    private final Allowances inTest = new Allowances();
    private Config settings = ConfigFactory.empty();
    private Duration patience = PATIENCE;
    private boolean perClass;
    private Optional<WatchedSystem> running = Optional.empty();

    /** The class that the system was started for, where it is one a class; its nested ones use the same. */
    private Optional<ExtensionContext> owner = Optional.empty();

    /** For {@code @ExtendWith}; others use {@link #create}. */
    public ReclaimerExtension() {}

    /** With all defaults: a system for each test. */
    public static ReclaimerExtension create() {
        return new ReclaimerExtension();
    }

    /** Has these settings (HOCON) before the defaults. Returns this. */
    public ReclaimerExtension with(String hocon) {
        settings = ConfigFactory.parseString(hocon).withFallback(settings);
        return this;
    }

    /** Has one system for all tests of the class, for what takes long to start. In a static field. Returns this. */
    public ReclaimerExtension perClass() {
        perClass = true;
        return this;
    }

    /** Says how long actors, rounds and visits may take to end after a test: above 0. Returns this. */
    public ReclaimerExtension patience(Duration newPatience) {
        if (newPatience.isZero() || newPatience.isNegative()) {
            throw new IllegalArgumentException("The patience is [" + newPatience + "] but has to be above 0");
        }
        patience = newPatience;
        return this;
    }

    /**
     * Allows actors to live on, with those below them: said in a test, for this test; before, for all. Returns this.
     *
     * @param name the path below {@code /user}, in which {@code *} stands for any characters
     */
    public ReclaimerExtension mayLive(String name) {
        allowances().actor(name);
        return this;
    }

    /**
     * Allows error logs: said in a test, for this test; before, for all. Returns this.
     *
     * @param part of the logger's name, the message, or what was thrown; empty for any
     */
    public ReclaimerExtension expectError(String part) {
        allowances().error(part);
        return this;
    }

    /** Allows messages of this type to be unhandled: said in a test, for this test; before, for all. Returns this. */
    public ReclaimerExtension expectUnhandled(Class<?> message) {
        allowances().unhandled(message);
        return this;
    }

    private Allowances allowances() {
        return running.isPresent() ? inTest : always;
    }

    public ActorTestKit testKit() {
        return watched().testKit();
    }

    public ActorSystem<Void> system() {
        return watched().system();
    }

    public Reclaimer reclaimer() {
        return watched().reclaimer();
    }

    private WatchedSystem watched() {
        return running.orElseThrow(() -> new IllegalStateException(
                perClass
                        ? "There is no actor system yet: it is started before, and stopped after, the tests of a class, by a"
                                + " ReclaimerExtension in a static field with @RegisterExtension"
                        : "There is no actor system now: there is one for each test, from before its @BeforeEach methods until"
                                + " after its @AfterEach methods. For one a class say ReclaimerExtension.perClass"));
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
        if (!perClass) {
            start(context);
            return;
        }
        inTest.clear();
        watched().testBegins();
    }

    private void start(ExtensionContext context) {
        inTest.clear();
        String name = context.getRequiredTestClass().getSimpleName().replaceAll("[^A-Za-z0-9]", "-");
        running = Optional.of(WatchedSystem.start(
                name.replaceAll("^-+", ""), settings.withFallback(ActorTestKit.applicationTestConfig()), patience));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (running.isEmpty()) {
            // It could not be started, which is said already.
            return;
        }
        WatchedSystem system = watched();
        boolean failed = hasFailed(context);
        List<String> problems = new ArrayList<>();
        try {
            problems.addAll(system.happened(allowed()));
            // What a test that failed half way has left says nothing.
            if (!failed) {
                problems.addAll(system.leftBehind(allowed()));
            }
        } finally {
            if (!perClass) {
                running = Optional.empty();
                stop(system, problems);
            }
        }
        conclude(context, system, failed, problems);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (!owner.equals(Optional.of(context))) {
            return;
        }
        WatchedSystem system = watched();
        owner = Optional.empty();
        running = Optional.empty();
        List<String> problems = new ArrayList<>();
        stop(system, problems);
        conclude(context, system, hasFailed(context), problems);
    }

    private Allowances allowed() {
        Allowances all = new Allowances();
        all.add(always);
        all.add(inTest);
        return all;
    }

    private static boolean hasFailed(ExtensionContext context) {
        return context.getExecutionException()
                .filter(thrown -> !(thrown instanceof TestAbortedException))
                .isPresent();
    }

    private static void stop(WatchedSystem system, List<String> problems) {
        try {
            system.stop();
        } catch (RuntimeException | AssertionError e) {
            problems.add(
                    "Actor system: it could not be stopped: [" + e.getMessage() + "]. Does an actor wait for ever?");
        }
    }

    private static void conclude(
            ExtensionContext context, WatchedSystem system, boolean failed, List<String> problems) {
        if (failed || !problems.isEmpty()) {
            print(context.getDisplayName(), system.log().lines());
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
