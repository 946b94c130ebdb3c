package io.reclaimer.testkit;

import akka.actor.AbstractScheduler;
import akka.actor.Cancellable;
import akka.actor.Scheduler;
import akka.event.LoggingAdapter;
import com.typesafe.config.Config;
import java.util.concurrent.ThreadFactory;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/** The timers of a system that a {@link Schedule} runs; made by Akka. */
public final class ScheduledTimers extends AbstractScheduler {

    /** What Akka asks a scheduler to say; nobody goes by it. */
    private static final double FREQUENCY = 1_000;

    private final Schedule schedule;

    public ScheduledTimers(Config config, LoggingAdapter log, ThreadFactory threads) {
        this.schedule = Schedule.named(config.getString(Schedule.NAME));
    }

    @Override
    public Cancellable scheduleOnce(FiniteDuration delay, Runnable task, ExecutionContext executor) {
        // Akka's own, for the end of a dispatcher, are of no use: a schedule's needs no end.
        boolean isTimer = !(task instanceof Scheduler.TaskRunOnClose);
        return schedule.timer(delay.toNanos(), task, 0, isTimer);
    }

    @SuppressWarnings("deprecation") // what the methods come down to that are not
    @Override
    public Cancellable schedule(
            FiniteDuration initialDelay, FiniteDuration interval, Runnable task, ExecutionContext executor) {
        return schedule.timer(initialDelay.toNanos(), task, interval.toNanos(), true);
    }

    @Override
    public double maxFrequency() {
        return FREQUENCY;
    }
}
