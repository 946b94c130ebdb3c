package io.reclaimer.scenario;

import akka.actor.Cancellable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * Time that goes by when it is told to, and the one thread on which everything happens meanwhile: that of whoever tells it. What
 * is to be done now is done in the order in which it came; what is to be done later, when its time has come, before anything
 * later. So the same again happens in the same order.
 *
 * <p>Tasks and timers may be handed in by any thread. All else is one thread's.
 */
public final class VirtualTime {

    /** Where time starts: not at 0, which some take for never. */
    private static final long START_NANOS = Duration.ofSeconds(1).toNanos();

    /** So many tasks without any time going by are an endless loop. */
    private static final int MOST_TASKS = 50_000_000;

    private final class Timer implements Comparable<Timer>, Cancellable {
        private final long dueNanos;
        private final long number;
        private final Runnable task;
        private boolean cancelled;
        private boolean done;

        Timer(long dueNanos, long number, Runnable task) {
            this.dueNanos = dueNanos;
            this.number = number;
            this.task = task;
        }

        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(dueNanos, other.dueNanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }

        @Override
        public boolean cancel() {
            synchronized (VirtualTime.this) {
                if (cancelled || done) {
                    return false;
                }
                cancelled = true;
                timers.remove(this);
                return true;
            }
        }

        @Override
        public boolean isCancelled() {
            synchronized (VirtualTime.this) {
                return cancelled;
            }
        }
    }

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private long numbers;
    private volatile long nowNanos = START_NANOS;

    /** Nanoseconds; any thread. */
    public long nowNanos() {
        return nowNanos;
    }

    /** Since the beginning; any thread. */
    public Duration elapsed() {
        return Duration.ofNanos(nowNanos - START_NANOS);
    }

    /** Is to be done now. */
    public synchronized void submit(Runnable task) {
        tasks.add(task);
    }

    /** Is to be done so much later. */
    public synchronized Cancellable after(Duration delay, Runnable task) {
        Timer timer = new Timer(nowNanos + Math.max(0, delay.toNanos()), numbers++, task);
        timers.add(timer);
        return timer;
    }

    private synchronized Runnable nextTask() {
        Runnable task = tasks.poll();
        return task == null ? () -> {} : task;
    }

    private synchronized boolean hasTask() {
        return !tasks.isEmpty();
    }

    /** Does the next thing that is to be done now; false where there is none. */
    public boolean step() {
        if (!hasTask()) {
            return false;
        }
        nextTask().run();
        return true;
    }

    /** Does all that is to be done now. */
    public void settle() {
        for (int done = 0; step(); done++) {
            if (done == MOST_TASKS) {
                throw new IllegalStateException("More than [" + MOST_TASKS + "] tasks at one time: an endless loop");
            }
        }
    }

    /** Lets the time go by until then, with all that is to be done meanwhile. */
    public void advanceTo(Duration elapsed) {
        long end = START_NANOS + elapsed.toNanos();
        settle();
        while (next(end)) {
            settle();
        }
        nowNanos = Math.max(nowNanos, end);
    }

    /**
     * Lets the time go by until something is so, but not longer than that.
     *
     * @return whether it is
     */
    public boolean advanceUntil(BooleanSupplier reached, Duration atMost) {
        long end = nowNanos + atMost.toNanos();
        settle();
        while (!reached.getAsBoolean()) {
            if (!next(end)) {
                return false;
            }
            settle();
        }
        return true;
    }

    /** Does the next thing that is due by then; false where there is none. */
    private boolean next(long end) {
        Timer timer;
        synchronized (this) {
            timer = timers.peek();
            if (timer == null || timer.dueNanos > end) {
                return false;
            }
            timers.remove();
            timer.done = true;
        }
        nowNanos = Math.max(nowNanos, timer.dueNanos);
        timer.task.run();
        return true;
    }
}
