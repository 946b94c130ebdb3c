package io.reclaimer;

import akka.actor.setup.Setup;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.function.LongSupplier;

/**
 * Another clock and other threads than the machine's, for an actor system whose time is steered: given when the system is
 * created, with its other setups.
 *
 * <p>All else that takes time goes by the system's scheduler and dispatchers, which its configuration names. Whoever gives a
 * clock here gives a scheduler there that agrees with it.
 */
public final class ReclaimerSetup extends Setup {

    private final LongSupplier nanoTime;
    private final ExecutorService blocking;

    /**
     * @param nanoTime nanoseconds from any start; asked by any thread
     * @param blocking runs blocking shrinkers; shut down when the system has ended
     */
    public ReclaimerSetup(LongSupplier nanoTime, ExecutorService blocking) {
        Objects.requireNonNull(nanoTime, "nanoTime");
        Objects.requireNonNull(blocking, "blocking");
        this.nanoTime = nanoTime;
        this.blocking = blocking;
    }

    LongSupplier nanoTime() {
        return nanoTime;
    }

    ExecutorService blocking() {
        return blocking;
    }
}
