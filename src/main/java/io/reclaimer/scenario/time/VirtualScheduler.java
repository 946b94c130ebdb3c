package io.reclaimer.scenario.time;

import akka.actor.AbstractScheduler;
import akka.actor.Cancellable;
import akka.event.LoggingAdapter;
import com.typesafe.config.Config;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/** The scheduler of a {@link VirtualSystem}: timers of {@link VirtualTime}. Created by Akka. Thread-safe. */
public final class VirtualScheduler extends AbstractScheduler {

    private final VirtualTime time;

    /** The constructor that Akka calls. */
    public VirtualScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {
        this.time = VirtualSystem.time(config);
    }

    @Override
    public Cancellable scheduleOnce(FiniteDuration delay, Runnable runnable, ExecutionContext executor) {
        return time.after(Duration.ofNanos(delay.toNanos()), () -> executor.execute(runnable));
    }

    /**
     * Repeats a task at a fixed delay, which is the same as a fixed rate: a task takes no virtual time. Deprecated for callers, used
     * by Akka.
     */
    @Override
    @SuppressWarnings("deprecation")
    public Cancellable schedule(
            FiniteDuration initialDelay, FiniteDuration interval, Runnable runnable, ExecutionContext executor) {
        return scheduleWithFixedDelay(initialDelay, interval, runnable, executor);
    }

    @Override
    public double maxFrequency() {
        return Duration.ofSeconds(1).toNanos();
    }
}
