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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A real actor system in {@link VirtualTime}: all dispatchers and timers run on the thread that moves the clock. Several systems may
 * share one time. A caller that waits for a reply has to move the clock ({@link #await}). Confined to one thread.
 */
public final class VirtualSystem implements AutoCloseable {

    private static final String NUMBER = "reclaimer-virtual-time";

    /** By number. Akka creates schedulers and executors itself, and passes only the configuration, which has the number. */
    private static final Map<Long, TaskQueue> QUEUES = new ConcurrentHashMap<>();

    private static final AtomicLong NUMBERS = new AtomicLong();

    /** The most virtual time that a shutdown takes. Akka stops its dispatchers after a second. */
    private static final Duration LONGEST_END = Duration.ofMinutes(10);

    /** The most real time that a start takes; usually tenths of a second. */
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
     * Creates a system, and waits until it has started.
     *
     * @param settings laid over the defaults
     * @param setups further setups of the actor system
     */
    public VirtualSystem(String name, VirtualTime time, Config settings, List<Setup> setups) {
        this.time = time;
        TaskQueue queue = new TaskQueue(time);
        QUEUES.put(number, queue);
        List<Setup> all = new ArrayList<>(setups);
        all.add(BootstrapSetup.create(config(number).withFallback(settings).withFallback(ConfigFactory.load())));
        all.add(new ReclaimerSetup(time::nowNanos, new ManualDispatcher(queue)));
        try {
            this.system =
                    ActorSystem.create(Behaviors.empty(), name, ActorSystemSetup.create(all.toArray(Setup[]::new)));
        } catch (RuntimeException e) {
            QUEUES.remove(number);
            throw e;
        } finally {
            queue.started();
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
                    .append(ManualDispatcher.Configurator.class.getName())
                    .append("\" }\n");
        }
        config.append("akka.stdout-loglevel = OFF\nakka.log-dead-letters = off\n");
        config.append("akka.coordinated-shutdown { run-by-jvm-shutdown-hook = off, exit-jvm = off }\n");
        return ConfigFactory.parseString(config.toString());
    }

    /** The number of systems that were not closed. */
    static int running() {
        return QUEUES.size();
    }

    /** The task queue of the system with this configuration. */
    static TaskQueue of(Config config) {
        TaskQueue queue = QUEUES.get(config.getLong(NUMBER));
        if (queue == null) {
            throw new IllegalStateException("There is no such virtual system any more");
        }
        return queue;
    }

    /**
     * The task queue of one system: a thread while the system starts, for which its creator waits; then virtual time.
     * Thread-safe.
     */
    static final class TaskQueue {
        private final VirtualTime time;
        private @Nullable ExecutorService starter = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "virtual-system-starter");
            thread.setDaemon(true);
            return thread;
        });

        TaskQueue(VirtualTime time) {
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

        /** Hands over to virtual time, after the tasks of the starter have run. */
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
        QUEUES.remove(number);
    }
}
