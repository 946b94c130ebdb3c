package io.reclaimer.engine;

import io.reclaimer.engine.call.CallQueues;
import io.reclaimer.engine.call.CallSite;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.unit.Fields;
import io.reclaimer.engine.unit.UnitMap;
import io.reclaimer.shrinker.CgroupPath;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The data of one cgroup on one node: its bits and deferred counts, its dirty children on that node, and its visitor.
 * Thread-safe, except for fields that name their owner.
 *
 * <p>It is separate from its visitor ({@link CgroupNode}), so it serves others while the visitor is stuck: bits are
 * set, passes find it, its state is read, and its children are visited. A call that does not come back holds up only
 * its own visit.
 *
 * <p>It is dirty when one of its bits is set, or a child is dirty. Invariant: the parent lists every dirty child, or
 * the thread that made the child dirty is about to list it. See {@link DirtyChildren} for the argument.
 */
public final class CgroupPerNode implements CallSite {

    private static final VarHandle USERS =
            Fields.handle(MethodHandles.lookup(), CgroupPerNode.class, "users", int.class);

    /** The number of users while it is closed. */
    private static final int CLOSED = Integer.MIN_VALUE / 2;

    private final CgroupHandle cgroup;
    private final int node;
    private final @Nullable CgroupPerNode parent;
    private final UnitMap units = new UnitMap();
    private final LateVisits late = new LateVisits(this);
    private final CallQueues queues = new CallQueues();

    /** Made by the tree with the first child, before the child is published. */
    private volatile @Nullable DirtyChildren children;

    /** Written by the tree. */
    private volatile @Nullable Visitor visitor;

    /** The number of passes and late visits under way here; {@link #CLOSED} is added while none may begin. */
    @SuppressWarnings("UnusedVariable") // through the handle
    private volatile int users;

    /** The neighbours in the {@link DirtyChildren} of the parent, and guarded by it. */
    @Nullable
    CgroupPerNode previous;

    @Nullable
    CgroupPerNode next;

    /** Whether the parent lists it; written under the lock of the parent's {@link DirtyChildren}. */
    volatile boolean listed;

    /** Whether it was removed for good; written under the lock of the parent's {@link DirtyChildren}. */
    volatile boolean removed;

    /** When it was taken off the parent's list, or made, in the engine's nanoseconds; written under the same lock. */
    volatile long cleanSince;

    /** The number of the last pass with a target that served all of it; written by visitors, read by rounds. */
    private volatile long servedIn;

    /**
     * Where the next round with a target begins, in the order of the iteration; written by visitors, read by rounds.
     */
    private volatile long resumeAt;

    /** The number of children on this node. Confined to the tree. */
    int childCount;

    /** The number of replaced visitors that have not stopped. Confined to the tree. */
    int retiredVisitors;

    CgroupPerNode(CgroupHandle cgroup, int node, @Nullable CgroupPerNode parent, long nowNanos) {
        this.cgroup = cgroup;
        this.cleanSince = nowNanos;
        this.node = node;
        this.parent = parent;
        if (parent != null && parent.children == null) {
            parent.children = new DirtyChildren();
        }
    }

    CgroupHandle cgroup() {
        return cgroup;
    }

    @Override
    public CgroupPath path() {
        return cgroup.path();
    }

    @Override
    public int node() {
        return node;
    }

    /** The parent cgroup on the same node; null for the root. */
    @Nullable
    CgroupPerNode parent() {
        return parent;
    }

    boolean isRoot() {
        return parent == null;
    }

    UnitMap units() {
        return units;
    }

    /** Visits that the passes they began in do not wait for any more. */
    LateVisits late() {
        return late;
    }

    @Override
    public CallQueues queues() {
        return queues;
    }

    @Override
    public void callHasEnded() {
        visitor().tell(CgroupNode.CallsEnded.INSTANCE);
    }

    @Override
    public void visitMayBeLate() {
        visitor().tell(CgroupNode.CheckForLate.INSTANCE);
    }

    @Override
    public void objectsMovedLate(ShrinkerEntry entry) {
        cgroup.nearestOnline().setBit(node, entry);
    }

    /** The present visitor. */
    Visitor visitor() {
        Visitor now = visitor;
        if (now == null) {
            throw new IllegalStateException("[" + this + "] has no visitor yet");
        }
        return now;
    }

    /** Sets the visitor. Called by the tree. */
    void visitBy(Visitor newVisitor) {
        visitor = newVisitor;
    }

    /** Sets the bit of a shrinker that has objects here, and lists this as dirty up to the root. */
    void setBit(ShrinkerEntry entry) {
        units.setBit(entry.id(), entry.serial());
        CgroupPerNode child = this;
        for (CgroupPerNode above = parent; above != null; child = above, above = above.parent) {
            // On each level, even if the child is listed: the thread that listed it may not have reached the next level
            // yet.
            above.dirtyChildren().add(child);
        }
    }

