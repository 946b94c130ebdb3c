package io.reclaimer.shrinker;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A switch that ends rounds early. One switch may be given to any number of requests, and is thrown once for all of
 * them. A round that is requested with a switch that was thrown before ends at once. Thread-safe.
 */
public final class Cancellation {

    private volatile boolean cancelled;
    /** Guarded by {@code this}. */
    private List<Runnable> listeners = new ArrayList<>();

    /**
     * Throws the switch, and runs all listeners on the calling thread. Has no effect if the switch was thrown before.
     *
     * @throws RuntimeException or {@link Error}, the first one that a listener threw; thrown after all listeners have
     *     run
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

    /** Throws the exception of a listener unchanged, also a checked one that the compiler did not see. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // T is erased: no cast at run time
    private static <T extends Throwable> T asIs(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /** Returns whether the switch was thrown. */
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
