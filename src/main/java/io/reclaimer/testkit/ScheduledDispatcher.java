package io.reclaimer.testkit;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** The threads of a dispatcher that a {@link Schedule} runs; made by Akka. */
public final class ScheduledDispatcher extends ExecutorServiceConfigurator {

    private final Schedule schedule;

    public ScheduledDispatcher(Config config, DispatcherPrerequisites prerequisites) {
        super(config, prerequisites);
        this.schedule = Schedule.named(prerequisites.settings().config().getString(Schedule.NAME));
    }

    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
        return new ExecutorServiceFactory() {
            @Override
            public ExecutorService createExecutorService() {
                return new Threads(schedule);
            }
        };
    }

    /** It has no threads of its own, so there is nothing to end. */
    private static final class Threads extends AbstractExecutorService {
        private final Schedule schedule;

        Threads(Schedule schedule) {
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
