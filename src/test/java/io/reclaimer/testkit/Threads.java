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
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Runs tasks at the same time, and waits for latches as long as a machine may stand still. */
public final class Threads {

    private static final long PATIENCE_SECONDS = 60;
    private static final ExecutorService POOL = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "spec");
        thread.setDaemon(true);
        return thread;
    });

    private Threads() {}

    /** Starts all together; returns when all have ended, and fails where one did. */
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

    /** Other threads than the caller's. */
    public static Executor executor() {
        return POOL;
    }

    /** Starts one. */
    public static Future<?> start(Callable<?> task) {
        return POOL.submit(task);
    }

    /** Waits for a latch; never returns without it. */
    public static void await(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("Nobody came within " + PATIENCE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("Interrupted while waiting", e);
        }
    }

    /** Waits for what nobody announces. */
    public static void until(BooleanSupplier reached) {
        until(reached, () -> "");
    }

    /** The same; says how it stands where it is not reached. */
    public static void until(BooleanSupplier reached, Supplier<?> standing) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("Not reached within " + PATIENCE_SECONDS + " s " + standing.get());
            }
            Thread.onSpinWait();
        }
    }
}
