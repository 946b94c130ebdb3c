package io.reclaimer.engine.call;

import akka.actor.typed.ActorRef;
import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import akka.dispatch.MonitorableThreadFactory;
import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.OptionConverters;

/**
 * The thread pool of visits, with one queue: tasks begin in the order of submission, so the next time slice of a visit
 * waits behind all tasks that were submitted before it. (A fork-join pool keeps no order among tasks of several
 * submitters.) A thread that does not come back from a shrinker is replaced by another one, and ends when the call has
 * come back. Thread-safe.
 *
 * <p>An exception of a shrinker is caught where the shrinker is called. An error that reaches this pool is handled as
 * Akka is configured to ({@code akka.jvm-exit-on-fatal-error}), and the thread goes on.
 *
 * <p>No task is left behind while a thread sleeps: a submitter puts its task into the queue and then looks for
 * sleepers, and a thread that is about to sleep says so and then looks at the queue. So one of the two sees the other.
 */
final class VisitPool extends AbstractExecutorService {

    /** Named by {@code reclaimer.visit-dispatcher.executor}; made by Akka. */
    public static final class Configurator extends ExecutorServiceConfigurator {
        private final int parallelism;

        public Configurator(Config config, DispatcherPrerequisites prerequisites) {
            super(config, prerequisites);
            this.parallelism = parallelism(config);
        }

