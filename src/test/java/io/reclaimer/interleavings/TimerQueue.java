package io.reclaimer.interleavings;

import akka.actor.Cancellable;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The clock and the timers of a {@link Schedule}. Time stands still until a timer is taken. Thread-safe. */
final class TimerQueue {

    private static final class Timer implements Cancellable {
        private final Runnable task;
        private final long intervalNanos;
        private long dueNanos;
        private long number;
        private volatile boolean over;

        Timer(Runnable task, long intervalNanos, long dueNanos, long number) {
            this.task = task;
            this.intervalNanos = intervalNanos;
            this.dueNanos = dueNanos;
            this.number = number;
        }

        @Override
        public boolean cancel() {
            boolean was = over;
            over = true;
            return !was;
        }

        @Override
        public boolean isCancelled() {
            return over;
        }
    }

    private final PriorityQueue<Timer> timers = new PriorityQueue<>(
            Comparator.<Timer>comparingLong(timer -> timer.dueNanos).thenComparingLong(timer -> timer.number));

    private long nowNanos;
    private long lastNumber;

    /** A timer that is over already. */
    static Cancellable cancelled() {
        Timer timer = new Timer(() -> {}, 0, 0, 0);
        timer.cancel();
        return timer;
    }

    /** The time, from 0. */
    synchronized long nanoTime() {
        return nowNanos;
    }

    /** Lets time pass without taking a timer. */
    synchronized void pass(Duration time) {
        nowNanos += time.toNanos();
    }

    /** Forgets all timers, and sets the clock to 0. */
    synchronized void reset() {
        timers.clear();
        nowNanos = 0;
    }

    /** @param intervalNanos 0 for a timer that is due once */
    synchronized Cancellable add(long delayNanos, long intervalNanos, Runnable task) {
        Timer timer = new Timer(task, intervalNanos, nowNanos + delayNanos, ++lastNumber);
        timers.add(timer);
        return timer;
    }

    synchronized boolean isEmpty() {
        dropCancelled();
        return timers.isEmpty();
    }

    /** Takes the task of the next timer, and sets the clock to its time; null where there is no timer. */
    synchronized @Nullable Runnable takeNext() {
        dropCancelled();
        Timer next = timers.poll();
        if (next == null) {
            return null;
        }
        nowNanos = Math.max(nowNanos, next.dueNanos);
        if (next.intervalNanos > 0) {
            next.dueNanos = nowNanos + next.intervalNanos;
            next.number = ++lastNumber;
            timers.add(next);
        } else {
            next.cancel();
        }
        return next.task;
    }

    private void dropCancelled() {
        while (!timers.isEmpty() && timers.peek().isCancelled()) {
            timers.poll();
        }
    }
}
