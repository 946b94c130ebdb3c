package io.reclaimer.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One (cgroup, node) pair: its bits and deferred counts, which of the pairs below it are dirty, and who visits it. Thread-safe
 * but for the fields whose owner is named.
 *
 * <p>Whatever its visitor is at, a bit can be set, the pair is found by passes, it can be looked at, and pairs below it are
 * visited: a call that does not come back holds up nothing but the visit it belongs to.
 *
 * <p>A pair is dirty when one of its bits is set, or a pair below it is dirty. Invariant: each dirty pair is listed by the one
 * above it, or the thread that made it dirty is about to list it. See {@link DirtyChildren} for the argument.
 */
public final class Pair {

    private static final VarHandle USERS;

    static {
        try {
            USERS = MethodHandles.lookup().findVarHandle(Pair.class, "users", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The number of users of a pair that is closed. */
    private static final int CLOSED = Integer.MIN_VALUE / 2;

    private final CgroupHandle cgroup;
    private final int node;
    private final @Nullable Pair parent;
    private final UnitMap units = new UnitMap();
    private final LateVisits late = new LateVisits(this);
    private final CallLanes lanes = new CallLanes();

    /** Made with the first pair below, by the tree; before that pair is seen. */
    private volatile @Nullable DirtyChildren below;

    /** Written by the tree. */
    private volatile @Nullable Visitor visitor;

    /** Passes and late visits that are under way in the pair; {@link #CLOSED} and more where none may begin. */
    @SuppressWarnings("UnusedVariable") // through the handle
    private volatile int users;

    /** Place in the parent's {@link DirtyChildren}; guarded by that. */
    @Nullable
    Pair previous;

    /** Guarded by the parent's {@link DirtyChildren}. */
    @Nullable
    Pair next;

    /** Whether the parent lists it; written under the lock of the parent's {@link DirtyChildren}. */
    volatile boolean listed;

    /** Not a child of its parent any more, for ever; written under the lock of the parent's {@link DirtyChildren}. */
    volatile boolean gone;

    /** In which pass all of it was last visited by a round with a target; written by visitors, read by rounds. */
    private volatile long servedIn;

    /** Where the next round with a target is to begin, in the order of the pair's walk; as {@link #servedIn}. */
    private volatile long resumeAt;

    /** How many pairs there are below this one; the tree's actor's alone. */
    int pairsBelow;

    /** Visitors before this one that have not ended; the tree's actor's alone. */
    int retiredVisitors;

    /** When it was taken out of the parent's list, or made, in the engine's nanoseconds; written as {@link #listed}. */
    volatile long cleanSince;

    Pair(CgroupHandle cgroup, int node, @Nullable Pair parent, long nowNanos) {
        this.cgroup = cgroup;
        this.cleanSince = nowNanos;
        this.node = node;
        this.parent = parent;
        if (parent != null && parent.below == null) {
            parent.below = new DirtyChildren();
        }
    }

    public CgroupHandle cgroup() {
        return cgroup;
    }

    public int node() {
        return node;
    }

    /** The pair above on the same node; null for the root's. */
    @Nullable
    Pair parent() {
        return parent;
    }

    boolean isRoot() {
        return parent == null;
    }

    UnitMap units() {
        return units;
    }

    /** Visits of which the pass they belong to does not wait any more. */
    LateVisits late() {
        return late;
    }

    /** The calls to shrinkers that answer later. */
    CallLanes lanes() {
        return lanes;
    }

    /** Who visits it now. */
    Visitor visitor() {
        Visitor now = visitor;
        if (now == null) {
            throw new IllegalStateException("The pair [" + this + "] has no visitor yet");
        }
        return now;
    }

    /** From now on it is visited by that one. The tree. */
    void visitedBy(Visitor newVisitor) {
        visitor = newVisitor;
    }

    /** Sets the bit of a shrinker that has objects here, and makes the pair known to be dirty up to the root. */
    void set(ShrinkerEntry entry) {
        units.setBit(entry);
        for (Pair pair = this, above = parent; above != null; pair = above, above = above.parent) {
            // On each level, also where the pair is listed already: whoever listed it may not have got further yet.
            above.children().add(pair);
        }
    }

    private DirtyChildren children() {
        DirtyChildren children = below;
        if (children == null) {
            throw new IllegalStateException("The pair [" + this + "] has no pairs below it");
        }
        return children;
    }

    /** Whether no bit is set in it or below it. */
    boolean isClean() {
        DirtyChildren children = below;
        return units.isClean() && (children == null || children.isEmpty());
    }

    /** Whether no bit was set in it or below it for so long. */
    boolean isCleanFor(long nanos, long nowNanos) {
        return !listed && isClean() && nowNanos - cleanSince >= nanos;
    }

    /** Adds the pairs below that are dirty. */
    void addDirtyChildrenTo(DirtyPairs pairs) {
        DirtyChildren children = below;
        if (children != null && !children.isEmpty()) {
            children.addTo(pairs);
        }
    }

    /** Takes it out of the list above where it is clean, and those above it out of theirs, as far as they are clean then. */
    void unlistIfClean(long nowNanos) {
        for (Pair pair = this, above = parent; above != null && pair.isClean(); pair = above, above = above.parent) {
            if (!above.children().removeIfClean(pair, nowNanos)) {
                return;
            }
        }
    }

    /** It is no child of its parent any more: nobody lists it again. */
    void forget() {
        if (parent != null) {
            parent.children().forget(this);
        }
    }

    /** Takes out what a shrinker owes here, leaving 0. */
    long takeDeferred(ShrinkerEntry entry) {
        return entry.isCgroupAware() ? deferredUnits(entry).takeDeferred(entry) : entry.takeGlobalDeferred(node);
    }

    /** What a shrinker owes here. */
    long deferred(ShrinkerEntry entry) {
        return addDeferred(entry, 0);
    }

    /** Adds to what a shrinker owes here, and answers what it owes then. */
    long addDeferred(ShrinkerEntry entry, long objects) {
        return entry.isCgroupAware()
                ? deferredUnits(entry).addDeferred(entry, objects)
                : entry.addGlobalDeferred(node, objects);
    }

    /** One that is not NUMA aware has its count on node 0, whose pair is there as long as another one of the cgroup is. */
    private UnitMap deferredUnits(ShrinkerEntry entry) {
        int on = entry.nodeFor(node);
        if (on == node) {
            return units;
        }
        Pair other = cgroup.pair(on);
        if (other == null) {
            throw new IllegalStateException("The pair of [" + this + "] on node [" + on
                    + "] does not exist; the tree makes it with the first pair of the cgroup");
        }
        return other.units;
    }

    /** Begins to use it: it stays open until {@link #exit}. False where it is closed. */
    boolean enter() {
        if ((int) USERS.getAndAdd(this, 1) >= 0) {
            return true;
        }
        USERS.getAndAdd(this, -1);
        return false;
    }

    /** Ends one use of it. */
    void exit() {
        USERS.getAndAdd(this, -1);
    }

    /** Whether a pass or a late visit is under way in it. */
    boolean isInUse() {
        return users > 0;
    }

    /** Closes it, where nobody uses it: no pass begins in it any more. False where somebody does. */
    boolean close() {
        return USERS.compareAndSet(this, 0, CLOSED);
    }

    /** Opens it again. */
    void open() {
        USERS.getAndAdd(this, -CLOSED);
    }

    /** The number of the last pass with a target in which all of it was visited. */
    long servedIn() {
        return servedIn;
    }

    /** Where the next round with a target is to begin. */
    long resumeAt() {
        return resumeAt;
    }

    /** A pass with a target has come so far. A visitor. */
    void resumeAt(long place) {
        if (resumeAt != place) {
            resumeAt = place;
        }
    }

    /** A pass with a target has visited all of it. A visitor. */
    void servedIn(long pass) {
        servedIn = pass;
    }

    @Override
    public String toString() {
        return cgroup + " on node " + node;
    }
}
