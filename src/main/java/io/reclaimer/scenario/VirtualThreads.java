package io.reclaimer.scenario;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** Threads that are none: what they are to run is run by {@link VirtualTime}. Any thread. */
final class VirtualThreads extends AbstractExecutorService {

    /** Named by the dispatchers of a system that {@link VirtualSystem} creates; made by Akka. */
    public static final class Configurator extends ExecutorServiceConfigurator {
        private final VirtualSystem.Runs runs;

        public Configurator(Config config, DispatcherPrerequisites prerequisites) {
            super(config, prerequisites);
            this.runs = VirtualSystem.of(prerequisites.settings().config());
        }

        @Override
        public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threadFactory) {
            return new ExecutorServiceFactory() {
                @Override
                public ExecutorService createExecutorService() {
                    return new VirtualThreads(runs);
                }
            };
        }
    }

    private final VirtualSystem.Runs runs;
    private volatile boolean shutdown;

    VirtualThreads(VirtualSystem.Runs runs) {
        this.runs = runs;
    }

    @Override
    public void execute(Runnable task) {
        runs.submit(task);
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

    /** There is no thread to end. */
    @Override
    public boolean isTerminated() {
        return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return shutdown;
    }
}
