package io.reclaimer.interleavings;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A controlled scheduler: runs the actors of a system, and tasks of a test, one at a time, in an order that {@link Decisions}
 * fix.
 *
 * <p>An actor system that is created with {@link #config} hands over its mailboxes one message at a time; which actor handles
 * its next message is a decision. A task can also be stopped between two of its own steps, where it calls {@link #step}, and go
 * on when others have run. To the others it is as if it ran on another thread. Time stands still until a timer is chosen.
 *
 * <p>Tasks run on {@link ScheduledThread}s, of which one has the baton until another thread is chosen. So a run costs what its
 * changes of thread cost. Confined to the thread that has the baton, apart from the queues, which are thread-safe.
 *
 * <p>Steps are sequentially consistent: each sees all that ran before. Reordering by a processor is not explored.
 */
public final class Schedule {

    /** The most threads that are in the middle of a task at a time: the processors of a small machine. */
    private static final int MOST_THREADS = 4;

    private final String name;
    private final ReadyQueue ready = new ReadyQueue();
    private final TimerQueue timers = new TimerQueue();
    private final ScheduledThreads threads = new ScheduledThreads(this);
    private final StepTrace trace = new StepTrace();
    private DecisionStrategy strategy = new DecisionStrategy(Decisions.inOrder(), false);
    private Runnable afterEach = () -> {};

    /** The thread inside {@link #run()}. */
    private @Nullable ScheduledThread root;

    private boolean runsElsewhere;
    private boolean servesInPlace;
    private BooleanSupplier wantsNextTimer = () -> false;
    private boolean isQuiet;
    private long tasks;
    private long mostTasks = Long.MAX_VALUE;
    private int timersLeft;
    private @Nullable String failure;
    private boolean isGivenUp;

    private Schedule(String name) {
        this.name = name;
    }

    /** Creates a schedule with a name that no other one has. */
    public static Schedule create(String name) {
        Schedule schedule = new Schedule(name);
        ScheduledSystems.add(name, schedule);
        return schedule;
    }

    /** Frees the name; no actor system can be created with this schedule any more. */
    public void end() {
        ScheduledSystems.remove(name);
    }

    /** The settings with which an actor system has to be created; for these dispatchers, and Akka's default one. */
    public Config config(String... dispatchers) {
        return ScheduledSystems.config(name, List.of(dispatchers));
    }

    /** Adds a task. Callable from any thread. */
    public void execute(Runnable task) {
        if (Thread.currentThread() instanceof ScheduledThread thread && thread.keeps(task)) {
            return;
        }
        ready.add(task);
    }

    /** Sets whether a task that sends an idle visitor a request serves it at once, or it is served as another task. */
    public void serveInPlace(boolean isInPlace) {
        servesInPlace = isInPlace;
    }

    boolean servesInPlace() {
        return servesInPlace;
    }

    /** Runs a task in the middle of the one under way. */
    void runInPlace(Runnable task) {
        trace.add(() -> "  in the middle of it: " + trace.nameOf(task));
        task.run();
    }

    boolean hasTasks() {
        return ready.size() > 0;
    }

    /**
     * Marks a point at which other threads may run. Does nothing on a thread of no schedule, and inside a lock.
     *
     * @param where a description for the trace
     */
    public static void step(String where) {
        if (Thread.currentThread() instanceof ScheduledThread thread && thread.locks == 0) {
            thread.schedule().step(thread, where);
        }
    }

    /**
     * Simulates a call that takes long, by the time of the timers; other tasks run meanwhile. Does nothing on a thread of no
     * schedule, and inside a lock.
     *
     * <p>Only for tasks that run elsewhere ({@link #runElsewhere}). {@link #run()} returns during a sleep where only timers are
     * left; {@link #wakeAll} ends a sleep early.
     *
     * @param where a description for the trace
     */
    public static void sleep(Duration time, String where) {
        if (Thread.currentThread() instanceof ScheduledThread thread && thread.locks == 0) {
            thread.schedule().sleep(thread, time, where);
        }
    }

    /** Runs {@code entry}, which may call {@link #run()}, on a thread of this schedule; returns when it has ended. */
    public void enter(Runnable entry) throws InterruptedException {
        ready.enter();
        ScheduledThread thread = new ScheduledThread(this, 0, entry);
        thread.start();
        thread.join();
    }

    /** Sets the decisions, and how they are drawn. */
    public void choose(Decisions decisions, boolean byRank) {
        strategy = new DecisionStrategy(decisions, byRank);
        threads.resetPeak();
    }

    /**
     * Forgets all tasks and timers, and sets everything to its start.
     *
     * @param check runs after each step
     * @param atMost the number of tasks above which a run fails
     */
    public void reset(Runnable check, long atMost) {
        ready.clear();
        timers.reset();
        timersLeft = 0;
        afterEach = check;
        trace.stop();
        failure = null;
        runsElsewhere = false;
        servesInPlace = false;
        tasks = 0;
        mostTasks = atMost;
        choose(Decisions.inOrder(), false);
    }

    /** Traces each step to {@code to}. */
    public void trace(Consumer<String> to, Function<Runnable, String> names) {
        trace.start(to, names);
    }

    /** Sets how many timers may still be chosen. */
    public void allowTimers(int most) {
        timersLeft = most;
    }

    /** Sets whether tasks run on other threads than the one that calls {@link #run()}, so that they can sleep. */
    public void runElsewhere(boolean isElsewhere) {
        runsElsewhere = isElsewhere;
    }

    public boolean hasSleepers() {
        return threads.hasSleepers();
    }

    /** Ends all sleeps; the tasks go on in the next {@link #run()}. */
    public void wakeAll() {
        threads.wakeAll();
    }

    /** As {@link #run()}; runs the next timer, too, where nothing else is left and {@code wantsTimer} holds. */
    public void run(BooleanSupplier wantsTimer) {
        wantsNextTimer = wantsTimer;
        run();
        wantsNextTimer = () -> false;
    }

    /** Runs all tasks, until only timers are left. Only for a thread of this schedule, outside of a task. */
    public void run() {
        ScheduledThread own = (ScheduledThread) Thread.currentThread();
        root = own;
        isQuiet = false;
        if (runsElsewhere) {
            threads.takeIdle().grant();
            do {
                own.await();
            } while (!isQuiet);
        } else {
            boolean hasBaton = runTasks(own);
            while (!hasBaton) {
                own.await();
                hasBaton = isQuiet || runTasks(own);
            }
        }
        root = null;
    }

    /** Notes a failure, of which the first one counts. The tasks that have begun end undisturbed. */
    public void fail(String what) {
        if (failure == null) {
            failure = what;
            strategy = new DecisionStrategy(Decisions.inOrder(), false);
            timersLeft = 0;
            trace.add(() -> "FAILED: " + what);
        }
    }

    public @Nullable String failure() {
        return failure;
    }

    /** Whether tasks do not end, so that this schedule can't be used any more. */
    public boolean isGivenUp() {
        return isGivenUp;
    }

    /** The most threads that were in the middle of a task at a time, since decisions were last set. */
    public int peak() {
        return threads.peak();
    }

    /** The time of the timers, from 0. */
    public long nanoTime() {
        return timers.nanoTime();
    }

    /** Lets time pass without running a timer. */
    public void pass(Duration time) {
        timers.pass(time);
    }

    /** Sets the clock to the next timer, and runs its task; does nothing where there is no timer. */
    public void runNextTimer() {
        Runnable task = timers.takeNext();
        if (task != null) {
            trace.add(() -> "time is " + Duration.ofNanos(timers.nanoTime()).toMillis() + " ms");
            task.run();
        }
    }

    TimerQueue timers() {
        return timers;
    }

    private void step(ScheduledThread own, String where) {
        int others = threads.stopped();
        int begun = others + 1 < MOST_THREADS ? ready.size() : 0;
        if (!strategy.isOn() || others + begun == 0 || own.task() == null) {
            return;
        }
        check(own);
        int decision = strategy.atStep(own.currentTask(), begun + others, index -> candidate(index, begun));
        if (decision == 0) {
            return;
        }
        trace.add(() -> "  stopped before " + where);
        threads.stop(own);
        if (decision <= begun) {
            ScheduledThread next = threads.takeIdle();
            next.begin(ready.remove(decision - 1));
            next.grant();
        } else {
            threads.resume(decision - 1 - begun).grant();
        }
        own.await();
        trace.add(() -> trace.nameOf(own.currentTask()) + " goes on with " + where);
    }

    private void sleep(ScheduledThread own, Duration time, String where) {
        if (own == root) {
            throw new IllegalStateException("Only a task that runs elsewhere can sleep: call runElsewhere(true) first");
        }
        check(own);
        trace.add(() -> "  sleeps for " + time.toMillis() + " ms in " + where);
        threads.sleep(own);
        timers.add(time.toNanos(), 0, () -> threads.wake(own));
        threads.takeIdle().grant();
        own.await();
        threads.notePeak();
        trace.add(() -> trace.nameOf(own.currentTask()) + " comes back from " + where);
    }

    private void check(ScheduledThread own) {
        own.locks++;
        afterEach.run();
        own.locks--;
    }

    /** The candidates are the first {@code begun} tasks that are ready, and then the threads that are stopped. */
    private Runnable candidate(int index, int begun) {
        return index < begun ? ready.get(index) : threads.taskOfStopped(index - begun);
    }

    /**
     * Runs tasks until another thread is chosen, or only timers are left. Called by the thread that has the baton.
     *
     * @return whether the thread is the root and still has the baton
     */
    boolean runTasks(ScheduledThread own) {
        while (true) {
            Runnable task = own.task();
            if (task != null) {
                runTask(own, task);
            }
            int begun = ready.size();
            int candidates = begun + threads.stopped();
            if (isGivenUp) {
                return endRun(own);
            }
            if (candidates == 0) {
                if (wantsNextTimer.getAsBoolean() && !timers.isEmpty()) {
                    runNextTimer();
                    continue;
                }
                return endRun(own);
            }
            boolean timer = timersLeft > 0 && !timers.isEmpty();
            int decision = strategy.atEnd(candidates, timer, index -> candidate(index, begun));
            if (decision < begun) {
                own.begin(ready.remove(decision));
            } else if (decision < candidates) {
                threads.addIdle(own);
                threads.resume(decision - begun).grant();
                return false;
            } else {
                timersLeft--;
                runNextTimer();
            }
        }
    }

    private void runTask(ScheduledThread own, Runnable task) {
        trace.add(() -> trace.nameOf(task));
        try {
            task.run();
        } catch (Throwable thrown) {
            fail(trace.nameOf(task) + " threw " + thrown);
        }
        own.end();
        check(own);
        if (++tasks > mostTasks) {
            fail("It does not end: " + tasks + " messages and tasks have run");
            isGivenUp = tasks > 2 * mostTasks;
        }
    }

    private boolean endRun(ScheduledThread own) {
        isQuiet = true;
        ScheduledThread to = Objects.requireNonNull(root);
        if (own != to) {
            threads.addIdle(own);
            threads.removeIdle(to);
            to.grant();
        }
        return own == to;
    }

    @Override
    public String toString() {
        return name;
    }
}
