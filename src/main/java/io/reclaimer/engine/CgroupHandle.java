package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import io.reclaimer.shrinker.CgroupPath;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One cgroup from online to offline. Data only, so that a cgroup in which nothing ever happens costs no actor; its pairs
 * come to be when they are first needed.
 *
 * <p>Written by the tree's actor alone, but for bits that wait for their pair; read by everybody.
 */
public final class CgroupHandle {

    private static final @Nullable Pair[] NONE = {};

    private final CgroupPath path;
    private final @Nullable CgroupHandle parent;
    private final ActorRef<CgroupTree.Command> tree;

    private volatile boolean online = true;

    /** By node; null for a pair that does not exist. Replaced as a whole. */
    private volatile @Nullable Pair[] pairs = NONE;

    /** The tree's alone. */
    int children;

    /** What is owed on nodes that have no pair any more, by node; the tree's alone. */
    private @Nullable Map<Integer, List<UnitMap.Owed>> owed;

    /** A bit of a shrinker on a node that has no pair yet. */
    private record FirstBit(int node, ShrinkerEntry entry) {}

    /** Bits that the tree was told of and has not set yet: each is told once. Guarded by this; null where there is none. */
    private @Nullable Set<FirstBit> firstBits;

    CgroupHandle(CgroupPath path, @Nullable CgroupHandle parent, ActorRef<CgroupTree.Command> tree) {
        this.path = path;
        this.parent = parent;
        this.tree = tree;
    }

    public CgroupPath path() {
        return path;
    }

    /** The cgroup above; null for the root. */
    public @Nullable CgroupHandle parent() {
        return parent;
    }

    /** False from the moment its objects begin to move to its parent; never true again. */
    public boolean isOnline() {
        return online;
    }

    boolean isRoot() {
        return parent == null;
    }

    void goOffline() {
        online = false;
    }

    /** This, where it is online, or the nearest one above that is. */
    CgroupHandle nearestOnline() {
        CgroupHandle nearest = this;
        for (CgroupHandle above = parent; !nearest.isOnline() && above != null; above = above.parent) {
            nearest = above;
        }
        return nearest;
    }

    /** The pair of a node, where it exists. */
    public @Nullable Pair pair(int node) {
        @Nullable Pair[] now = pairs;
        return node < now.length ? now[node] : null;
    }

    void addPair(Pair pair) {
        @Nullable Pair[] more = Arrays.copyOf(pairs, Math.max(pairs.length, pair.node() + 1));
        more[pair.node()] = pair;
        pairs = more;
    }

    /** Nobody finds the pair here any more. */
    void removePair(Pair pair) {
        @Nullable Pair[] fewer = pairs.clone();
        fewer[pair.node()] = null;
        pairs = Arrays.stream(fewer).allMatch(other -> other == null) ? NONE : fewer;
    }

    /** Whether there is a pair on another node. */
    boolean hasPairBeside(int node) {
        @Nullable Pair[] now = pairs;
        for (int i = 0; i < now.length; i++) {
            if (i != node && now[i] != null) {
                return true;
            }
        }
        return false;
    }

    /** Keeps what is owed on a node whose pair is no more. */
    void keepOwed(int node, List<UnitMap.Owed> counts) {
        if (!counts.isEmpty()) {
            if (owed == null) {
                owed = new HashMap<>(2);
            }
            owed.put(node, List.copyOf(counts));
        }
    }

    /** What is kept for a node. */
    List<UnitMap.Owed> owed(int node) {
        return owed == null ? List.of() : owed.getOrDefault(node, List.of());
    }

    /** Takes out what is kept for a node. */
    List<UnitMap.Owed> takeOwed(int node) {
        List<UnitMap.Owed> counts = owed(node);
        if (owed != null) {
            owed.remove(node);
            owed = owed.isEmpty() ? null : owed;
        }
        return counts;
    }

    /**
     * Says that a shrinker has objects here that it did not have before. Returns at once; any thread. When it returns, a round
     * finds the bit, but for the first one on a node, of which the tree is told.
     *
     * <p>Nothing happens on the root, whose pass asks every shrinker anyway, for a global shrinker, and for a cgroup
     * that is not online.
     */
    public void setBit(int node, ShrinkerEntry entry) {
        if (isRoot() || !entry.isCgroupAware() || !online) {
            return;
        }
        if (entry.isBeyondMaps()) {
            entry.strayBit(this, node);
            return;
        }
        Pair pair = pair(node);
        if (pair == null) {
            tellOfFirstBit(node, entry);
            return;
        }
        // Object, fence, bit here; bit, fence, count where a visit clears one (VisitRun.counted). So where this still
        // sees
        // the bit of before, the count after the clearing sees the object, and sets the bit again: so it has to be set
        // here
        // only where it is not. BitsTest.noBitIsLostByAConcurrentPass tries to get between.
        VarHandle.fullFence();
        if (!pair.units().isSet(entry)) {
            pair.set(entry);
            // A pair that has been idle for long is taken out of the handle before its bits are looked at for the last
            // time.
            // So either the bit is seen then, and the pair stays, or it is seen here that the pair is gone. RestTest
            // tries to
            // get between.
            if (pair(node) != pair) {
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

    /** The tree is about to set such a bit: one that is set from now on is told anew. */
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
