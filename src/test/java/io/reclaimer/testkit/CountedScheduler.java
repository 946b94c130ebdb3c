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
 * Akka's scheduler, which knows what it has yet to do; named by {@code akka.scheduler.implementation}. Every kind of timer
 * comes down to the one method here.
 */
public final class CountedScheduler extends LightArrayRevolverScheduler {

    /** Of all systems that use it, for a test that runs one at a time. */
    private static final AtomicReference<Queue<Timer>> TIMERS = new AtomicReference<>(new ConcurrentLinkedQueue<>());

    private record Timer(
            String what, AtomicReference<Cancellable> cancellable, ConcurrentHashMap<String, Boolean> done) {}

    public CountedScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {
        super(config, log, threads);
    }

    /** Forgets what it knows. */
    public static void reset() {
        TIMERS.set(new ConcurrentLinkedQueue<>());
    }

    /** What is yet to be done, neither run nor cancelled. */
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
            // Akka's own, for the end of a dispatcher; the scheduler has to know it for what it is.
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
