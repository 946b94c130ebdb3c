package io.reclaimer.testkit;

import akka.actor.Cancellable;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the actors of a system, and tasks of a test, one at a time, in an order that {@link Choices} decide.
 *
 * <p>A system that is made with {@link #config} hands all its mailboxes over, a message at a time: which actor has its next
 * message is a choice. A task may also be stopped between two of its own steps, where it calls {@link #step}, and go on
 * when others have run: to them that is as if it ran on another thread. Time stands still until a timer is chosen.
 *
 * <p>What runs, runs on {@link Strand}s: threads of which one has the baton. It goes on without a hand-over until another
 * one is chosen, so a run costs what its changes of thread cost. Everything here is touched by who has the baton, but for
 * {@link #execute}, which any thread may call.
 *
 * <p>Steps are sequentially consistent: each sees all that ran before. What a processor may reorder is not explored.
 */
public final class Schedule {

    /** The setting by which a system finds its schedule. */
    static final String NAME = "reclaimer-testkit-schedule";

    /** How many threads may be stopped in the midst of something, but for one: as many as a small machine has. */
    private static final int MOST_STRANDS = 4;

    /** A system begins within some tenths of a second; a machine may stand still for some seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Map<String, Schedule> BY_NAME = new ConcurrentHashMap<>();

    /** One that waits for its time. */
    private record Timer(long due, long number, Runnable task, long interval, Ticket ticket) {}

    private static final class Ticket implements Cancellable {
        private volatile boolean over;

        @Override
        public boolean cancel() {
            boolean was = over;
            over = true;
            return !was;
        }

        @Override
        public boolean isCancelled() {
            return over;
        }
    }

    private final String name;

    /** Runs what a system does while it begins, which waits for that. */
    private final ExecutorService starter = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "schedule-starter");
        thread.setDaemon(true);
        return thread;
    });

    /** Under the lock of those that wait. */
    private boolean entered;

    /** Added to by any thread, under its own lock. */
    private final List<Runnable> waiting = new ArrayList<>();

    private final List<Strand> stopped = new ArrayList<>();

    /** Inside {@link #sleep}, the one that began first first. */
    private final Set<Strand> asleep = new LinkedHashSet<>();

    /** The lowest number first: so the same tasks are run by the same threads, however many there are. */
    private final PriorityQueue<Strand> idle = new PriorityQueue<>(Comparator.comparingInt(strand -> strand.number));

    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::due).thenComparingLong(Timer::number));

    private Drawing drawing = new Drawing(Choices.inOrder(), false);
    private Runnable afterEach = () -> {};
    private @Nullable Consumer<String> trace;
    private Function<Runnable, String> names = Object::toString;
    private @Nullable Strand root;
    private boolean elsewhere;
    private BooleanSupplier wantsNextTimer = () -> false;
    private boolean quiet;
    private int strands;
    private int peak;
    private long tasks;
    private long mostTasks = Long.MAX_VALUE;
    private int timersLeft;
    private long now;
    private long lastTimer;
    private @Nullable String failure;
    private boolean givenUp;

    private Schedule(String name) {
        this.name = name;
    }

    /** A new one, of a name that no other has. */
    public static Schedule create(String name) {
        Schedule schedule = new Schedule(name);
        if (BY_NAME.putIfAbsent(name, schedule) != null) {
            throw new IllegalArgumentException("There is a schedule of the name [" + name + "] already; end it first");
        }
        return schedule;
    }

    static Schedule named(String name) {
        return Objects.requireNonNull(BY_NAME.get(name), "No schedule of the name [" + name + "]");
    }

    /** Forgets it; no system may be made with it any more. */
    public void end() {
        BY_NAME.remove(name);
    }

    /** What a system has to be made with: its own settings, those of an application, and those of the schedule. */
    public Config config(String... dispatchers) {
        StringBuilder text = new StringBuilder(NAME + " = \"" + name + "\"\n")
                .append("akka.scheduler.implementation = \"" + ScheduledTimers.class.getName() + "\"\n");
        List<String> all = new ArrayList<>(List.of(dispatchers));
        all.add("akka.actor.default-dispatcher");
        for (String dispatcher : all) {
            text.append(dispatcher).append(" { type = Dispatcher, throughput = 1, executor = \"");
            text.append(ScheduledDispatcher.class.getName()).append("\" }\n");
        }
        return ConfigFactory.parseString(text.toString());
    }

    /** Hands over a task. Any thread. */
    public void execute(Runnable task) {
        synchronized (waiting) {
            if (entered) {
                waiting.add(task);
                return;
            }
            starter.execute(task);
        }
    }

    /**
     * A point between two steps that other threads may get between; does nothing on a thread of no schedule.
     *
     * @param where for people
     */
    public static void step(String where) {
        if (Thread.currentThread() instanceof Strand strand && strand.locks == 0) {
            strand.schedule().step(strand, where);
        }
    }

    /**
     * A call that does not come back for so long, by the time of the timers: others run meanwhile, as on other threads. Does
     * nothing on a thread of no schedule, and inside a lock.
     *
     * <p>Only in tasks that run elsewhere ({@link #runElsewhere}). Where nothing is left to run but timers, {@link #run()} ends while it
     * lasts; {@link #wakeAll} ends it before its time.
     *
     * @param where for people
     */
    public static void sleep(Duration time, String where) {
        if (Thread.currentThread() instanceof Strand strand && strand.locks == 0) {
            strand.schedule().sleep(strand, time, where);
        }
    }

    /** The thread has taken a lock, so it is not to be stopped: who wants that lock would wait for it. */
    public static void locked() {
        if (Thread.currentThread() instanceof Strand strand) {
            strand.locks++;
        }
    }

    /** It has let go of one. */
    public static void unlocked() {
        if (Thread.currentThread() instanceof Strand strand) {
            strand.locks--;
        }
    }

    /** Runs {@code what} on a thread of this schedule, which then may {@link #run()} it; waits for its end. */
    public void enter(Runnable what) throws InterruptedException {
        synchronized (waiting) {
            entered = true;
        }
        starter.shutdown();
        if (!starter.awaitTermination(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException(
                    "What the system does when it begins has not ended within [" + PATIENCE + "]");
        }
        Strand strand = new Strand(this, 0, what);
        strand.start();
        strand.join();
    }

    /** From now on choices are these. */
    public void choose(Choices choices, boolean drawsByRank) {
        drawing = new Drawing(choices, drawsByRank);
        peak = strandsBusy();
    }

    /**
     * Begins anew: what waits is forgotten.
     *
     * @param check runs after each step
     * @param atMost how many tasks may run until it is called a failure
     */
    public void reset(Runnable check, long atMost) {
        synchronized (waiting) {
            waiting.clear();
        }
        timers.clear();
        afterEach = check;
        trace = null;
        names = Object::toString;
        failure = null;
        elsewhere = false;
        tasks = 0;
        mostTasks = atMost;
        timersLeft = 0;
        now = 0;
        choose(Choices.inOrder(), false);
    }

    /** Has each step told. */
    public void trace(Consumer<String> to, Function<Runnable, String> taskNames) {
        trace = to;
        names = taskNames;
    }

    /** How many timers may still be chosen. */
    public void allowTimers(int most) {
        timersLeft = most;
    }

    /** Whether tasks run on other threads than the one that calls {@link #run()}, so that they may sleep. */
    public void runElsewhere(boolean isElsewhere) {
        elsewhere = isElsewhere;
    }

    /** Whether a task is asleep. */
    public boolean hasSleepers() {
        return !asleep.isEmpty();
    }

    /** Ends all sleeps: the tasks go on in the next {@link #run()}. */
    public void wakeAll() {
        stopped.addAll(asleep);
        asleep.clear();
    }

    /** The same as {@link #run()}, and runs the next timer where nothing else is left, for as long as that is wanted. */
    public void run(BooleanSupplier wantsTimer) {
        wantsNextTimer = wantsTimer;
        run();
        wantsNextTimer = () -> false;
    }

    /** Runs until nothing is left to run but timers. Only on a thread of this schedule, and in no task. */
    public void run() {
        Strand own = (Strand) Thread.currentThread();
        root = own;
        quiet = false;
        if (elsewhere) {
            idleStrand().grant();
            do {
                own.await();
            } while (!quiet);
            root = null;
            return;
        }
        boolean keepsBaton = goOn(own);
        while (!keepsBaton) {
            own.await();
            keepsBaton = quiet || goOn(own);
        }
        root = null;
    }

    /** Notes that something is wrong; what has begun is brought to an end in order. The first one counts. */
    public void fail(String what) {
        if (failure == null) {
            failure = what;
            drawing = new Drawing(Choices.inOrder(), false);
            timersLeft = 0;
            tell(() -> "FAILED: " + what);
        }
    }

    /** What is wrong. */
    public @Nullable String failure() {
        return failure;
    }

    /** Whether what has begun does not end, so that this schedule is of no more use. */
    public boolean isGivenUp() {
        return givenUp;
    }

    /** How many threads were in the midst of something at a time since choices were last set. */
    public int peak() {
        return peak;
    }

    /** The time of all timers, from 0. */
    public long nanoTime() {
        return now;
    }

    /** Lets time pass; no timer runs by that. */
    public void pass(Duration time) {
        now += time.toNanos();
    }

    /** Whether there is a timer. */
    public boolean hasTimer() {
        dropCancelled();
        return !timers.isEmpty();
    }

    /** Hands over the next timer's task; time is that timer's. */
    public void runNextTimer() {
        dropCancelled();
        Timer next = timers.poll();
        if (next != null) {
            now = Math.max(now, next.due());
            if (next.interval() > 0) {
                add(now + next.interval(), next.task(), next.interval(), next.ticket());
            } else {
                next.ticket().cancel();
            }
            tell(() -> "time is " + Duration.ofNanos(now).toMillis() + " ms");
            next.task().run();
        }
    }

    Cancellable timer(long delay, Runnable task, long interval, boolean isTimer) {
        Ticket ticket = new Ticket();
        if (isTimer) {
            // Akka's own threads have timers while a system begins and ends.
            synchronized (timers) {
                add(now + delay, task, interval, ticket);
            }
        }
        return ticket;
    }

    private void add(long due, Runnable task, long interval, Ticket ticket) {
        timers.add(new Timer(due, ++lastTimer, task, interval, ticket));
    }

    private void dropCancelled() {
        while (!timers.isEmpty() && timers.peek().ticket().isCancelled()) {
            timers.poll();
        }
    }

    private int strandsBusy() {
        return stopped.size() + 1;
    }

    private void step(Strand own, String where) {
        int others = stopped.size();
        int begun = others + 1 < MOST_STRANDS ? waitingCount() : 0;
        if (!drawing.isOn() || others + begun == 0 || own.task() == null) {
            return;
        }
        check(own);
        int choice = drawing.atStep(own.atTask(), begun + others, candidate -> candidate(candidate, begun));
        if (choice == 0) {
            return;
        }
        tell(() -> "  stopped before " + where);
        stopped.add(own);
        peak = Math.max(peak, strandsBusy());
        Strand next = choice <= begun ? beginner(take(choice - 1)) : stopped.remove(choice - 1 - begun);
        next.grant();
        own.await();
        tell(() -> names.apply(own.atTask()) + " goes on with " + where);
    }

    private void sleep(Strand own, Duration time, String where) {
        if (own == root) {
            throw new IllegalStateException("Only a task that runs elsewhere may sleep: call runElsewhere(true) first");
        }
        check(own);
        tell(() -> "  sleeps for " + time.toMillis() + " ms in " + where);
        asleep.add(own);
        Runnable wake = () -> {
            if (asleep.remove(own)) {
                stopped.add(own);
            }
        };
        add(now + time.toNanos(), wake, 0, new Ticket());
        idleStrand().grant();
        own.await();
        peak = Math.max(peak, strandsBusy());
        tell(() -> names.apply(own.atTask()) + " comes back from " + where);
    }

    private void check(Strand own) {
        own.locks++;
        afterEach.run();
        own.locks--;
    }

    /** Those that wait come first, then those that were stopped. */
    private Runnable candidate(int candidate, int begun) {
        synchronized (waiting) {
            return candidate < begun
                    ? waiting.get(candidate)
                    : stopped.get(candidate - begun).atTask();
        }
    }

    private int waitingCount() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    private Runnable take(int index) {
        synchronized (waiting) {
            return waiting.remove(index);
        }
    }

    private Strand beginner(Runnable task) {
        Strand strand = idleStrand();
        strand.begin(task);
        return strand;
    }

    private Strand idleStrand() {
        Strand strand = idle.poll();
        if (strand == null) {
            strand = new Strand(this, ++strands, null);
            strand.start();
        }
        return strand;
    }

    /** Has the baton: runs tasks until another one is chosen, or nothing is left. True where it is the root's still. */
    boolean goOn(Strand own) {
        while (true) {
            Runnable task = own.task();
            if (task != null) {
                runTask(own, task);
            }
            if (givenUp) {
                return hush(own);
            }
            int begun = waitingCount();
            int others = stopped.size();
            boolean timer = timersLeft > 0 && begun + others > 0 && hasTimer();
            if (begun + others == 0) {
                if (wantsNextTimer.getAsBoolean() && hasTimer()) {
                    runNextTimer();
                    continue;
                }
                return hush(own);
            }
            int choice = drawing.atEnd(begun + others, timer, candidate -> candidate(candidate, begun));
            if (choice < begun) {
                own.begin(take(choice));
            } else if (choice < begun + others) {
                Strand next = stopped.remove(choice - begun);
                idle.add(own);
                next.grant();
                return false;
            } else {
                timersLeft--;
                runNextTimer();
            }
        }
    }

    private void runTask(Strand own, Runnable task) {
        tell(() -> names.apply(task));
        try {
            task.run();
        } catch (Throwable thrown) {
            fail(names.apply(task) + " threw " + thrown);
        }
        own.ended();
        check(own);
        if (++tasks > mostTasks) {
            fail("It does not end: " + tasks + " messages and tasks have run");
            givenUp = tasks > 2 * mostTasks;
        }
    }

    private boolean hush(Strand own) {
        quiet = true;
        Strand to = Objects.requireNonNull(root);
        if (own != to) {
            idle.add(own);
            idle.remove(to);
            to.grant();
        }
        return own == to;
    }

    private void tell(Supplier<String> what) {
        Consumer<String> to = trace;
        if (to != null) {
            // What names are made of may have steps, too.
            locked();
            to.accept(what.get());
            unlocked();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
