package io.reclaimer.interleavings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The tasks of a {@link Schedule} that have not begun. Until the schedule is entered a thread of its own runs them, because
 * whoever creates an actor system waits for its first tasks. Thread-safe.
 */
final class ReadyQueue {

    /** An actor system starts within some tenths of a second; a machine may stand still for some seconds. */
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final ExecutorService starter = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "schedule-starter");
        thread.setDaemon(true);
        return thread;
    });

    private final List<Runnable> tasks = new ArrayList<>();
    private boolean isEntered;

    synchronized void add(Runnable task) {
        if (isEntered) {
            tasks.add(task);
        } else {
            starter.execute(task);
        }
    }

    /** Queues tasks from now on; returns when the tasks of before have ended. */
    void enter() throws InterruptedException {
        synchronized (this) {
            isEntered = true;
        }
        starter.shutdown();
        if (!starter.awaitTermination(START_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException("The actor system did not start within [" + START_TIMEOUT + "]");
        }
    }

    synchronized void clear() {
        tasks.clear();
    }

    synchronized int size() {
        return tasks.size();
    }

    synchronized Runnable get(int index) {
        return tasks.get(index);
    }

    synchronized Runnable remove(int index) {
        return tasks.remove(index);
    }
}
