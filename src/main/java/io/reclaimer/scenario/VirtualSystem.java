package io.reclaimer.scenario;

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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A real actor system that runs in {@link VirtualTime}, with all its dispatchers and timers: on the thread of whoever lets the time
 * go by. Several may share one time.
 *
 * <p>Whoever waits for an answer of it has to let the time go by ({@link #await}): nothing happens by itself.
 */
public final class VirtualSystem implements AutoCloseable {

    private static final String NUMBER = "reclaimer-virtual-time";

    /** By their number: Akka makes schedulers and executors itself, and gives them nothing but the configuration. */
    private static final Map<Long, Runs> RUNS = new ConcurrentHashMap<>();

    private static final AtomicLong NUMBERS = new AtomicLong();

    /** The most time that the end of a system takes: Akka ends its dispatchers after a second. */
    private static final Duration LONGEST_END = Duration.ofMinutes(10);

    /** Of the machine's time: it takes some tenths of a second. */
    private static final Duration LONGEST_START = Duration.ofMinutes(1);

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
     * Creates it, and waits until it has started.
     *
     * @param settings before the defaults
     * @param setups further ones of the actor system
     */
    public VirtualSystem(String name, VirtualTime time, Config settings, List<Setup> setups) {
        this.time = time;
        Runs runs = new Runs(time);
        RUNS.put(number, runs);
        List<Setup> all = new ArrayList<>(setups);
        all.add(BootstrapSetup.create(config(number).withFallback(settings).withFallback(ConfigFactory.load())));
        all.add(new ReclaimerSetup(time::nowNanos, new VirtualThreads(runs)));
        try {
            this.system =
                    ActorSystem.create(Behaviors.empty(), name, ActorSystemSetup.create(all.toArray(Setup[]::new)));
        } catch (RuntimeException e) {
            RUNS.remove(number);
            throw e;
        } finally {
            runs.started();
        }
    }

    private static Config config(long number) {
        StringBuilder config = new StringBuilder(NUMBER + " = " + number + "\n");
        config.append("akka.scheduler.implementation = \"")
                .append(VirtualScheduler.class.getName())
                .append("\"\n");
        for (String dispatcher : DISPATCHERS) {
            config.append(dispatcher)
                    .append(" { type = Dispatcher, throughput = 1, executor = \"")
                    .append(VirtualThreads.Configurator.class.getName())
                    .append("\" }\n");
        }
        config.append("akka.stdout-loglevel = OFF\nakka.log-dead-letters = off\n");
        config.append("akka.coordinated-shutdown { run-by-jvm-shutdown-hook = off, exit-jvm = off }\n");
        return ConfigFactory.parseString(config.toString());
    }

    /** How many there are. */
    static int running() {
        return RUNS.size();
    }

    /** Who runs what the system so configured has to do. */
    static Runs of(Config config) {
        Runs runs = RUNS.get(config.getLong(NUMBER));
        if (runs == null) {
            throw new IllegalStateException("There is no such virtual system any more");
        }
        return runs;
    }

    /**
     * Who runs what a system has to do: while it is created, for which its creator waits, a thread of its own; then virtual
     * time. Any thread.
     */
    static final class Runs {
        private final VirtualTime time;
        private @Nullable ExecutorService starter = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "virtual-system-starter");
            thread.setDaemon(true);
            return thread;
        });

        Runs(VirtualTime time) {
            this.time = time;
        }

        VirtualTime time() {
            return time;
        }

        synchronized void submit(Runnable task) {
            if (starter == null) {
                time.submit(task);
            } else {
                starter.execute(task);
            }
        }

        /** From now on virtual time runs it. What the starter had is done when this returns. */
        private void started() {
            ExecutorService before;
            synchronized (this) {
                before = starter;
                starter = null;
            }
            if (before != null) {
                before.shutdown();
                awaitEnd(before);
            }
        }

        private static void awaitEnd(ExecutorService starter) {
            try {
                if (!starter.awaitTermination(LONGEST_START.toNanos(), TimeUnit.NANOSECONDS)) {
                    throw new IllegalStateException(
                            "The actor system did not start within [" + LONGEST_START.toSeconds() + "] s");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while an actor system started", e);
            }
        }
    }

    public ActorSystem<Void> system() {
        return system;
    }

    /**
     * Lets the time go by until the stage is complete.
     *
     * @throws IllegalStateException where it is not complete after that time
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
        RUNS.remove(number);
    }
}
