package io.reclaimer.interleavings;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/** Plays scenarios by seed on one engine, in one actor system. Confined to one thread. */
final class Explorer implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    /**
     * The outcome of one scenario.
     *
     * @param failure null where there is none
     */
    record Outcome(String failure, int[] decisions, List<String> trace) {
        boolean isGood() {
            return failure == null;
        }
    }

    /** Off meanwhile: shrinkers that fail on purpose would be logged thousands of times. */
    private final Logger log = (Logger) LoggerFactory.getLogger("io.reclaimer.engine");

    private final Level logged = log.getLevel();
    private final Play play;
    private Schedule schedule;
    private ActorSystem<Consumer<ActorContext<?>>> system;

    /** @param replacements classes by name that replace classes of the engine */
    Explorer(Map<String, byte[]> replacements) {
        this(replacements, "ScenarioPlay");
    }

    /**
     * @param replacements classes by name that replace classes of the engine
     * @param playClass the {@link Play}, a class in the package of the engine
     */
    Explorer(Map<String, byte[]> replacements, String playClass) {
        log.setLevel(Level.OFF);
        try {
            play = (Play) new EngineLoader(replacements)
                    .loadClass("io.reclaimer.engine." + playClass)
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        begin();
    }

    private void begin() {
        schedule = Schedule.create("interleavings-" + NUMBER.incrementAndGet());
        system = ActorSystem.create(
                nursery(),
                "interleavings",
                schedule.config("reclaimer.visit-dispatcher", "reclaimer.control-dispatcher")
                        .withFallback(ConfigFactory.parseString("akka.daemonic = on, akka.log-dead-letters = off"))
                        .withFallback(ConfigFactory.load()));
        inSchedule(() -> {
            schedule.run();
            return null;
        });
    }

    private static Behavior<Consumer<ActorContext<?>>> nursery() {
        return Behaviors.receive((context, action) -> {
            action.accept(context);
            return Behaviors.same();
        });
    }

    /** The first seed that fails, from {@code from} up to and without {@code to}. */
    OptionalLong firstFailure(long from, long to) {
        return inSchedule(() -> {
            for (long seed = from; seed < to; seed++) {
                if (!playHere(Scenario.ofSeed(seed), Decisions.ofSeed(seed), null)
                        .isGood()) {
                    return OptionalLong.of(seed);
                }
            }
            return OptionalLong.empty();
        });
    }

    Outcome play(Scenario scenario, Decisions decisions) {
        List<String> trace = new ArrayList<>();
        return inSchedule(() -> playHere(scenario, decisions, trace));
    }

    private Outcome playHere(Scenario scenario, Decisions decisions, List<String> trace) {
        play.play(scenario, schedule, decisions, system, trace == null ? null : trace::add);
        return new Outcome(schedule.failure(), decisions.taken(), trace == null ? List.of() : trace);
    }

    private <T> T inSchedule(Supplier<T> work) {
        AtomicReference<T> result = new AtomicReference<>();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try {
            schedule.enter(() -> {
                try {
                    result.set(work.get());
                } catch (Throwable t) {
                    thrown.set(t);
                }
            });
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (thrown.get() != null) {
            throw new IllegalStateException(thrown.get());
        }
        if (schedule.isGivenUp()) {
            end();
            begin();
        }
        return result.get();
    }

    @Override
    public void close() {
        end();
        log.setLevel(logged);
    }

    private void end() {
        schedule.end();
        system.terminate();
    }
}