        @Override
        public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threadFactory) {
            return new ExecutorServiceFactory() {
                @Override
                public ExecutorService createExecutorService() {
                    return new VisitPool(id, parallelism, threadFactory, new ConcurrentLinkedQueue<>());
                }
            };
        }
    }

    /** The number of threads of a pool of this configuration. */
    static int parallelism(Config dispatcher) {
        Config section = dispatcher.getConfig("fork-join-executor");
        long threads = Math.round(
                Math.ceil(Runtime.getRuntime().availableProcessors() * section.getDouble("parallelism-factor")));
        return (int) Math.min(Math.max(threads, section.getInt("parallelism-min")), section.getInt("parallelism-max"));
    }

    /** A thread of the pool. It caches its published state, which saves the look-up. */
    static final class VisitThread extends Thread implements VisitWorker {
        private final VisitPool pool;
        private final int index;

        /** Whether another thread has taken its place; written under the pool's lock. */
        private volatile boolean replaced;

        /** The engine that its state belongs to. Confined to this thread. */
        private @Nullable VisitingThreads engine;

        private @Nullable VisitingThread state;

        /** Whether the next task that this thread submits is kept for it. Confined to this thread. */
        private boolean keepsNext;

        /** The task that was kept. Confined to this thread. */
        private @Nullable Runnable kept;

        VisitThread(VisitPool pool, int number) {
            super(null, null, pool.name + "-" + number, 0, false);
            this.pool = pool;
            this.index = number - 1;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                pool.runTasks(this);
            } finally {
                pool.ended(this);
            }
        }

        /** Its state in an engine; null if none is cached. Called by this thread. */
        @Nullable
        VisitingThread stateIn(VisitingThreads threads) {
            return engine == threads ? state : null;
        }

        VisitingThread keepState(VisitingThreads threads, VisitingThread newState) {
            engine = threads;
            state = newState;
            return newState;
        }

        /** Akka submits the mailbox of an idle actor as a task of its dispatcher. This keeps the task, and runs it. */
        @Override
        public <T> void tellAndRun(ActorRef<T> actor, T message) {
            keepsNext = true;
            try {
                actor.tell(message);
            } finally {
                keepsNext = false;
            }
            Runnable mailbox = kept;
            if (mailbox != null) {
                kept = null;
                VisitPool.run(mailbox, this);
            }
        }

        @Override
        public int index() {
            return index;
        }

        @Override
        public boolean isReplaced() {
            return replaced;
        }

        @Override
        public boolean isWantedByOthers() {
            // A thread that sleeps or was woken runs the task.
            return !pool.waiting.isEmpty() && pool.waking.get() == 0 && pool.sleeping.isEmpty();
        }

        private boolean keeps(Runnable task) {
            boolean keeps = keepsNext;
            if (keeps) {
                keepsNext = false;
                kept = task;
            }
            return keeps;
        }
    }

    /**
     * How often a thread looks for a task before it sleeps: some microseconds, within which the next one often comes.
     */
    private static final int LOOKS = 256;

    private final String name;
    private final int parallelism;
    private final @Nullable MonitorableThreadFactory akkaFactory;
    private final AtomicInteger made = new AtomicInteger();

    /** Tasks that wait, in the order of submission. */
    private final Queue<Runnable> waiting;

    /**
     * Threads that sleep, or are about to, by number. The first one is woken, so that as few threads as possible run,
     * always the same ones: they have the data of the visitors in the caches of their cores.
     */
    private final NavigableSet<VisitThread> sleeping =
            new ConcurrentSkipListSet<>(Comparator.comparingInt(VisitThread::index));

    /** How many threads were woken and have not noticed it. */
    private final AtomicInteger waking = new AtomicInteger();

    /** Threads that have not ended, without those that were replaced; guarded by {@code this}. */
    private final Set<VisitThread> threads = new HashSet<>();

    /** The size of {@link #threads}; written under the lock of {@code this}. */
    private volatile int threadCount;

    private volatile boolean shutdown;

    /** @param factory Akka's; its handler gets errors of tasks */
    VisitPool(String name, int parallelism, ThreadFactory factory, Queue<Runnable> waiting) {
        this.name = name;
        this.parallelism = parallelism;
        this.akkaFactory = factory instanceof MonitorableThreadFactory known ? known : null;
        this.waiting = waiting;
    }

    /** Replaces a thread that does not come back. Does nothing if it has been replaced already, or is not of a pool. */
    static void replace(Thread thread) {
        if (thread instanceof VisitThread stuck) {
            stuck.pool.replace(stuck);
        }
    }

    private synchronized void replace(VisitThread stuck) {
        if (threads.remove(stuck)) {
            stuck.replaced = true;
            startThread();
        }
    }

    private void startThread() {
        VisitThread thread = new VisitThread(this, made.incrementAndGet());
        if (akkaFactory != null) {
            thread.setUncaughtExceptionHandler(akkaFactory.exceptionHandler());
            OptionConverters.toJava(akkaFactory.contextClassLoader()).ifPresent(thread::setContextClassLoader);
        }
        threads.add(thread);
        threadCount = threads.size();
        thread.start();
    }

    private synchronized void ended(VisitThread thread) {
        threads.remove(thread);
        threadCount = threads.size();
        notifyAll();
    }

    private void runTasks(VisitThread thread) {
        while (!thread.replaced) {
            Runnable task = waiting.poll();
            if (task != null) {
                run(task, thread);
            } else if (shutdown) {
                return;
            } else {
                sleepUntilSomeWaits(thread);
            }
        }
        // It may have been woken for a task that it did not run.
        wakeOne();
    }

    private static void run(Runnable task, VisitThread thread) {
        try {
            task.run();
        } catch (Throwable thrown) {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
        }
    }

    private void sleepUntilSomeWaits(VisitThread thread) {
        sleeping.add(thread);
        for (int looks = isFirst(thread) ? LOOKS : 0; waiting.isEmpty() && !shutdown; looks--) {
            if (looks > 0) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
                // An interrupt that a shrinker left behind would keep it awake.
                Thread.interrupted();
                // The waker has taken it off the sleepers.
                break;
            }
        }
        if (!sleeping.remove(thread)) {
            waking.decrementAndGet();
        }
    }

    private boolean isFirst(VisitThread thread) {
        Iterator<VisitThread> all = sleeping.iterator();
        return all.hasNext() && all.next() == thread;
    }

    @Override
    public void execute(Runnable task) {
        if (shutdown) {
            throw new RejectedExecutionException("The pool [" + name + "] is shut down");
        }
        if (Thread.currentThread() instanceof VisitThread thread && thread.pool == this && thread.keeps(task)) {
            return;
        }
        waiting.add(task);
        if (shutdown && waiting.remove(task)) {
            throw new RejectedExecutionException("The pool [" + name + "] is shut down");
        }
        wakeOne();
        if (threadCount < parallelism) {
            addThread();
        }
    }

    private synchronized void addThread() {
        if (threads.size() < parallelism && !shutdown) {
            startThread();
        }
    }

    private void wakeOne() {
        if (waiting.isEmpty()) {
            return;
        }
        // Before the thread is taken from the sleepers, so that it always is in one of the two.
        waking.incrementAndGet();
        VisitThread next = sleeping.pollFirst();
        if (next != null) {
            LockSupport.unpark(next);
        } else {
            waking.decrementAndGet();
        }
    }

    @Override
    public synchronized void shutdown() {
        shutdown = true;
        threads.forEach(LockSupport::unpark);
    }

    @Override
    public synchronized List<Runnable> shutdownNow() {
        List<Runnable> notRun = new ArrayList<>();
        for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
            notRun.add(task);
        }
        shutdown();
        threads.forEach(Thread::interrupt);
        return notRun;
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public synchronized boolean isTerminated() {
        return shutdown && threads.isEmpty();
    }

    @Override
    public synchronized boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        long end = System.nanoTime() + unit.toNanos(timeout);
        while (!isTerminated()) {
            long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (millis <= 0) {
                return false;
            }
            wait(millis);
        }
        return true;
    }
}
