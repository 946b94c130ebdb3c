package io.reclaimer.scenario.time;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** An executor without threads: its tasks run when {@link VirtualTime} moves. Thread-safe. */
final class ManualDispatcher extends AbstractExecutorService {

    /** The executor of each dispatcher of a {@link VirtualSystem}. Created by Akka. */
    public static final class Configurator extends ExecutorServiceConfigurator {
        private final VirtualSystem.TaskQueue queue;

        public Configurator(Config config, DispatcherPrerequisites prerequisites) {
            super(config, prerequisites);
            this.queue = VirtualSystem.of(prerequisites.settings().config());
        }

        @Override
        public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threadFactory) {
            return new ExecutorServiceFactory() {
                @Override
                public ExecutorService createExecutorService() {
                    return new ManualDispatcher(queue);
                }
            };
        }
    }

    private final VirtualSystem.TaskQueue queue;
    private volatile boolean shutdown;

    ManualDispatcher(VirtualSystem.TaskQueue queue) {
        this.queue = queue;
    }

    @Override
    public void execute(Runnable task) {
        queue.submit(task);
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
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
