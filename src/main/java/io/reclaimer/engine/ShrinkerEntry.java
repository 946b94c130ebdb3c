package io.reclaimer.engine;

import akka.Done;
import akka.actor.typed.ActorRef;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.concurrent.atomic.AtomicLongArray;

/** One allocated shrinker, as everybody in the engine sees it. */
public final class ShrinkerEntry {

    /** The id of a shrinker that is not cgroup aware. */
    public static final int NO_ID = -1;

    private final ShrinkerSpec spec;
    private final Shrinker shrinker;
    private final int id;
    private final long serial;
    private final ActorRef<ShrinkerGuard.Command> guard;
    private final HoldCount holds = new HoldCount();
    private final Faults faults;

    /** Its place in the order of registration; written by the registry before it publishes. */
    private volatile long order;

    /** What a global shrinker owes, by node; one number where it is not NUMA aware. Any thread. */
    private final AtomicLongArray globalDeferred;

    ShrinkerEntry(
            ShrinkerSpec spec,
            Shrinker shrinker,
            int id,
            long serial,
            ActorRef<ShrinkerGuard.Command> guard,
            Faults faults,
            int nodes) {
        this.spec = spec;
        this.shrinker = shrinker;
        this.id = id;
        this.serial = serial;
        this.guard = guard;
        this.faults = faults;
        this.globalDeferred = new AtomicLongArray(id != NO_ID ? 0 : spec.numaAware() ? nodes : 1);
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
        return holds.holds();
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

    Shrinker shrinker() {
        return shrinker;
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
     * Frees it: no new visit starts, and when the last one has let go, and its id is free, it is answered. Refused where
     * it is being freed already. Any thread.
     */
    public void free(Reply<Done> replyTo) {
        HoldCount.Freeing found = holds.beginFree();
        if (found == HoldCount.Freeing.ALREADY) {
            replyTo.failure(alreadyFreed());
            return;
        }
        guard.tell(new ShrinkerGuard.Free(this, replyTo));
        if (found == HoldCount.Freeing.IDLE) {
            guard.tell(ShrinkerGuard.LastHoldReleased.INSTANCE);
        }
    }

    /** Why a request for a shrinker that is freed is refused. */
    ReclaimerException alreadyFreed() {
        return new ReclaimerException(
                Reason.ALREADY_FREED,
                "Shrinker [" + this + "] is freed already, or is being freed; allocate a new one");
    }

    /** Lets go of a hold, and tells the guard if it was the last one of a shrinker that is being freed. */
    void release() {
        if (holds.release()) {
            guard.tell(ShrinkerGuard.LastHoldReleased.INSTANCE);
        }
    }

    /** The node it is told, and whose deferred count it uses, in a pass for {@code node}. */
    int nodeFor(int node) {
        return spec.numaAware() ? node : 0;
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
