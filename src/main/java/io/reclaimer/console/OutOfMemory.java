package io.reclaimer.console;

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
 * How the process ends when there is no memory: with one line on standard error, the summary, and an exit code that says
 * so, whichever thread it hits, and without waiting for anything. Thread-safe.
 *
 * <p>It keeps a reserve to do that with. What it runs then was run before, because loading a class takes memory, too.
 */
final class OutOfMemory {

    /** Enough for the summary, and for what other threads allocate meanwhile. */
    private static final int RESERVE_BYTES = 8 << 20;

    /** The Parallel collector goes on throwing for a while after there is room, for all the time it has spent. */
    private static final int TRIES = 5;

    private final byte[] line = ("reclaimer: out of memory: the heap of "
                    + StatusLine.megabytes(Runtime.getRuntime().maxMemory())
                    + " MB is full; give it more (-Dreclaimer.heap=512m) or let it reclaim (--reclaim on)"
                    + System.lineSeparator())
            .getBytes(StandardCharsets.UTF_8);

    private final FileOutputStream standardError = new FileOutputStream(FileDescriptor.err);

    /** For the stack traces of other threads, which would drown the one line. */
    private final PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

    private final Runnable lastWords;
    /** Dropped when needed. */
    private volatile byte @Nullable [] reserve = new byte[RESERVE_BYTES];

    private final AtomicBoolean first = new AtomicBoolean(true);

    /** @param lastWords print the summary */
    OutOfMemory(Runnable lastWords) {
        this.lastWords = lastWords;
    }

    /** Whether this is the end: whoever allocates should stop. */
    boolean isDying() {
        return reserve == null;
    }

    /** Ends the process; does not return. */
    void die() {
        reserve = null;
        if (first.compareAndSet(true, false)) {
            try {
                System.setErr(nowhere);
                standardError.write(line);
                say(TRIES);
            } catch (IOException | RuntimeException | Error e) {
                // Nothing more can be said; what counts is the exit code.
            } finally {
                Runtime.getRuntime().halt(Main.OUT_OF_MEMORY);
            }
        }
        while (true) {
            LockSupport.park(this);
        }
    }

    private void say(int tries) {
        try {
            lastWords.run();
        } catch (OutOfMemoryError e) {
            if (tries > 1) {
                say(tries - 1);
            }
        }
    }

    /**
     * Makes threads without a handler of their own end the process this way, and those of an actor system that run
     * already: Akka's own handler needs memory to log.
     *
     * @param system the name of the actor system, with which the names of its threads begin
     */
    void catchAll(String system) {
        Thread.setDefaultUncaughtExceptionHandler(this::uncaught);
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(system + "-"))
                .forEach(thread -> thread.setUncaughtExceptionHandler(this::uncaught));
    }

    private void uncaught(Thread thread, Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            die();
        }
        failure.printStackTrace();
    }
}
