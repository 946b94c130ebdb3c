package io.reclaimer.interleavings;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.testkit.Choices;
import io.reclaimer.testkit.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/** Plays scenarios by seed on an engine, in a system that is used for all of them. */
final class Explorer implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** What came of one scenario. */
    record Outcome(String failure, int[] choices, List<String> trace) {
        boolean isGood() {
            return failure == null;
        }
    }

    /** What is wrong with shrinkers that make trouble is nothing to tell of, thousands of times. */
    private final Logger log = (Logger) LoggerFactory.getLogger("io.reclaimer.engine");

    private final Level logged = log.getLevel();
    private final Play play;
    private Schedule schedule;
    private ActorSystem<Consumer<ActorContext<?>>> system;

    /** An engine with these classes in place of its own. */
    Explorer(Map<String, byte[]> instead) {
        log.setLevel(Level.OFF);
        try {
            play = (Play) new EngineLoader(instead)
                    .loadClass("io.reclaimer.engine.ScenarioPlay")
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
        return Behaviors.receive((context, what) -> {
            what.accept(context);
            return Behaviors.same();
        });
    }

    /** The first seed of a range that fails. */
    OptionalLong firstFailure(long from, long to) {
        return inSchedule(() -> {
            for (long seed = from; seed < to; seed++) {
                if (!playHere(Scenario.ofSeed(seed), Choices.ofSeed(seed), null).isGood()) {
                    return OptionalLong.of(seed);
                }
            }
            return OptionalLong.empty();
        });
    }

    Outcome play(Scenario scenario, Choices choices) {
        List<String> trace = new ArrayList<>();
        return inSchedule(() -> playHere(scenario, choices, trace));
    }

    private Outcome playHere(Scenario scenario, Choices choices, List<String> trace) {
        play.play(scenario, schedule, choices, system, trace == null ? null : trace::add);
        return new Outcome(schedule.failure(), choices.made(), trace == null ? List.of() : trace);
    }

    private <T> T inSchedule(Supplier<T> what) {
        AtomicReference<T> result = new AtomicReference<>();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try {
            schedule.enter(() -> {
                try {
                    result.set(what.get());
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
