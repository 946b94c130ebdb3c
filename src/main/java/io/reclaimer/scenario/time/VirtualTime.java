package io.reclaimer.scenario.time;

import akka.actor.Cancellable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A clock that moves when it is told to, and the queue of tasks and timers that run meanwhile, on the thread that moves it.
 *
 * <p>Tasks run in the order of submission. Timers run in the order of their times, then of their creation, each after all tasks
 * that are due before it. The same program runs in the same order every time.
 *
 * <p>{@link #submit}, {@link #after}, {@link #nowNanos} and {@link #elapsed} are thread-safe. Everything else is confined to one
 * thread.
 */
public final class VirtualTime {

    /** The first reading of the clock. It is not 0, which some code takes for "never". */
    private static final long START_NANOS = Duration.ofSeconds(1).toNanos();

    /** More tasks than this at one time are an endless loop. */
    private static final int MAX_TASKS = 5_000_000;

    private final class Timer implements Cancellable {
        private final long dueNanos;
        private final long number;
        private final Runnable task;
        private volatile boolean cancelled;

        Timer(long dueNanos, long number, Runnable task) {
            this.dueNanos = dueNanos;
            this.number = number;
            this.task = task;
        }

        @Override
        public boolean cancel() {
            synchronized (timers) {
                boolean isWaiting = timers.remove(this);
                cancelled |= isWaiting;
                return isWaiting;
            }
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }
    }

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(
            Comparator.comparingLong((Timer timer) -> timer.dueNanos).thenComparingLong(timer -> timer.number));
    private long numbers;
    private volatile long startNanos = START_NANOS;
    private volatile long nowNanos = START_NANOS;

    /** The reading of the clock in nanoseconds, as of {@link System#nanoTime}. */
    public long nowNanos() {
        return nowNanos;
    }

    /** The time since the start. */
    public Duration elapsed() {
        return Duration.ofNanos(nowNanos - startNanos);
    }

    /** Makes the present moment the start. */
    public void restart() {
        startNanos = nowNanos;
    }

    /** Adds a task to run now. */
    public void submit(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
            tasks.notifyAll();
        }
    }

    /** Adds a task to run after a delay. */
    public Cancellable after(Duration delay, Runnable task) {
        synchronized (timers) {
            Timer timer = new Timer(nowNanos + Math.max(0, delay.toNanos()), numbers++, task);
            timers.add(timer);
            return timer;
        }
    }

    /** Runs the next task that is due now; returns whether there was one. */
    public boolean step() {
        @Nullable Runnable task;
        synchronized (tasks) {
            task = tasks.poll();
        }
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    /** Runs the next task that is due now. Waits for one in real time. */
    void awaitStep() throws InterruptedException {
        synchronized (tasks) {
            while (tasks.isEmpty()) {
                tasks.wait();
            }
        }
        step();
    }

    /** Runs all tasks that are due now. */
    public void settle() {
        for (int done = 0; step(); done++) {
            if (done == MAX_TASKS) {
                throw new IllegalStateException("More than [" + MAX_TASKS + "] tasks at one time: an endless loop");
            }
        }
    }

    /** Moves the clock to a time since the start, and runs everything that is due until then. */
    public void advanceTo(Duration elapsed) {
        long end = startNanos + elapsed.toNanos();
        advanceUntil(() -> false, Duration.ofNanos(end - nowNanos));
        nowNanos = Math.max(nowNanos, end);
    }

    /**
     * Moves the clock until a condition holds.
     *
     * @return false if it did not hold after the given time
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

    /** Moves the clock to the next timer that is due by then, and runs it; returns whether there was one. */
    private boolean next(long end) {
        Timer timer;
        synchronized (timers) {
            timer = timers.peek();
            if (timer == null || timer.dueNanos > end) {
                return false;
            }
            timers.remove();
        }
        nowNanos = Math.max(nowNanos, timer.dueNanos);
        timer.task.run();
        return true;
    }
}
