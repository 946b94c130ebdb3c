package io.reclaimer.testkit;

import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One thread of a {@link Schedule}: it runs while it has the baton. Everything but {@link #granted} is touched by who has
 * it.
 */
final class Strand extends Thread {

    private final Schedule schedule;

    /** What the first one is for; null for those that wait for tasks. */
    private final @Nullable Runnable own;

    private volatile boolean granted;
    private @Nullable Runnable task;

    /** How many locks it holds. */
    int locks;

    final int number;

    Strand(Schedule schedule, int number, @Nullable Runnable own) {
        super(schedule + "-" + number);
        setDaemon(true);
        this.number = number;
        this.schedule = schedule;
        this.own = own;
    }

    Schedule schedule() {
        return schedule;
    }

    /** What it is at; null between two tasks. */
    @Nullable
    Runnable task() {
        return task;
    }

    /** What it is in the midst of. */
    Runnable atTask() {
        return Objects.requireNonNull(task);
    }

    void begin(Runnable next) {
        task = next;
        locks = 0;
    }

    void ended() {
        task = null;
    }

    /** Gives it the baton; the caller has it no more. */
    void grant() {
        granted = true;
        LockSupport.unpark(this);
    }

    /** Waits for the baton. An interrupt is for what it is at, and does not end the wait. */
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

    /** The same in each run, so that maps by thread are gone through in the same order. */
    @Override
    public int hashCode() {
        return number;
    }

    @Override
    public void run() {
        if (own != null) {
            own.run();
            return;
        }
        while (true) {
            await();
            schedule.goOn(this);
        }
    }
}
