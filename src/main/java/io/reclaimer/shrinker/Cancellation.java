package io.reclaimer.shrinker;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A switch that ends rounds early: given to any number of requests, thrown once, from any thread. Rounds requested with
 * one that was thrown before end at once.
 */
public final class Cancellation {

    private volatile boolean cancelled;
    /** Guarded by {@code this}. */
    private List<Runnable> listeners = new ArrayList<>();

    /**
     * Throws the switch; again does nothing.
     *
     * @throws RuntimeException or an {@link Error} that a listener threw, after all of them were run; the first where several did
     */
    public void cancel() {
        List<Runnable> toRun;
        synchronized (this) {
            cancelled = true;
            toRun = listeners;
            listeners = new ArrayList<>();
        }
        Throwable failed = null;
        for (Runnable listener : toRun) {
            try {
                listener.run();
            } catch (Throwable thrown) {
                failed = failed == null ? thrown : failed;
            }
        }
        if (failed != null) {
            throw Cancellation.<RuntimeException>asIs(failed);
        }
    }

    /** Whatever a listener threw, a checked exception that was sneaked out included. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // nothing is cast: the compiler alone is told so
    private static <T extends Throwable> T asIs(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /** Whether the switch was thrown. */
    public boolean isCancelled() {
        return cancelled;
    }

    /**
     * Runs {@code listener} when the switch is thrown, on the thread that throws it, or now if it was; it must be quick.
     *
     * @return the registration; a switch that outlives many rounds collects listeners whose registration is not closed
     */
    public Registration onCancel(Runnable listener) {
        Objects.requireNonNull(listener, "listener");
        synchronized (this) {
            if (!cancelled) {
                listeners.add(listener);
                return () -> forget(listener);
            }
        }
        listener.run();
        return () -> {};
    }

    private synchronized void forget(Runnable listener) {
        listeners.remove(listener);
    }
}
