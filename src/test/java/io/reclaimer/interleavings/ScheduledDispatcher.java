package io.reclaimer.interleavings;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** The executor of a dispatcher that a {@link Schedule} runs; created by Akka. */
public final class ScheduledDispatcher extends ExecutorServiceConfigurator {

    private final Schedule schedule;

    public ScheduledDispatcher(Config config, DispatcherPrerequisites prerequisites) {
        super(config, prerequisites);
        this.schedule = ScheduledSystems.scheduleOf(prerequisites.settings().config());
    }

    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
        return new ExecutorServiceFactory() {
            @Override
            public ExecutorService createExecutorService() {
                return new Tasks(schedule);
            }
        };
    }

    /** Hands its tasks to the schedule. It has no threads of its own, so its end has no effect. */
    private static final class Tasks extends AbstractExecutorService {
        private final Schedule schedule;

        Tasks(Schedule schedule) {
            this.schedule = schedule;
        }

        @Override
        public void execute(Runnable task) {
            schedule.execute(task);
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
