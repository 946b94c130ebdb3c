package io.reclaimer.engine;

import akka.Done;
import akka.actor.typed.ActorRef;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.ShrinkerTrait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** One allocated shrinker, as everybody in the engine sees it. */
public final class ShrinkerEntry {

    /** How long one that was slow is called on the threads for blocking shrinkers, after it was slow last. */
    private static final long SLOW_FOR_NANOS = Duration.ofSeconds(10).toNanos();

    /** The id of a shrinker that is not cgroup aware. */
    public static final int NO_ID = -1;

    private final ShrinkerSpec spec;

    /** Traits that are looked at in every visit. */
    private final boolean numaAware;

    /** The nodes whose rounds it takes part in; null for all. Looked at in every visit. */
    private final @Nullable BitSet onNodes;

    private final ObjectSize objectSize;
    private final boolean nonSlab;
    private final boolean reentrant;
    private final boolean freesAtOnce;
    private final boolean lossless;

    private final ShrinkerTarget target;
    private final @Nullable Shrinker plain;
    private final Callee callee;
    private final Duration callDeadline;
    private final int id;
    private final long serial;
    private final ActorRef<ShrinkerGuard.Command> guard;
    private final HoldCount holds = new HoldCount();
    private final Faults faults;
    private final Refaults refaults;

    private final Published published;
    /** Who is to hear that it is freed; guarded by this. */
    private final List<Reply<Done>> waitingForFreed = new ArrayList<>(1);

    /** Whether they have heard; guarded by this. */
    private boolean isGone;

    /** Whether it is slow; written by the watch, and by threads for blocking calls. */
    private volatile boolean slow;

    private volatile long slowSinceNanos;

    /**
     * Calls past their deadline that hold a thread, and 1 where so many wait in an actor's mailbox that it is left alone:
     * written by who finds one, and when it comes back.
     */
    private final AtomicInteger stuckCalls = new AtomicInteger();

    /** Its place in the order of registration; written by the registry before it publishes. */
    private volatile long order;

    /** What a global shrinker owes, by node; one number where it is not NUMA aware. Any thread. */
    private final AtomicLongArray globalDeferred;

