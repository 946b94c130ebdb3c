package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import io.reclaimer.shrinker.CgroupPath;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One cgroup from online to offline. Data only, so that a cgroup in which nothing ever happens costs no actor; its pairs
 * come to be when they are first needed.
 *
 * <p>Written by the tree's actor alone; read by everybody.
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

    /** What is owed on nodes whose pair rests, by node; the tree's alone. */
    private @Nullable Map<Integer, List<UnitMap.Owed>> owed;

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

    /** The pair is on its way to rest: nobody finds it here any more. */
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

    /** Keeps what a pair owes that rests. */
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

    /** A bit for a pair that is not there. */
    private void firstBit(int node, ShrinkerEntry entry) {
        tree.tell(new CgroupTree.FirstBit(this, node, entry));
    }

    /**
     * Says that a shrinker has objects here that it did not have before. Returns at once; any thread.
     *
     * <p>Nothing happens on the root, whose pass asks every shrinker anyway, for a global shrinker, and for a cgroup
     * that is not online.
     */
    public void setBit(int node, ShrinkerEntry entry) {
        if (isRoot() || !entry.isCgroupAware() || !online) {
            return;
        }
        Pair pair = pair(node);
        if (pair == null) {
            firstBit(node, entry);
            return;
        }
        // Object, fence, bit here; bit, fence, count where a walk clears one (CgroupWalk.clearedBit). So where this
        // still sees the bit of before, the count after the clearing sees the object, and sets the bit again: a message
        // is needed only where the bit is not set, and callers that set it over and over do not flood the pair.
        // BitsTest.noBitIsLostByAConcurrentPass tries to get between.
        VarHandle.fullFence();
        if (!pair.units().isSet(entry)) {
            pair.ref().tell(entry.setBit());
            // A pair that goes to rest is removed here before it is told so. Where it is still here, it is told after
            // it
            // has this message, and stays; where it is not, the message may be lost. RestTest tries to get between.
            if (pair(node) != pair) {
                firstBit(node, entry);
            }
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
