package io.reclaimer.engine;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import akka.dispatch.MonitorableThreadFactory;
import com.typesafe.config.Config;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads that run visits, a fork-join pool that can be replaced: where a thread does not come back from a shrinker,
 * a new pool takes over all that waits, and the old one ends when that thread does. (A fork-join pool can be told to run
 * more threads only from JDK 19 on.) What shrinkers throw is caught where they are called; an error that comes as far as here is
 * handled as Akka is configured to ({@code akka.jvm-exit-on-fatal-error}).
 *
 * <p>Any thread. What is handed in is run by one pool or the other: a pool that is replaced refuses, who was refused asks its
 * successor, and the successor is told of all that waits.
 */
final class VisitPool extends AbstractExecutorService {

    /** Named by {@code reclaimer.visit-dispatcher.executor}; made by Akka. */
    public static final class Configurator extends ExecutorServiceConfigurator {
        private final int parallelism;

        public Configurator(Config config, DispatcherPrerequisites prerequisites) {
            super(config, prerequisites);
            Config section = config.getConfig("fork-join-executor");
            long threads = Math.round(
                    Math.ceil(Runtime.getRuntime().availableProcessors() * section.getDouble("parallelism-factor")));
            this.parallelism = (int)
                    Math.min(Math.max(threads, section.getInt("parallelism-min")), section.getInt("parallelism-max"));
        }

        @Override
        public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threadFactory) {
            return new ExecutorServiceFactory() {
                @Override
                public ExecutorService createExecutorService() {
                    return new VisitPool(id, parallelism, handlerOf(threadFactory), VisitPool::newForkJoinPool);
                }
            };
        }
    }

    private static ForkJoinPool newForkJoinPool(int parallelism, ForkJoinPool.ForkJoinWorkerThreadFactory factory) {
        return new ForkJoinPool(parallelism, factory, null, true);
    }

    private static Thread.@Nullable UncaughtExceptionHandler handlerOf(ThreadFactory factory) {
        return factory instanceof MonitorableThreadFactory akkas ? akkas.exceptionHandler() : null;
    }

    /** Knows its pool, so that it can be replaced, and its mark, so that it need not be looked up. */
    static final class VisitThread extends ForkJoinWorkerThread {
        private final VisitPool owner;

        /** This thread's alone. */
        private @Nullable CallMarks marks;

        private @Nullable CallMark mark;

        VisitThread(ForkJoinPool pool, VisitPool owner) {
            super(pool);
            this.owner = owner;
        }

        /** Its mark among these; null where it is not known yet. This thread. */
        @Nullable
        CallMark markOf(CallMarks among) {
            return marks == among ? mark : null;
        }

        CallMark marked(CallMarks among, CallMark with) {
            marks = among;
            mark = with;
            return with;
        }
    }

    /** Makes the pools. */
    interface Pools {
        ForkJoinPool create(int parallelism, ForkJoinPool.ForkJoinWorkerThreadFactory factory);
    }

    private final String name;
    private final int parallelism;
    private final Pools pools;
    private final Thread.@Nullable UncaughtExceptionHandler handler;
    private final AtomicInteger threads = new AtomicInteger();

    /**
     * All that waits, in the order in which it was handed in. A fork-join pool by itself keeps no order among what other threads
     * hand in: there is a queue for each of them, and a thread that has found one with something in it stays with it.
     */
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** Runs the first one; handed to a pool at least once for each that waits. */
    private final Runnable runFirst = () -> {
        Runnable first = waiting.poll();
        if (first != null) {
            first.run();
        }
    };

    /** Replaced under this object's lock. */
    private volatile ForkJoinPool current;

    VisitPool(String name, int parallelism, Thread.@Nullable UncaughtExceptionHandler handler, Pools pools) {
        this.pools = pools;
        this.name = name;
        this.parallelism = parallelism;
        this.handler = handler;
        this.current = newPool();
    }

    /** A thread does not come back: another takes its place. Nothing happens where it has been replaced already. */
    static void replace(Thread thread) {
        if (thread instanceof VisitThread stuck) {
            stuck.owner.replace(stuck.getPool());
        }
    }

    private synchronized void replace(ForkJoinPool stuck) {
        ForkJoinPool old = current;
        if (old == stuck && !old.isShutdown()) {
            ForkJoinPool successor = newPool();
            current = successor;
            // From here on it refuses. What it was handed before is run by the threads that it has left, or is lost
            // with it.
            old.shutdown();
            // Whoever hands in a task has it wait first, and then looks for the pool. So either it waits by now, or the
            // successor is found.
            for (int tasks = waiting.size(); tasks > 0; tasks--) {
                successor.execute(runFirst);
            }
        }
    }

    private ForkJoinPool newPool() {
        return pools.create(parallelism, pool -> {
            VisitThread thread = new VisitThread(pool, this);
            thread.setName(name + "-" + threads.incrementAndGet());
            if (handler != null) {
                thread.setUncaughtExceptionHandler(handler);
            }
            return thread;
        });
    }

    @Override
    public void execute(Runnable task) {
        waiting.add(task);
        try {
            wake();
        } catch (RejectedExecutionException e) {
            waiting.remove(task);
            throw e;
        }
    }

    private void wake() {
        ForkJoinPool pool = current;
        while (true) {
            try {
                pool.execute(runFirst);
                return;
            } catch (RejectedExecutionException e) {
                ForkJoinPool successor = current;
                if (successor == pool) {
                    throw e;
                }
                pool = successor;
            }
        }
    }

    @Override
    public synchronized void shutdown() {
        current.shutdown();
    }

    @Override
    public synchronized List<Runnable> shutdownNow() {
        return current.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return current.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return current.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return current.awaitTermination(timeout, unit);
    }
}
