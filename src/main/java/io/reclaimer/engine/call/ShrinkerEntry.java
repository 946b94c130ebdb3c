package io.reclaimer.engine.call;

import akka.Done;
import akka.actor.typed.ActorRef;
import io.reclaimer.engine.unit.DeferredCounts;
import io.reclaimer.engine.unit.ObjectSize;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerKind;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.ShrinkerTrait;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One allocated shrinker, as all parts of the engine share it. Thread-safe. */
public final class ShrinkerEntry {

    /** How long a shrinker counts as slow after it was slow last. */
    private static final long SLOW_FOR_NANOS = Duration.ofSeconds(10).toNanos();

    /** The id of a shrinker that is not cgroup aware. */
    public static final int NO_ID = -1;

    private final ShrinkerSpec spec;
    private final ShrinkerKind kind;
    private final int id;
    private final long serial;
    private final ActorRef<ShrinkerGuard.Command> guard;
    private final CallContext context;

    // Parts of the spec that each visit reads.
    private final boolean numaAware;
    private final boolean nonSlab;
    private final boolean reentrant;
    private final boolean freesAtOnce;
    private final boolean lossless;
    private final long batch;

    /** The nodes whose rounds it takes part in; null for all. */
    private final @Nullable BitSet onNodes;

    private final @Nullable Shrinker plain;
    private final CallStrategy strategy;
    private final Duration callDeadline;
    private final ReferenceCount references = new ReferenceCount();
    private final FreedListeners freedListeners = new FreedListeners();
    private final ObjectSize objectSize;
    private final Faults faults;
    private final Refaults refaults;

    /** The deferred counts of a global shrinker: one count if it is not NUMA aware, none for a cgroup-aware one. */
    private final DeferredCounts globalDeferred;

    /** Whether it is slow; written by the watchdog, and by threads for blocking calls. */
    private volatile boolean slow;

    /**
     * Whether it is registered and plain, and neither slow, stuck nor being freed. Read by visits instead of all of
     * these. Written under the lock of {@code this} after any of them has changed, so the last write is right; a visit
     * that reads it just before that begins as if it had come earlier.
     */
    private volatile boolean ready;

    private volatile long slowSinceNanos;

    /**
     * Calls past their deadline that hold a thread; 1 for an actor that is not visited because of its unanswered calls.
     * Rises when such a call is found, and falls when it comes back.
     */
    private final AtomicInteger stuckCalls = new AtomicInteger();

    /** Its place in the order of registration; written by the registry before it publishes the table. */
    private volatile long order;

    public ShrinkerEntry(
            ShrinkerSpec spec,
            ShrinkerTarget target,
            int id,
            long serial,
            ActorRef<ShrinkerGuard.Command> guard,
            CallContext context) {
        this.spec = spec;
        this.kind = target.kind();
        this.id = id;
        this.serial = serial;
        this.guard = guard;
        this.context = context;
        this.numaAware = spec.isNumaAware();
        this.nonSlab = spec.traits().contains(ShrinkerTrait.NON_SLAB);
        this.reentrant = spec.traits().contains(ShrinkerTrait.REENTRANT);
        this.freesAtOnce = spec.traits().contains(ShrinkerTrait.FREES_AT_ONCE);
        this.lossless = spec.traits().contains(ShrinkerTrait.LOSSLESS);
        this.batch = spec.batch();
        this.onNodes =
                spec.nodes().isEmpty() ? null : spec.nodes().stream().collect(BitSet::new, BitSet::set, BitSet::or);
        this.plain = target.plain();
        this.strategy = target.strategy(context.blockingCalls(), context.visitingThreads());
        EngineSettings settings = context.settings();
        this.callDeadline = spec.callDeadline().orElse(settings.calls().deadline());
        this.objectSize = new ObjectSize(spec.name(), spec.objectBytes());
        this.faults = new Faults(
                spec.name(),
                settings.quarantine().afterFaults(),
                settings.quarantine().duration(),
                context.nanoTime(),
                () -> context.faultsHeldBack(faults()));
        this.refaults = new Refaults(spec.seeks(), settings.refaults(), context.nanoTime());
        this.globalDeferred = new DeferredCounts(id != NO_ID ? 0 : numaAware ? settings.nodes() : 1);
    }

    public ShrinkerSpec spec() {
        return spec;
    }

    /** The id, or {@link #NO_ID}. */
    public int id() {
        return id;
    }

    /** Whether it has an id, and so bits. */
    public boolean isCgroupAware() {
        return id != NO_ID;
    }

    /** A number that no other allocation has, rising with time; 1 or more. */
    public long serial() {
        return serial;
    }

    public ShrinkerKind kind() {
        return kind;
    }

    public Faults faults() {
        return faults;
    }

    public Refaults refaults() {
        return refaults;
    }

    public ObjectSize objectSize() {
        return objectSize;
    }

    /** The cost of recreating an object now. */
    public int seeks() {
        return refaults.seeks();
    }

    CallContext context() {
        return context;
    }

    /** How many visits use it now. */
    public int holdCount() {
        // Hazard pointers first: a hold moves from there to the count, and never back.
        int hazards = context.visitingThreads().count(serial);
        return hazards + references.count();
    }

    public ReferenceCount references() {
        return references;
    }

    /** Allows visits from now on. False if they are allowed already, or it is being freed. */
    public boolean register() {
        boolean registered = references.register();
        updateReady();
        return registered;
    }

    /** Refuses holds from now on. False if it is being freed already. */
    boolean beginFree() {
        boolean begun = references.beginFree();
        updateReady();
        return begun;
    }

