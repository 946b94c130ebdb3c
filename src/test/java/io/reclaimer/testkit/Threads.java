package io.reclaimer.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Concurrent tasks and waits of a test. The timeouts allow for a machine that stands still. Thread-safe. */
public final class Threads {

    private static final long PATIENCE_SECONDS = 60;

    /** Short beside all that is waited for. A thread that spins would take one of two cores from the threads it waits for. */
    private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private static final ExecutorService POOL = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "spec");
        thread.setDaemon(true);
        return thread;
    });

    private Threads() {}

    /** Runs all tasks concurrently. Returns when all have ended, and fails where one did. */
    public static void run(Runnable... tasks) throws Exception {
        CyclicBarrier start = new CyclicBarrier(tasks.length);
        List<Future<?>> all = new ArrayList<>();
        for (Runnable task : tasks) {
            all.add(start(() -> {
                start.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                task.run();
                return null;
            }));
        }
        for (Future<?> one : all) {
            one.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Runs all tasks concurrently, and another one again and again until they have ended. */
    public static void runBeside(Runnable repeated, Runnable... tasks) throws Exception {
        AtomicBoolean running = new AtomicBoolean(true);
        Future<?> other = start(() -> {
            while (running.get()) {
                repeated.run();
            }
            return null;
        });
        try {
            run(tasks);
        } finally {
            running.set(false);
        }
        other.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** An executor that runs each task on another thread than the caller's. */
    public static Executor executor() {
        return POOL;
    }

    /** Starts a task on another thread. */
    public static Future<?> start(Callable<?> task) {
        return POOL.submit(task);
    }

    /** Waits for a latch, and fails at the timeout. */
    public static void await(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("The latch was not released within " + PATIENCE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("Interrupted while waiting", e);
        }
    }

    /** Polls until a condition holds, and fails at the timeout. */
    public static void until(BooleanSupplier reached) {
        until(reached, () -> "");
    }

    /** As {@link #until(BooleanSupplier)}, with the current state in the failure. */
    public static void until(BooleanSupplier reached, Supplier<?> standing) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("Not reached within " + PATIENCE_SECONDS + " s " + standing.get());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
