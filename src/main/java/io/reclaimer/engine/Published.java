package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all actors of one engine read, and who writes it. */
public final class Published {

    private static final Logger LOG = LoggerFactory.getLogger(Published.class);

    private final EngineSettings settings;
    private final LongSupplier nanoTime;
    private final BlockingCalls blockingCalls;
    private final PendingCalls pendingCalls = new PendingCalls();
    private final CallMarks callMarks;
    private final Tracer tracer = new Tracer();

    /** Bits set for ids beyond a map: a caller's error. Added to by pairs. */
    private final AtomicLong strayBits = new AtomicLong();

    /** Written by the registry only; read by everybody, at every step of a walk. */
    private volatile ShrinkerTable table = ShrinkerTable.EMPTY;

    /** Written by the registry only. */
    private volatile int nrMax;

    /** Passes that were begun so far. */
    private final AtomicLong passes = new AtomicLong();

    /** Set once, when they begin. */
    private volatile @Nullable ActorRef<CgroupTree.Command> tree;

    private volatile @Nullable ActorRef<CallWatch.Command> watch;

    private volatile @Nullable ActorRef<TimeSlices.Next> timeSlices;

    /** Whether calls are watched: set by who begins them, taken back by the watch. */
    private volatile boolean watched;

    /**
     * What one engine shares.
     *
     * @param nanoTime the clock, in nanoseconds from any start
     * @param blocking a thread for each task it is given, at once
     */
    public Published(EngineSettings settings, LongSupplier nanoTime, Executor blocking) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.callMarks = new CallMarks(nanoTime);
        this.blockingCalls = new BlockingCalls(blocking, settings.blockingCalls(), settings.blockingCallsPerShrinker());
    }

    BlockingCalls blockingCalls() {
        return blockingCalls;
    }

    CallMarks callMarks() {
        return callMarks;
    }

    PendingCalls pendingCalls() {
        return pendingCalls;
    }

    /** The number of a new pass: higher than those of all passes before it. */
    long nextPass() {
        return passes.incrementAndGet();
    }

    /** The actor of the tree begins. */
    void treeIs(ActorRef<CgroupTree.Command> actor) {
        tree = actor;
    }

    ActorRef<CgroupTree.Command> tree() {
        return Objects.requireNonNull(tree, "The tree has not begun");
    }

    /** The watch begins. */
    void watchedBy(ActorRef<CallWatch.Command> actor) {
        watch = actor;
    }

    /** The actor that hands out time slices begins. */
    void timeSlicesAre(ActorRef<TimeSlices.Next> actor) {
        timeSlices = actor;
    }

    /** A time slice is over: the message comes to the visitor when others have had their turn. Any thread. */
    void sliceOver(Visitor visitor, CgroupNode.Command message) {
        Objects.requireNonNull(timeSlices, "Time slices are not handed out yet")
                .tell(new TimeSlices.Next(visitor, message));
    }

    /** User code is about to be called: sees to it that this is watched. Any thread. */
    void callsBegin() {
        if (!watched) {
            watched = true;
            ActorRef<CallWatch.Command> to = watch;
            if (to != null) {
                to.tell(CallWatch.Command.WATCH);
            }
        }
    }

    /** The watch looks no more, until it is told that calls begin. */
    void watchRests() {
        watched = false;
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

    /** How many ids all maps have room for: rises before an id is handed out. */
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

    /** Bytes freed by all visits so far, but for what is given back at once. */
    public long freedBytes() {
        return callMarks.freedBytes();
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
    void strayBit(ShrinkerEntry entry, CgroupHandle cgroup, int node) {
        if (countStrayBit()) {
            LOG.warn(
                    "A bit was set for shrinker [{}] in [{}] on node [{}], whose map holds [{}] ids. It is ignored, and so"
                            + " are all such; this is said once",
                    entry,
                    cgroup,
                    node,
                    nrMax);
        }
    }
}
