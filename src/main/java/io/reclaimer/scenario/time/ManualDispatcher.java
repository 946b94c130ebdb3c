package io.reclaimer.scenario.time;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** An executor without threads: its tasks run when {@link VirtualTime} moves. Thread-safe. */
final class ManualDispatcher extends AbstractExecutorService {

    /** The executor of each dispatcher of a {@link VirtualSystem}. Created by Akka. */
    public static final class Configurator extends ExecutorServiceConfigurator {
        private final VirtualTime time;

        public Configurator(Config config, DispatcherPrerequisites prerequisites) {
            super(config, prerequisites);
            this.time = VirtualSystem.time(prerequisites.settings().config());
        }

        @Override
        public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threadFactory) {
            return () -> new ManualDispatcher(time);
        }
    }

    private final VirtualTime time;
    private volatile boolean shutdown;

    ManualDispatcher(VirtualTime time) {
        this.time = time;
    }

    @Override
    public void execute(Runnable task) {
        time.submit(task);
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return shutdown;
    }
}
