package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.unit.UnitMap;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Protection;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One cgroup from online to offline. It is data only, so a cgroup in which nothing ever happens costs no actor; its
 * data on a node ({@link CgroupPerNode}) is made when it is first needed.
 *
 * <p>Thread-safe. Written by the tree's actor alone, except for first bits, which any thread adds.
 */
public final class CgroupHandle {

    private static final @Nullable CgroupPerNode[] NONE = {};

    private final CgroupPath path;
    private final @Nullable CgroupHandle parent;
    private final ActorRef<CgroupTree.Command> tree;

    private volatile boolean online = true;

    /** By node; nodes beyond its end are not protected. Replaced as a whole. */
    private volatile Protection[] protection = {};

    /** By node; null if there is no data. Replaced as a whole. */
    private volatile @Nullable CgroupPerNode[] perNode = NONE;

    /** The number of children. Confined to the tree. */
    int children;

    /** Deferred counts on nodes that were passivated, by node. Confined to the tree. */
    private @Nullable Map<Integer, List<UnitMap.Deferred>> keptDeferred;

    /** A bit of a shrinker on a node where the cgroup has no data yet. */
    private record FirstBit(int node, ShrinkerEntry entry) {}

    /**
     * Bits that the tree was told of and has not set yet, so that it is told of each once. Guarded by {@code this};
     * null for none.
     */
    private @Nullable Set<FirstBit> firstBits;

    CgroupHandle(CgroupPath path, @Nullable CgroupHandle parent, ActorRef<CgroupTree.Command> tree) {
        this.path = path;
        this.parent = parent;
        this.tree = tree;
    }

    public CgroupPath path() {
        return path;
    }

    /** The parent; null for the root. */
    public @Nullable CgroupHandle parent() {
        return parent;
    }

    ActorRef<CgroupTree.Command> tree() {
        return tree;
    }

    /** Whether it is online: false from the moment its objects begin to move to its parent; never true again. */
    public boolean isOnline() {
        return online;
    }

    boolean isRoot() {
        return parent == null;
    }

    /** Marks it as no longer online. Called by the tree. */
    void goOffline() {
        online = false;
    }

    /** This, if it is online; otherwise the nearest ancestor that is. */
    public CgroupHandle nearestOnline() {
        CgroupHandle nearest = this;
        for (CgroupHandle above = parent; !nearest.isOnline() && above != null; above = above.parent) {
            nearest = above;
        }
        return nearest;
    }

    /** The protection on a node. */
    Protection protection(int node) {
        Protection[] now = protection;
        return node < now.length ? now[node] : Protection.NONE;
    }

    /** Sets the protection on a node. Called by the tree. */
    void protect(int node, Protection level) {
        Protection[] now = protection;
        Protection[] changed = Arrays.copyOf(now, Math.max(now.length, node + 1));
        for (int i = now.length; i < changed.length; i++) {
            changed[i] = Protection.NONE;
        }
        changed[node] = level;
        protection = changed;
    }

    /** The data on a node; null if there is none. */
    public @Nullable CgroupPerNode onNode(int node) {
        @Nullable CgroupPerNode[] now = perNode;
        return node < now.length ? now[node] : null;
    }

    void add(CgroupPerNode added) {
        @Nullable CgroupPerNode[] more = Arrays.copyOf(perNode, Math.max(perNode.length, added.node() + 1));
        more[added.node()] = added;
        perNode = more;
    }

    /** Takes out the data of a node, which nobody finds here from now on. */
    void remove(CgroupPerNode removed) {
        @Nullable CgroupPerNode[] fewer = perNode.clone();
        fewer[removed.node()] = null;
        perNode = Arrays.stream(fewer).allMatch(other -> other == null) ? NONE : fewer;
    }

    /** Whether there is data on another node. */
    boolean isOnNodeBeside(int node) {
        @Nullable CgroupPerNode[] now = perNode;
        for (int i = 0; i < now.length; i++) {
            if (i != node && now[i] != null) {
                return true;
            }
        }
        return false;
    }

    /** Keeps the deferred counts of a node that is passivated. */
    void keepDeferred(int node, List<UnitMap.Deferred> counts) {
        if (!counts.isEmpty()) {
            if (keptDeferred == null) {
                keptDeferred = new HashMap<>(2);
            }
            keptDeferred.put(node, List.copyOf(counts));
        }
    }

    /** The deferred counts that are kept for a node. */
    List<UnitMap.Deferred> keptDeferred(int node) {
        return keptDeferred == null ? List.of() : keptDeferred.getOrDefault(node, List.of());
    }

    /** Takes out the deferred counts that are kept for a node. */
    List<UnitMap.Deferred> takeKeptDeferred(int node) {
        List<UnitMap.Deferred> counts = keptDeferred(node);
        if (keptDeferred != null) {
            keptDeferred.remove(node);
            keptDeferred = keptDeferred.isEmpty() ? null : keptDeferred;
        }
        return counts;
    }

    /**
     * Sets the bit of a shrinker that has objects here. Thread-safe; returns at once. When it returns, a round finds
     * the bit. Exception: the first bit on a node is set later by the tree, which is told of it.
     *
     * <p>Does nothing on the root, whose pass asks every shrinker anyway, for a global shrinker, and for a cgroup that
     * is not online.
     */
    public void setBit(int node, ShrinkerEntry entry) {
        if (isRoot() || !entry.isCgroupAware() || !online) {
            return;
        }
        if (entry.isBeyondMaps()) {
            entry.strayBit(path + " on node " + node);
            return;
        }
        CgroupPerNode found = onNode(node);
        if (found == null) {
            tellOfFirstBit(node, entry);
            return;
        }
        // Order here: object, fence, bit. Order of a visit that clears the bit: bit, fence, count; see
        // VisitProgress.counted. So if this thread still sees the old bit, the count after the clearing sees the object
        // and sets the bit again. The bit need be set here only if it is clear. BitsTest.noBitIsLostByAConcurrentPass
        // tests this race.
        VarHandle.fullFence();
        if (!found.isSet(entry)) {
            found.setBit(entry);
            // Passivation takes the data out of the handle before it looks at the bits for the last time. So either it
            // sees this bit and the data stays, or this thread sees that the data is gone. PassivationTest tests this
            // race.
            if (onNode(node) != found) {
                tellOfFirstBit(node, entry);
            }
        }
    }

    private void tellOfFirstBit(int node, ShrinkerEntry entry) {
        synchronized (this) {
            if (firstBits == null) {
                firstBits = new HashSet<>(2);
            }
            if (!firstBits.add(new FirstBit(node, entry))) {
                return;
            }
        }
        tree.tell(new CgroupTree.FirstBit(this, node, entry));
    }

    /** Forgets a first bit that the tree is about to set. The tree is told anew of a bit that is set from now on. */
    synchronized void takeFirstBit(int node, ShrinkerEntry entry) {
        if (firstBits != null) {
            firstBits.remove(new FirstBit(node, entry));
            firstBits = firstBits.isEmpty() ? null : firstBits;
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
