package io.reclaimer.console.demo;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Ends the process on an {@link OutOfMemoryError} in any thread: prints one line on standard error and the summary,
 * then halts with an exit code of its own, without waiting for other threads. Thread-safe.
 *
 * <p>A reserve of memory is kept for that. The summary has to be printed or rendered once before, because loading its
 * classes takes memory too.
 */
public final class OutOfMemoryExit {

    /** Enough for the summary and for allocations of other threads meanwhile. */
    private static final int RESERVE_BYTES = 8 << 20;

    /** The Parallel collector may still throw after memory is free, because of the time that it has spent. */
    private static final int TRIES = 5;

    private final int exitCode;
    private final byte[] line;
    private final Runnable printSummary;
    private final FileOutputStream standardError = new FileOutputStream(FileDescriptor.err);

    /** Swallows the stack traces of other threads. */
    private final PrintStream nullStream =
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

    private final AtomicBoolean first = new AtomicBoolean(true);

    /** Null from the moment that memory ran out. */
    private volatile byte @Nullable [] reserve = new byte[RESERVE_BYTES];

    /**
     * @param message the line for standard error
     * @param printSummary prints the summary
     */
    public OutOfMemoryExit(int exitCode, String message, Runnable printSummary) {
        this.exitCode = exitCode;
        this.line = (message + System.lineSeparator()).getBytes(StandardCharsets.UTF_8);
        this.printSummary = printSummary;
    }

    /** Returns whether the process is ending, so that loads stop allocating. */
    boolean isUnderWay() {
        return reserve == null;
    }

    /** Ends the process. Does not return. */
    void exit() {
        reserve = null;
        if (first.compareAndSet(true, false)) {
            try {
                System.setErr(nullStream);
                standardError.write(line);
                printSummary(TRIES);
            } catch (IOException | RuntimeException | Error e) {
                // Nothing can be printed any more; the exit code still tells the cause.
            } finally {
                Runtime.getRuntime().halt(exitCode);
            }
        }
        while (true) {
            LockSupport.park(this);
        }
    }

    private void printSummary(int tries) {
        try {
            printSummary.run();
        } catch (OutOfMemoryError e) {
            if (tries > 1) {
                printSummary(tries - 1);
            }
        }
    }

    /**
     * Becomes the handler of uncaught errors of all threads without a handler of their own, and of the running threads
     * of an actor system. Akka's own handler needs memory to log.
     *
     * @param system the name of the actor system, which is the prefix of its threads' names
     */
    public void handleUncaughtErrors(String system) {
        Thread.setDefaultUncaughtExceptionHandler(this::uncaught);
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(system + "-"))
                .forEach(thread -> thread.setUncaughtExceptionHandler(this::uncaught));
    }

    private void uncaught(Thread thread, Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            exit();
        }
        failure.printStackTrace();
    }
}
