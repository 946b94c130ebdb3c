package io.reclaimer.engine.call;

import akka.actor.typed.ActorRef;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The state of one engine that its calls to user code share. Thread-safe; each setter says who may call it. */
public class CallContext {

    private static final Logger LOG = LoggerFactory.getLogger(CallContext.class);

    private final EngineSettings settings;
    private final LongSupplier nanoTime;
    private final BlockingCalls blockingCalls;
    private final PendingCalls pendingCalls = new PendingCalls();
    private final VisitingThreads visitingThreads;
    private final Tracer tracer = new Tracer();

    /** Bits that were set for ids beyond a map, which is a caller's error. */
    private final AtomicLong bitsBeyondMap = new AtomicLong();

    /** Written by the registry only; read by everybody, at every step of an iteration. */
    private volatile ShrinkerTable table = ShrinkerTable.EMPTY;

    /** Written by the registry only. */
    private volatile int nrMax;

    private volatile @Nullable ActorRef<CallWatchdog.Command> watchdog;

    private volatile @Nullable ActorRef<FaultLog.Command> faultLog;

    /** Whether the watchdog runs: set by whoever begins calls, cleared by the watchdog. */
    private volatile boolean watched;

    /**
     * The state of a new engine.
     *
     * @param nanoTime the clock, in nanoseconds from any start
     * @param blocking runs each task at once, on a thread where it may block
     * @param threads makes the published state of a visiting thread
     */
    protected CallContext(
            EngineSettings settings,
            LongSupplier nanoTime,
            Executor blocking,
            Function<Thread, VisitingThread> threads) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.visitingThreads = new VisitingThreads(threads);
        this.blockingCalls = new BlockingCalls(
                blocking, settings.calls().blocking(), settings.calls().blockingPerShrinker());
    }

    public final EngineSettings settings() {
        return settings;
    }

    public final LongSupplier nanoTime() {
        return nanoTime;
    }

    public final VisitingThreads visitingThreads() {
        return visitingThreads;
    }

    public final PendingCalls pendingCalls() {
        return pendingCalls;
    }

    final BlockingCalls blockingCalls() {
        return blockingCalls;
    }

    public final Tracer tracer() {
        return tracer;
    }

    /** The shrinkers there are now. */
    public final ShrinkerTable table() {
        return table;
    }

    /** Publishes a new table. Called by the registry. */
    public final void publish(ShrinkerTable newTable) {
        table = newTable;
    }

    /** How many ids every map has room for. It rises before an id is handed out. */
    public final int nrMax() {
        return nrMax;
    }

    /** Publishes a higher {@link #nrMax}. Called by the registry. */
    public final void publishNrMax(int newNrMax) {
        nrMax = newNrMax;
    }

    /** Sets the watchdog. Called by the watchdog. */
    final void setWatchdog(ActorRef<CallWatchdog.Command> actor) {
        watchdog = actor;
    }

    /** Marks the watchdog as paused, until calls begin. Called by the watchdog. */
    final void watchdogPauses() {
        watched = false;
    }

    /** Wakes the watchdog, because user code is about to be called. Any thread. */
    public final void wakeWatchdog() {
        if (!watched) {
            watched = true;
            ActorRef<CallWatchdog.Command> to = watchdog;
            if (to != null) {
                to.tell(CallWatchdog.Command.WATCH);
            }
        }
    }

    /** Sets the fault log. Called by the registry. */
    public final void setFaultLog(ActorRef<FaultLog.Command> actor) {
        faultLog = actor;
    }

    /** Has the fault log report held-back faults later. Any thread. */
    final void faultsHeldBack(Faults faults) {
        tellFaultLog(new FaultLog.HeldBack(faults));
    }

    /** Has the fault log forget a shrinker, because it is freed. Any thread. */
    final void forgetFaults(Faults faults) {
        tellFaultLog(new FaultLog.Forget(faults));
    }

    private void tellFaultLog(FaultLog.Command message) {
        ActorRef<FaultLog.Command> to = faultLog;
        if (to != null) {
            to.tell(message);
        }
    }

    /** Objects scanned by all visits so far. */
    public final long scannedObjects() {
        return visitingThreads.scannedObjects();
    }

    /** Bytes freed by all visits so far, without those given back at once. */
    public final long freedBytes() {
        return visitingThreads.freedBytes();
    }

    /** How often a bit was set for an id beyond the cgroup's map. */
    public final long bitsBeyondMap() {
        return bitsBeyondMap.get();
    }

    /** Counts a stray bit. True for the first one. */
    public final boolean countStrayBit() {
        return bitsBeyondMap.incrementAndGet() == 1;
    }

    /** Counts a stray bit, and warns of the first one; {@code place} is the cgroup and node, for people. */
    final void strayBit(ShrinkerEntry entry, String place) {
        if (countStrayBit()) {
            LOG.warn(
                    "A bit was set for shrinker [{}] in [{}], whose map holds [{}] ids. It is ignored, and so are all such; this"
                            + " is said once",
                    entry,
                    place,
                    nrMax);
        }
    }
}
