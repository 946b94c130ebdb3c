package io.reclaimer.engine.call;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The runner of the calls that may block, each on a thread of its own. Bounds how many run at a time, per shrinker and
 * overall. Shrinkers with waiting calls are served in turn.
 *
 * <p>A call that is slow or past its deadline gives up its place in the overall bound, so a slow shrinker holds up no
 * other one. It keeps its place in the bound of its shrinker, so calls that never come back take only as many threads
 * as one shrinker may have. It also keeps its hold on the shrinker: freeing is answered when the last thread has left
 * the shrinker. Overdue calls are interrupted only while their shrinker is being freed, because an interrupt closes
 * channels that a call may have open.
 *
 * <p>Thread-safe; all state is guarded by {@code this}. No user code is called under the lock; the executor is.
 */
final class BlockingCalls {

    /** The running and the waiting calls of one shrinker. */
    static final class Queue {
        private final Map<PendingCall, Task> running = new HashMap<>();
        private final Deque<Task> waiting = new ArrayDeque<>();
        private boolean listed;
        private boolean freeing;
    }

    private static final class Task {
        final Queue queue;
        final PendingCall call;
        final Supplier<Runnable> body;

        @Nullable
        Thread thread;

        /** Whether it is past its deadline. */
        boolean writtenOff;

        Task(Queue queue, PendingCall call, Supplier<Runnable> body) {
            this.queue = queue;
            this.call = call;
            this.body = body;
        }
    }

    private final Executor executor;
    private final int limit;
    private final int limitPerShrinker;

    /** Queues with a call that waits and a place for it, in the order in which they are served. */
    private final Deque<Queue> ready = new ArrayDeque<>();

    /** Running calls that are not slow, the oldest first. */
    private final Set<Task> prompt = new LinkedHashSet<>();

    BlockingCalls(Executor executor, int limit, int limitPerShrinker) {
        this.executor = executor;
        this.limit = limit;
        this.limitPerShrinker = limitPerShrinker;
    }

    /**
     * Runs a call as soon as there is a place for it. The submitter holds the shrinker meanwhile, and the call holds it
     * again while it runs.
     *
     * @param body calls the shrinker, and returns the action that hands on its reply when the shrinker has been left
     */
    synchronized void submit(Queue queue, PendingCall call, Supplier<Runnable> body) {
        queue.waiting.add(new Task(queue, call, body));
        list(queue);
        startWaiting();
    }

    /** Releases the place of an overdue call in the overall bound, so that another call can run. */
    synchronized void writeOff(Queue queue, PendingCall call) {
        Task task = queue.running.get(call);
        if (task == null) {
            queue.waiting.removeIf(waiting -> waiting.call == call);
            return;
        }
        task.writtenOff = true;
        prompt.remove(task);
        call.entry().addStuckCalls(1);
        interruptIfFreeing(task);
        startWaiting();
    }

    /**
     * Releases the places of calls that began before {@code beforeNanos} in the overall bound, so that others can run.
     *
     * @return whether there are calls that may become slow
     */
    synchronized boolean passOverSlow(long beforeNanos) {
        prompt.removeIf(task -> task.call.hasBegunBefore(beforeNanos));
        startWaiting();
        return !prompt.isEmpty();
    }

    /** Interrupts the overdue calls of a shrinker that is being freed, from now on. */
    synchronized void freeing(Queue queue) {
        queue.freeing = true;
        queue.running.values().forEach(BlockingCalls::interruptIfFreeing);
    }

    private static void interruptIfFreeing(Task task) {
        if (task.queue.freeing && task.writtenOff && task.thread != null) {
            task.thread.interrupt();
        }
    }

    private void list(Queue queue) {
        if (!queue.listed && !queue.waiting.isEmpty() && queue.running.size() < limitPerShrinker) {
            queue.listed = true;
            ready.add(queue);
        }
    }

    private void startWaiting() {
        while (prompt.size() < limit && !ready.isEmpty()) {
            Queue queue = ready.remove();
            queue.listed = false;
            Task task = queue.waiting.poll();
            if (task != null) {
                start(task);
            }
            list(queue);
        }
    }

    private void start(Task task) {
        task.call.entry().references().holdAgain();
        task.queue.running.put(task.call, task);
        prompt.add(task);
        try {
            executor.execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            // The actor system has ended.
            ended(task);
            task.call.drop();
        }
    }

    /**
     * Runs the call, and leaves the shrinker before it hands on the reply: a receiver of the reply may rely on that.
     */
    private void run(Task task) {
        PendingCall call = task.call;
        synchronized (this) {
            task.thread = Thread.currentThread();
        }
        if (call.isOver() || call.needNotBeMade()) {
            ended(task);
            call.drop();
            return;
        }
        call.begin();
        Runnable handOn;
        try {
            handOn = task.body.get();
        } catch (Throwable thrown) {
            // Any Throwable is the fault of this shrinker alone: the thread works for nobody else.
            handOn = () -> call.fail(thrown);
        }
        ended(task);
        call.entry().recordBlockingCall(call.nanosSinceBegin());
        handOn.run();
    }

    private void ended(Task task) {
        synchronized (this) {
            task.thread = null;
            task.queue.running.remove(task.call);
            prompt.remove(task);
            if (task.writtenOff) {
                task.call.entry().addStuckCalls(-1);
            }
            list(task.queue);
            startWaiting();
        }
        // The thread is used again, and the next shrinker must not be interrupted for this one.
        Thread.interrupted();
        task.call.entry().release();
    }
}
