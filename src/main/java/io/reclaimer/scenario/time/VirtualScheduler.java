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
        this.time = VirtualSystem.of(config).time();
    }

    @Override
    public Cancellable scheduleOnce(FiniteDuration delay, Runnable runnable, ExecutionContext executor) {
        return time.after(Duration.ofNanos(delay.toNanos()), () -> executor.execute(runnable));
    }

    /** Deprecated for callers; Akka schedules its own timers at a fixed rate by it. */
    @Override
    @SuppressWarnings("deprecation")
    public Cancellable schedule(
            FiniteDuration initialDelay, FiniteDuration interval, Runnable runnable, ExecutionContext executor) {
        Repeated repeated = new Repeated(Duration.ofNanos(interval.toNanos()), () -> executor.execute(runnable));
        repeated.next(Duration.ofNanos(initialDelay.toNanos()));
        return repeated;
    }

    @Override
    public double maxFrequency() {
        return Duration.ofSeconds(1).toNanos();
    }

    private final class Repeated implements Cancellable {
        private final Duration interval;
        private final Runnable task;
        private volatile boolean cancelled;

        Repeated(Duration interval, Runnable task) {
            this.interval = interval;
            this.task = task;
        }

        private void next(Duration delay) {
            time.after(delay, () -> {
                if (!cancelled) {
                    task.run();
                    next(interval);
                }
            });
        }

        @Override
        public boolean cancel() {
            boolean first = !cancelled;
            cancelled = true;
            return first;
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }
    }
}
