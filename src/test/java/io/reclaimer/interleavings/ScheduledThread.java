package io.reclaimer.interleavings;

import akka.actor.typed.ActorRef;
import io.reclaimer.engine.call.VisitWorker;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A thread of a {@link Schedule}, which runs only while it has the baton. Its state is confined to the thread that has the
 * baton, apart from the grant itself.
 */
public final class ScheduledThread extends Thread implements VisitWorker {

    private final Schedule schedule;

    /** The only work of the thread that enters the schedule; null for a thread that runs tasks. */
    private final @Nullable Runnable entry;

    private volatile boolean granted;

    /** Whether the next task that this thread adds is kept for it. */
    private boolean keepsNext;

    private @Nullable Runnable kept;

    private @Nullable Runnable task;

    /** How many locks it holds. */
    int locks;

    final int number;

    ScheduledThread(Schedule schedule, int number, @Nullable Runnable entry) {
        super(schedule + "-" + number);
        setDaemon(true);
        this.number = number;
        this.schedule = schedule;
        this.entry = entry;
    }

    /**
     * Notes that the current thread has taken a lock. It is not stopped before it has released it, because others would wait for
     * the lock. Does nothing on any other thread, as {@link #unlocked} does.
     */
    public static void locked() {
        if (Thread.currentThread() instanceof ScheduledThread thread) {
            thread.locks++;
        }
    }

    /** Notes that the current thread has released a lock. */
    public static void unlocked() {
        if (Thread.currentThread() instanceof ScheduledThread thread) {
            thread.locks--;
        }
    }

    Schedule schedule() {
        return schedule;
    }

    /** The task under way; null between two tasks. */
    @Nullable
    Runnable task() {
        return task;
    }

    /** The task under way, which there has to be. */
    Runnable currentTask() {
        return Objects.requireNonNull(task);
    }

    void begin(Runnable next) {
        task = next;
        locks = 0;
    }

    void end() {
        task = null;
    }

    /** Keeps a task that {@link #tellAndRun} has added. */
    boolean keeps(Runnable added) {
        boolean keeps = keepsNext;
        if (keeps) {
            keepsNext = false;
            kept = added;
        }
        return keeps;
    }

    @Override
    public <T> void tellAndRun(ActorRef<T> actor, T message) {
        keepsNext = schedule.servesInPlace();
        actor.tell(message);
        keepsNext = false;
        Runnable mailbox = kept;
        if (mailbox != null) {
            kept = null;
            schedule.runInPlace(mailbox);
        }
    }

    @Override
    public int index() {
        return number;
    }

    @Override
    public boolean isReplaced() {
        return false;
    }

    /** Whenever a task waits, so that a task that can leave its thread does so often. */
    @Override
    public boolean isWantedByOthers() {
        return schedule.hasTasks();
    }

    /** Hands it the baton, which the caller has to have. */
    void grant() {
        granted = true;
        LockSupport.unpark(this);
    }

    /** Waits for the baton. An interrupt is meant for the task, and does not end the wait. */
    void await() {
        boolean interrupted = false;
        while (!granted) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        granted = false;
        if (interrupted) {
            interrupt();
        }
    }

    /** The same in each run, so that a map by thread has the same order in each run. */
    @Override
    public int hashCode() {
        return number;
    }

    @Override
    public void run() {
        if (entry != null) {
            entry.run();
            return;
        }
        while (true) {
            await();
            schedule.runTasks(this);
        }
    }
}
