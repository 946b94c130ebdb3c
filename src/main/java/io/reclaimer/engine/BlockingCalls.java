package io.reclaimer.engine;

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
 * Runs the calls of shrinkers that may block, each on a thread of its own, and bounds how many run at a time: by
 * shrinker, and over all of them. Shrinkers take turns.
 *
 * <p>A call that is slow, or past its deadline, has its place among all given to another call, so that a slow shrinker holds up
 * no other one; its place among its shrinker's is not, so that what never comes back takes as many threads as its shrinker may
 * have, and no more. It keeps its hold on the shrinker: freeing answers only when the last thread has left it, and interrupts
 * those that are overdue to that end (only then: an interrupt closes channels that a call may have open).
 *
 * <p>Any thread; all state is guarded by this object's lock, under which nothing else is called but the executor.
 */
final class BlockingCalls {

    /** What one shrinker has running and waiting. */
    static final class Lane {
        private final Map<Call, Task> running = new HashMap<>();
        private final Deque<Task> waiting = new ArrayDeque<>();
        private boolean listed;
        private boolean freeing;
    }

    private static final class Task {
        final Lane lane;
        final Call call;
        final Supplier<Runnable> body;

        @Nullable
        Thread thread;

        /** Past its deadline. */
        boolean writtenOff;

        Task(Lane lane, Call call, Supplier<Runnable> body) {
            this.lane = lane;
            this.call = call;
            this.body = body;
        }
    }

    private final Executor executor;
    private final int limit;
    private final int limitPerShrinker;

    /** Lanes with a call waiting and a place for it, the next in turn first. */
    private final Deque<Lane> ready = new ArrayDeque<>();

    /** Running calls that are not slow, the oldest first. */
    private final Set<Task> prompt = new LinkedHashSet<>();

    BlockingCalls(Executor executor, int limit, int limitPerShrinker) {
        this.executor = executor;
        this.limit = limit;
        this.limitPerShrinker = limitPerShrinker;
    }

    /**
     * Runs a call when there is a place for it. Its shrinker is held by who submits, and again while it runs.
     *
     * @param body calls the shrinker, and returns what is to be done with what it answers when it has been left
     */
    synchronized void submit(Lane lane, Call call, Supplier<Runnable> body) {
        lane.waiting.add(new Task(lane, call, body));
        list(lane);
        startWaiting();
    }

    /** A call is past its deadline. */
    synchronized void writeOff(Lane lane, Call call) {
        Task task = lane.running.get(call);
        if (task == null) {
            lane.waiting.removeIf(waiting -> waiting.call == call);
            return;
        }
        task.writtenOff = true;
        prompt.remove(task);
        call.entry.stuck(1);
        interruptIfFreeing(task);
        startWaiting();
    }

    /**
     * Gives the places of calls that began before then to others.
     *
     * @return whether there are calls that may become slow
     */
    synchronized boolean passOverSlow(long beforeNanos) {
        prompt.removeIf(task -> task.call.hasBegunBefore(beforeNanos));
        startWaiting();
        return !prompt.isEmpty();
    }

    /** The shrinker of the lane is being freed. */
    synchronized void freeing(Lane lane) {
        lane.freeing = true;
        lane.running.values().forEach(BlockingCalls::interruptIfFreeing);
    }

    private static void interruptIfFreeing(Task task) {
        if (task.lane.freeing && task.writtenOff && task.thread != null) {
            task.thread.interrupt();
        }
    }

    private void list(Lane lane) {
        if (!lane.listed && !lane.waiting.isEmpty() && lane.running.size() < limitPerShrinker) {
            lane.listed = true;
            ready.add(lane);
        }
    }

    private void startWaiting() {
        while (prompt.size() < limit && !ready.isEmpty()) {
            Lane lane = ready.remove();
            lane.listed = false;
            Task task = lane.waiting.poll();
            if (task != null) {
                start(task);
            }
            list(lane);
        }
    }

    private void start(Task task) {
        task.call.entry.holdAgain();
        task.lane.running.put(task.call, task);
        prompt.add(task);
        try {
            executor.execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            // The actor system has ended.
            ended(task);
            task.call.dropped();
        }
    }

    /** Leaves the shrinker before the answer goes out: who has it may rely on nobody being inside any more. */
    private void run(Task task) {
        Call call = task.call;
        synchronized (this) {
            task.thread = Thread.currentThread();
        }
        if (call.isOver() || call.needsNotBeMade()) {
            ended(task);
            call.dropped();
            return;
        }
        call.begins();
        Runnable answer;
        try {
            answer = task.body.get();
        } catch (Throwable thrown) {
            // Whatever it is, it is the fault of this shrinker alone: this thread has nothing of anybody else's.
            answer = () -> call.fail(thrown);
        }
        ended(task);
        call.entry.tookOnBlockingThread(call.nanosSinceBegin());
        answer.run();
    }

    private void ended(Task task) {
        synchronized (this) {
            task.thread = null;
            task.lane.running.remove(task.call);
            prompt.remove(task);
            if (task.writtenOff) {
                task.call.entry.stuck(-1);
            }
            list(task.lane);
            startWaiting();
        }
        // A thread is used again, and the next shrinker must not be interrupted for this one.
        Thread.interrupted();
        task.call.entry.release();
    }
}
