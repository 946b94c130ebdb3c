package io.reclaimer.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all actors of one engine read, and who writes it. */
public final class Published {

    private static final Logger LOG = LoggerFactory.getLogger(Published.class);

    private final EngineSettings settings;
    private final LongSupplier nanoTime;
    private final BlockingCalls blockingCalls;
    private final CallMarks callMarks = new CallMarks();
    private final Tracer tracer = new Tracer();

    /** Bits set for ids beyond a map: a caller's error. Added to by pairs. */
    private final AtomicLong strayBits = new AtomicLong();

    /** Written by the registry only; read by everybody, at every step of a walk. */
    private volatile ShrinkerTable table = ShrinkerTable.EMPTY;

    /** Written by the registry only; for people. */
    private volatile int nrMax;

    /**
     * What one engine shares.
     *
     * @param nanoTime the clock, in nanoseconds from any start
     * @param blocking a thread for each task it is given, at once
     */
    public Published(EngineSettings settings, LongSupplier nanoTime, Executor blocking) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.blockingCalls = new BlockingCalls(blocking, settings.blockingCalls(), settings.blockingCallsPerShrinker());
    }

    BlockingCalls blockingCalls() {
        return blockingCalls;
    }

    CallMarks callMarks() {
        return callMarks;
    }

    EngineSettings settings() {
        return settings;
    }

    LongSupplier nanoTime() {
        return nanoTime;
    }

    /** Where visits are traced. */
    public Tracer tracer() {
        return tracer;
    }

    /** The shrinkers there are now. */
    public ShrinkerTable table() {
        return table;
    }

    void publish(ShrinkerTable newTable) {
        table = newTable;
    }

    /** How many ids all maps hold at least. */
    public int nrMax() {
        return nrMax;
    }

    void publishNrMax(int newNrMax) {
        nrMax = newNrMax;
    }

    /** Objects scanned by all visits so far. */
    public long scannedObjects() {
        return callMarks.scannedObjects();
    }

    /** How often a bit was set for an id beyond the cgroup's map. */
    public long strayBits() {
        return strayBits.get();
    }

    /** Counts such a bit. True for the first one. */
    boolean countStrayBit() {
        return strayBits.incrementAndGet() == 1;
    }

    /** Counts such a bit, and warns of the first one. */
    void strayBit(ShrinkerEntry entry, Pair pair) {
        if (countStrayBit()) {
            LOG.warn(
                    "A bit was set for shrinker [{}] in [{}], whose map holds [{}] ids. It is ignored, and so are all"
                            + " such; this is said once",
                    entry,
                    pair,
                    pair.units().nrMax());
        }
    }
}