    boolean isSet(ShrinkerEntry entry) {
        return units.isSet(entry.id(), entry.serial());
    }

    void clearBit(ShrinkerEntry entry) {
        units.clearBit(entry.id(), entry.serial());
    }

    private DirtyChildren dirtyChildren() {
        DirtyChildren now = children;
        if (now == null) {
            throw new IllegalStateException("[" + this + "] has no children");
        }
        return now;
    }

    /** Whether no bit is set here or below. */
    boolean isClean() {
        DirtyChildren now = children;
        return units.isClean() && (now == null || now.isEmpty());
    }

    /** Whether no bit was set here or below for that time. */
    boolean isCleanFor(long nanos, long nowNanos) {
        return !listed && isClean() && nowNanos - cleanSince >= nanos;
    }

    void addDirtyChildrenTo(PassOrder order) {
        DirtyChildren now = children;
        if (now != null && !now.isEmpty()) {
            now.addTo(order);
        }
    }

    /**
     * Takes this off the parent's list if it is clean, and then each ancestor off the list of its parent, up to the
     * first that is not clean.
     */
    void unlistIfClean(long nowNanos) {
        CgroupPerNode child = this;
        for (CgroupPerNode above = parent; above != null && child.isClean(); child = above, above = above.parent) {
            if (!above.dirtyChildren().removeIfClean(child, nowNanos)) {
                return;
            }
        }
    }

    /** Takes this off the parent's list for good. */
    void remove() {
        if (parent != null) {
            parent.dirtyChildren().removeForGood(this);
        }
    }

    /** Takes out the deferred count of a shrinker, leaving 0. */
    long takeDeferred(ShrinkerEntry entry) {
        return entry.isCgroupAware()
                ? deferredUnits(entry).takeDeferred(entry.id(), entry.serial())
                : entry.takeGlobalDeferred(node);
    }

    /** The deferred count of a shrinker. */
    long deferred(ShrinkerEntry entry) {
        return addDeferred(entry, 0);
    }

    /** Adds to the deferred count of a shrinker, and returns the sum. */
    long addDeferred(ShrinkerEntry entry, long objects) {
        return entry.isCgroupAware()
                ? deferredUnits(entry).addDeferred(entry.id(), entry.serial(), objects)
                : entry.addGlobalDeferred(node, objects);
    }

    /**
     * Returns the units that hold the deferred count of a shrinker: those of node 0 if it is not NUMA aware. Node 0 has
     * data as long as another node has.
     */
    private UnitMap deferredUnits(ShrinkerEntry entry) {
        int on = entry.nodeFor(node);
        if (on == node) {
            return units;
        }
        CgroupPerNode other = cgroup.onNode(on);
        if (other == null) {
            throw new IllegalStateException("[" + cgroup + "] has no data on node [" + on
                    + "]; the tree makes it with the first data of the cgroup");
        }
        return other.units;
    }

    /**
     * Whether the shrinker is counted on a lower one of these nodes. A shrinker that is not NUMA aware counts the same
     * on each node, and the count on the lowest node is taken.
     */
    boolean isCountedOnLowerNode(ShrinkerEntry entry, List<Integer> nodes) {
        if (entry.spec().isNumaAware()) {
            return false;
        }
        for (int lower : nodes) {
            if (lower < node) {
                CgroupPerNode other = cgroup.onNode(lower);
                if (isRoot() || (other != null && other.isSet(entry))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Begins one use, which keeps it open until {@link #exit}. False if it is closed. */
    boolean enter() {
        if ((int) USERS.getAndAdd(this, 1) >= 0) {
            return true;
        }
        USERS.getAndAdd(this, -1);
        return false;
    }

    /** Ends one use. */
    void exit() {
        USERS.getAndAdd(this, -1);
    }

    /** Whether a pass or a late visit is under way here. */
    boolean isInUse() {
        return users > 0;
    }

    /** Closes it, so that no pass begins here any more. False if it is in use. */
    boolean close() {
        return USERS.compareAndSet(this, 0, CLOSED);
    }

    void open() {
        USERS.getAndAdd(this, -CLOSED);
    }

    /** The number of the last pass with a target that served all of it. */
    long servedIn() {
        return servedIn;
    }

    /** Where the next round with a target begins. */
    long resumeAt() {
        return resumeAt;
    }

    /** Sets where the next round with a target begins. Called by a visitor. */
    void setResumeAt(long place) {
        if (resumeAt != place) {
            resumeAt = place;
        }
    }

    /** Marks all of it as served by a pass with a target. Called by a visitor. */
    void setServedIn(long pass) {
        servedIn = pass;
    }

    @Override
    public String toString() {
        return cgroup + " on node " + node;
    }
}