    ShrinkerEntry(
            ShrinkerSpec spec,
            ShrinkerTarget target,
            int id,
            long serial,
            ActorRef<ShrinkerGuard.Command> guard,
            Published published) {
        this.spec = spec;
        this.numaAware = spec.numaAware();
        this.onNodes =
                spec.nodes().isEmpty() ? null : spec.nodes().stream().collect(BitSet::new, BitSet::set, BitSet::or);
        this.objectSize = new ObjectSize(spec.name(), spec.objectBytes());
        this.nonSlab = spec.traits().contains(ShrinkerTrait.NON_SLAB);
        this.reentrant = spec.traits().contains(ShrinkerTrait.REENTRANT);
        this.freesAtOnce = spec.traits().contains(ShrinkerTrait.FREES_AT_ONCE);
        this.lossless = spec.traits().contains(ShrinkerTrait.LOSSLESS);
        this.target = target;
        this.published = published;
        this.plain = target.plain();
        this.callee = target.callee(published.blockingCalls(), published.callMarks());
        EngineSettings settings = published.settings();
        this.callDeadline = spec.callDeadline().orElse(settings.callDeadline());
        this.id = id;
        this.serial = serial;
        this.guard = guard;
        this.faults = new Faults(
                spec.name(),
                settings.quarantineAfter(),
                settings.quarantineFor(),
                published.nanoTime(),
                () -> guard.tell(new ShrinkerGuard.FaultsUnsaid(faults())));
        this.refaults = new Refaults(spec.seeks(), settings.thrash(), published.nanoTime());
        this.globalDeferred = new AtomicLongArray(id != NO_ID ? 0 : numaAware ? settings.nodes() : 1);
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

    /** A number no other allocation has, rising with time. */
    public long serial() {
        return serial;
    }

    /** Its faults and its quarantine. */
    public Faults faults() {
        return faults;
    }

    /** How many visits use it now. */
    public int holdCount() {
        // The marks first: a hold moves from there to the count, and never back.
        int marked = published.callMarks().count(serial);
        return marked + holds.holds();
    }

    public boolean isRegistered() {
        return holds.isRegistered();
    }

    public boolean isFreeing() {
        return holds.isFreeing();
    }

    /** What a global shrinker owes, by node; nothing for one that is cgroup aware. */
    public long[] globalDeferredCounts() {
        long[] counts = new long[globalDeferred.length()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = globalDeferred.get(i);
        }
        return counts;
    }

    /** From the guard: nobody will call it any more. Answers all who freed it. */
    void freed() {
        target.freed();
        gone().forEach(replyTo -> replyTo.success(Done.getInstance()));
    }

    /** How it is called. */
    public ShrinkerTarget.Kind kind() {
        return target.kind();
    }

    /** The shrinker, where it is called inside the visit; otherwise null, and calls are {@link #make made}. */
    @Nullable
    Shrinker plain() {
        return slow ? null : plain;
    }

    /**
     * Whether a call of it held a visiting thread for long, lately: it is called on the threads for blocking shrinkers then,
     * so that no more than it may have of these wait for it, however many cgroups it has objects in.
     */
    boolean isSlow() {
        return slow;
    }

    /** A call of it holds its thread for longer than others are to wait. The watch. */
    void wasSlow() {
        slowSinceNanos = published.nanoTime().getAsLong();
        slow = true;
    }

    /** A call of it on a thread for blocking shrinkers took so long. Any thread. */
    void tookOnBlockingThread(long nanos) {
        if (!slow) {
            return;
        }
        long now = published.nanoTime().getAsLong();
        if (nanos >= published.settings().lateAfter().toNanos()) {
            slowSinceNanos = now;
        } else if (now - slowSinceNanos >= SLOW_FOR_NANOS) {
            slow = false;
        }
    }

    /** Whether its id is beyond what all maps have room for: then nobody got it from the registry. */
    boolean isBeyondMaps() {
        return id >= published.nrMax();
    }

    /** Counts a bit that was set for it in spite of that. */
    void strayBit(CgroupHandle cgroup, int node) {
        published.strayBit(this, cgroup, node);
    }

    void make(Call call) {
        callee.make(call);
    }

    /** Nobody waits for the call any more. */
    void giveUp(Call call) {
        callee.givenUp(call);
    }

    Duration callDeadline() {
        return callDeadline;
    }

    /** Whether a call past its deadline is a fault by that alone. An actor may have a long mailbox. */
    boolean isOverdueAFault() {
        return target.kind() != ShrinkerTarget.Kind.ACTOR;
    }

    boolean isReentrant() {
        return reentrant;
    }

    boolean freesAtOnce() {
        return freesAtOnce;
    }

    /** How large its objects are. */
    public ObjectSize objectSize() {
        return objectSize;
    }

    /** Whether nothing is lost that it frees. */
    public boolean isLossless() {
        return lossless;
    }

    /** Whether a visit may wait for it. */
    boolean mayBlock() {
        return slow || plain == null;
    }

    /** Its refaults, and what they make its objects cost. */
    public Refaults refaults() {
        return refaults;
    }

    /** What recreating an object costs now. */
    int seeks() {
        return refaults.seeks();
    }

    /** Calls past their deadline that have yet to come back. */
    public int stuckCalls() {
        return stuckCalls.get();
    }

    boolean isStuck() {
        return stuckCalls.get() > 0;
    }

    /** One that is stuck is slow, too. Any thread. */
    public void stuck(int more) {
        if (more > 0) {
            wasSlow();
        }
        stuckCalls.addAndGet(more);
    }

    /** Whether no visit is to begin although it is registered: it is in quarantine, or a call has yet to come back. */
    boolean isKeptAway() {
        return isStuck() || faults.isQuarantined();
    }

    /** Rises with registration, and is above 0 then. */
    long order() {
        return order;
    }

    void registeredAs(long newOrder) {
        order = newOrder;
    }

    HoldCount holds() {
        return holds;
    }

    /**
     * Frees it: no new visit starts, and when the last one has let go, and its id is free, it is answered. Asked again, it
     * answers as the first time. Any thread.
     */
    public void free(Reply<Done> replyTo) {
        if (!awaitsFreed(replyTo)) {
            replyTo.success(Done.getInstance());
        }
        if (holds.beginFree()) {
            guard.tell(new ShrinkerGuard.Free(this));
            callee.freeing();
        }
    }

    private synchronized boolean awaitsFreed(Reply<Done> replyTo) {
        if (!isGone) {
            waitingForFreed.add(replyTo);
        }
        return !isGone;
    }

    private synchronized List<Reply<Done>> gone() {
        isGone = true;
        List<Reply<Done>> waiting = List.copyOf(waitingForFreed);
        waitingForFreed.clear();
        return waiting;
    }

    /** Why a request for a shrinker that is freed is refused. */
    ReclaimerException alreadyFreed() {
        return new ReclaimerException(
                Reason.ALREADY_FREED,
                "Shrinker [" + this + "] is freed already, or is being freed; allocate a new one");
    }

    /** Holds it once more; only for who holds it. */
    void holdAgain() {
        holds.holdAgain();
    }

    /** Lets go of a counted hold. */
    void release() {
        holds.release();
        released();
    }

    /** A hold is gone: if the shrinker is being freed, its guard looks whether it was the last one. */
    void released() {
        if (isFreeing()) {
            guard.tell(ShrinkerGuard.Released.INSTANCE);
        }
    }

    /** Whether it takes part in rounds over a node. */
    public boolean isOn(int node) {
        return onNodes == null || onNodes.get(node);
    }

    /** The node it is told, and whose deferred count it uses, in a pass for {@code node}. */
    int nodeFor(int node) {
        return numaAware ? node : 0;
    }

    /** Whether it is visited in cgroups even while object accounting is off. */
    boolean isNonSlab() {
        return nonSlab;
    }

    long takeGlobalDeferred(int node) {
        return globalDeferred.get(nodeFor(node)) == 0 ? 0 : globalDeferred.getAndSet(nodeFor(node), 0);
    }

    long addGlobalDeferred(int node, long objects) {
        return objects == 0
                ? globalDeferred.get(nodeFor(node))
                : globalDeferred.accumulateAndGet(nodeFor(node), objects, Saturating::add);
    }

    /** For people: the name, and what tells it from others of that name. */
    @Override
    public String toString() {
        return isCgroupAware() ? spec.name() + " (id " + id + ")" : spec.name();
    }
}
