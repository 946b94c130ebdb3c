package io.reclaimer.engine.call;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The kind of threads that blocking shrinkers are called on. {@link BlockingCalls} bounds how many run at a time. */
public enum BlockingThreads {
    /** Virtual if the JVM has virtual threads that a lock does not pin (24 and later), otherwise platform. */
    AUTO,
    VIRTUAL,
    PLATFORM;

    /** The first version in which a virtual thread that waits for a lock releases its carrier (JEP 491). */
    private static final int UNPINNED_SINCE = 24;

    private static final int VIRTUAL_SINCE = 21;
    private static final String NAME = "reclaimer-blocking-";

    /** How long an idle platform thread is kept. */
    private static final long KEPT_SECONDS = 10;

    /** Whether this JVM has such threads. */
    public boolean isSupported() {
        return this != VIRTUAL || Runtime.version().feature() >= VIRTUAL_SINCE;
    }

    /**
     * Makes an executor with a thread for each task. They are daemons, so that a call that does not come back keeps no
     * JVM alive.
     */
    public ExecutorService create() {
        boolean virtual = this == VIRTUAL || (this == AUTO && Runtime.version().feature() >= UNPINNED_SINCE);
        return new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                virtual ? 0 : KEPT_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                virtual ? virtualThreads() : platformThreads());
    }

    private static ThreadFactory platformThreads() {
        AtomicLong count = new AtomicLong();
        return task -> {
            Thread thread = new Thread(task, NAME + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** By reflection, because this is compiled for Java 17. */
    private static ThreadFactory virtualThreads() {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            Object named = type.getMethod("name", String.class, long.class).invoke(builder, NAME, 1L);
            return (ThreadFactory) type.getMethod("factory").invoke(named);
        } catch (NoSuchMethodException | IllegalAccessException | ClassNotFoundException e) {
            throw new IllegalStateException("This JVM has no virtual threads [reclaimer.blocking.threads]", e);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("Virtual threads can't be made", e.getCause());
        }
    }
}
