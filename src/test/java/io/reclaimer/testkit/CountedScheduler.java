package io.reclaimer.testkit;

import akka.actor.Cancellable;
import akka.actor.LightArrayRevolverScheduler;
import akka.actor.Scheduler;
import akka.event.LoggingAdapter;
import com.typesafe.config.Config;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/**
 * Akka's scheduler with a list of its pending timers, for {@code akka.scheduler.implementation}. Timers of all kinds pass through
 * its one method. Thread-safe.
 */
public final class CountedScheduler extends LightArrayRevolverScheduler {

    /** The timers of all systems with this scheduler; a test runs one system at a time. */
    private static final AtomicReference<Queue<Timer>> TIMERS = new AtomicReference<>(new ConcurrentLinkedQueue<>());

    private record Timer(
            String what, AtomicReference<Cancellable> cancellable, ConcurrentHashMap<String, Boolean> done) {}

    public CountedScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {
        super(config, log, threads);
    }

    /** Forgets all timers. */
    public static void reset() {
        TIMERS.set(new ConcurrentLinkedQueue<>());
    }

    /** The timers that have neither run nor been cancelled. */
    public static List<String> pending() {
        return TIMERS.get().stream()
                .filter(timer -> timer.done().isEmpty()
                        && (timer.cancellable().get() == null
                                || !timer.cancellable().get().isCancelled()))
                .map(Timer::what)
                .toList();
    }

    @Override
    public Cancellable scheduleOnce(FiniteDuration delay, Runnable runnable, ExecutionContext executor) {
        if (runnable instanceof Scheduler.TaskRunOnClose) {
            // Akka's own timer for the end of a dispatcher: the scheduler checks its type.
            return super.scheduleOnce(delay, runnable, executor);
        }
        Timer timer = new Timer(delay + " " + runnable, new AtomicReference<>(), new ConcurrentHashMap<>());
        TIMERS.get().add(timer);
        Cancellable cancellable = super.scheduleOnce(
                delay,
                () -> {
                    timer.done().put("", true);
                    runnable.run();
                },
                executor);
        timer.cancellable().set(cancellable);
        return cancellable;
    }
}
