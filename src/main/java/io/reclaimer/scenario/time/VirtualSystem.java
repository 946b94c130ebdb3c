package io.reclaimer.scenario.time;

import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.setup.Setup;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.ReclaimerSetup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A real actor system in {@link VirtualTime}: all dispatchers and timers run on the thread that moves the clock. Several systems may
 * share one time. A caller that waits for a reply has to move the clock ({@link #await}). Confined to one thread.
 */
public final class VirtualSystem implements AutoCloseable {

    private static final String NUMBER = "reclaimer-virtual-time";

    /** By number. Akka creates schedulers and executors itself, and passes only the configuration, which has the number. */
    private static final Map<Long, VirtualTime> TIMES = new ConcurrentHashMap<>();

    private static final AtomicLong NUMBERS = new AtomicLong();

    /** The most virtual time that a shutdown takes. Akka stops its dispatchers after a second. */
    private static final Duration LONGEST_END = Duration.ofMinutes(10);

    private static final List<String> DISPATCHERS = List.of(
            "akka.actor.default-dispatcher",
            "akka.actor.internal-dispatcher",
            "akka.actor.default-blocking-io-dispatcher",
            "reclaimer.visit-dispatcher",
            "reclaimer.control-dispatcher",
            "reclaimer.answer-dispatcher");

    private final VirtualTime time;
    private final long number = NUMBERS.incrementAndGet();
    private final ActorSystem<Void> system;

    /**
     * Creates a system, and waits until it has started.
     *
     * @param settings laid over the defaults
     * @param setups further setups of the actor system
     */
    public VirtualSystem(String name, VirtualTime time, Config settings, List<Setup> setups) {
        this.time = time;
        List<Setup> all = new ArrayList<>(setups);
        all.add(BootstrapSetup.create(config(number).withFallback(settings).withFallback(ConfigFactory.load())));
        all.add(new ReclaimerSetup(time::nowNanos, new ManualDispatcher(time)));
        TIMES.put(number, time);
        try {
            this.system = start(
                    () -> ActorSystem.create(
                            Behaviors.empty(), name, ActorSystemSetup.create(all.toArray(Setup[]::new))),
                    time);
        } catch (RuntimeException e) {
            TIMES.remove(number);
            throw e;
        }
    }

    /** Creates a system on a thread of its own, which waits for tasks that this thread runs meanwhile. */
    private static ActorSystem<Void> start(Supplier<ActorSystem<Void>> creation, VirtualTime time) {
        CompletableFuture<ActorSystem<Void>> created =
                CompletableFuture.supplyAsync(creation, task -> new Thread(task, "virtual-system-starter").start());
        CompletionStage<ActorSystem<Void>> end = created;
        end.whenComplete((system, why) -> time.submit(() -> {}));
        try {
            while (!created.isDone()) {
                time.awaitStep();
            }
            time.settle();
            return created.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while an actor system started", e);
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private static Config config(long number) {
        StringBuilder config = new StringBuilder("""
                akka.scheduler.implementation = "%s"
                akka.stdout-loglevel = OFF
                akka.log-dead-letters = off
                akka.coordinated-shutdown { run-by-jvm-shutdown-hook = off, exit-jvm = off }
                %s = %d
                """.formatted(VirtualScheduler.class.getName(), NUMBER, number));
        for (String dispatcher : DISPATCHERS) {
            config.append("%s { type = Dispatcher, throughput = 1, executor = \"%s\" }\n"
                    .formatted(dispatcher, ManualDispatcher.Configurator.class.getName()));
        }
        return ConfigFactory.parseString(config.toString());
    }

    /** The number of systems that were not closed. */
    static int running() {
        return TIMES.size();
    }

    /** The time of the system with this configuration. */
    static VirtualTime time(Config config) {
        VirtualTime time = TIMES.get(config.getLong(NUMBER));
        if (time == null) {
            throw new IllegalStateException("There is no such virtual system any more");
        }
        return time;
    }

    public ActorSystem<Void> system() {
        return system;
    }

    /**
     * Moves the clock until a stage is complete.
     *
     * @throws IllegalStateException if it is not complete after the given time
     */
    public <T> T await(CompletionStage<T> stage, Duration atMost) {
        var future = stage.toCompletableFuture();
        if (!time.advanceUntil(future::isDone, atMost)) {
            throw new IllegalStateException("No answer within [" + atMost.toSeconds() + "] s");
        }
        return future.join();
    }

    @Override
    public void close() {
        system.terminate();
        await(system.getWhenTerminated(), LONGEST_END);
        TIMES.remove(number);
    }
}