    private synchronized void updateReady() {
        ready = plain != null && references.isRegistered() && !slow && !isStuck();
    }

    /** Whether it is registered and plain, had no fault lately, and is neither slow, stuck nor being freed. */
    public boolean isReady() {
        return ready && !faults.isMarked();
    }

    public boolean isRegistered() {
        return references.isRegistered();
    }

    public boolean isFreeing() {
        return references.isFreeing();
    }

    /** Releases a counted hold. */
    void release() {
        references.release();
        released();
    }

    /** Tells the guard that a hold is gone, if the shrinker is being freed. */
    void released() {
        if (isFreeing()) {
            guard.tell(ShrinkerGuard.Released.INSTANCE);
        }
    }

    /**
     * Frees it: no new visit starts, and the receiver is told when the last one has ended and the id is given back.
     * Freeing it again tells another receiver. Any thread.
     */
    public void free(Reply<Done> replyTo) {
        freedListeners.add(replyTo);
        if (beginFree()) {
            guard.tell(new ShrinkerGuard.Free(this));
            strategy.freeing();
        }
    }

    /** Tells all that it is freed: nobody calls it any more. Called by the guard. */
    void freed() {
        strategy.freed();
        faults.freed();
        context.forgetFaults(faults);
        freedListeners.freed();
    }

    /** Its place in the order of registration, above 0; 0 before it is registered. */
    public long order() {
        return order;
    }

    public void setOrder(long newOrder) {
        order = newOrder;
    }

    /** The objects of one scan call. */
    public long batch() {
        return batch;
    }

    /** The shrinker, if it is called inside the visit now; otherwise null, and {@link PendingCall}s are made. */
    public @Nullable Shrinker plain() {
        return slow ? null : plain;
    }

    /** Whether a visit may have to wait for it. */
    public boolean mayBlock() {
        return slow || plain == null;
    }

    /** Makes a call outside of the visit. */
    void make(PendingCall call) {
        strategy.make(call);
    }

    void giveUp(PendingCall call) {
        strategy.givenUp(call);
    }

    public Duration callDeadline() {
        return callDeadline;
    }

    /** Whether a call past its deadline is a fault. Not for an actor, whose mailbox may be long. */
    public boolean isOverdueAFault() {
        return kind != ShrinkerKind.ACTOR;
    }

    boolean isReentrant() {
        return reentrant;
    }

    /**
     * Whether a call of it held a visiting thread for long, lately. While it is slow, it is called on the threads for
     * blocking shrinkers. There the number of threads per shrinker is bounded, however many cgroups have objects of it.
     */
    boolean isSlow() {
        return slow;
    }

    /** Marks it as slow: a call of it holds its thread for longer than others are to wait. */
    void markSlow() {
        slowSinceNanos = context.nanoTime().getAsLong();
        slow = true;
        updateReady();
    }

    /**
     * Takes the duration of a call on a thread for blocking shrinkers. Ends the slow state after calls were quick for
     * long enough. Any thread.
     */
    void recordBlockingCall(long nanos) {
        if (!slow) {
            return;
        }
        long now = context.nanoTime().getAsLong();
        if (nanos >= context.settings().calls().lateAfter().toNanos()) {
            slowSinceNanos = now;
        } else if (now - slowSinceNanos >= SLOW_FOR_NANOS) {
            slow = false;
            updateReady();
        }
    }

    /** Calls past their deadline that have yet to come back. */
    public int stuckCalls() {
        return stuckCalls.get();
    }

    public boolean isStuck() {
        return stuckCalls.get() > 0;
    }

    /** Counts more calls as stuck, or fewer. A shrinker with a stuck call is slow, too. Any thread. */
    public void addStuckCalls(int more) {
        if (more > 0) {
            markSlow();
        }
        stuckCalls.addAndGet(more);
        updateReady();
    }

    /** Whether no visit begins although it is registered: it is in quarantine, or a call has not come back. */
    public boolean isSuspended() {
        return isStuck() || faults.isQuarantined();
    }

    /** Whether its memory is freed without a garbage collection. */
    public boolean freesAtOnce() {
        return freesAtOnce;
    }

    /** Whether it frees only objects that can be restored. */
    public boolean isLossless() {
        return lossless;
    }

    /** Whether it is visited in cgroups even while object accounting is off. */
    public boolean isNonSlab() {
        return nonSlab;
    }

    /** Whether it takes part in rounds over a node. */
    public boolean isOn(int node) {
        return onNodes == null || onNodes.get(node);
    }

    /** The node that it is told, and whose deferred count it uses, in a pass for {@code node}. */
    public int nodeFor(int node) {
        return numaAware ? node : 0;
    }

    /** Takes out the deferred count of a global shrinker, leaving 0. */
    public long takeGlobalDeferred(int node) {
        return globalDeferred.take(nodeFor(node));
    }

    /** Adds to the deferred count of a global shrinker, and returns the sum. */
    public long addGlobalDeferred(int node, long objects) {
        return globalDeferred.add(nodeFor(node), objects);
    }

    /** The deferred counts of a global shrinker, by node; nothing for a cgroup-aware one. */
    public long[] globalDeferredCounts() {
        return globalDeferred.all();
    }

    /** Whether a map may have no room for its id. The registry hands out no such id. */
    public boolean isBeyondMaps() {
        return id >= context.nrMax();
    }

    /** Counts a bit that was set for it in spite of that; {@code place} is for people. */
    public void strayBit(String place) {
        context.strayBit(this, place);
    }

    /** For people: the name, and the id that tells it from others of that name. */
    @Override
    public String toString() {
        return isCgroupAware() ? spec.name() + " (id " + id + ")" : spec.name();
    }
}
