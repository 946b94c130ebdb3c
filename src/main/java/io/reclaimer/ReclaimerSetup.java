package io.reclaimer;

import akka.actor.setup.Setup;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.function.LongSupplier;

/**
 * The clock, and the threads of blocking shrinkers, for an actor system whose time is simulated. Passed to the system
 * when it is created, with its other setups.
 *
 * <p>Everything else that takes time uses the scheduler and the dispatchers that the configuration of the system names.
 * A scheduler that agrees with this clock has to be configured there.
 */
public final class ReclaimerSetup extends Setup {

    private final LongSupplier nanoTime;
    private final ExecutorService blocking;

    /**
     * @param nanoTime the clock, in nanoseconds from any start; read by any thread
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
