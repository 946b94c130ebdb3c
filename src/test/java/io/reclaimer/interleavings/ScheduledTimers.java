package io.reclaimer.interleavings;

import akka.actor.AbstractScheduler;
import akka.actor.Cancellable;
import akka.actor.Scheduler;
import akka.event.LoggingAdapter;
import com.typesafe.config.Config;
import java.util.concurrent.ThreadFactory;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/** Akka's scheduler in an actor system that a {@link Schedule} runs; created by Akka. */
public final class ScheduledTimers extends AbstractScheduler {

    /** Akka asks for it and does not use it. */
    private static final double FREQUENCY = 1_000;

    private final Schedule schedule;

    public ScheduledTimers(Config config, LoggingAdapter log, ThreadFactory threads) {
        this.schedule = ScheduledSystems.scheduleOf(config);
    }

    @Override
    public Cancellable scheduleOnce(FiniteDuration delay, Runnable task, ExecutionContext executor) {
        // Akka's own timers end the threads of a dispatcher, and a scheduled dispatcher has no threads.
        return task instanceof Scheduler.TaskRunOnClose
                ? TimerQueue.cancelled()
                : schedule.timers().add(delay.toNanos(), 0, task);
    }

    @SuppressWarnings("deprecation") // all other methods call it
    @Override
    public Cancellable schedule(
            FiniteDuration initialDelay, FiniteDuration interval, Runnable task, ExecutionContext executor) {
        return schedule.timers().add(initialDelay.toNanos(), interval.toNanos(), task);
    }

    @Override
    public double maxFrequency() {
        return FREQUENCY;
    }
}
