package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * One (cgroup, node) pair: its map, the actor that owns it, its place in the list of dirty children of the pair above,
 * which is that pair's actor's alone, and its answer to that pair, so that answering takes no memory.
 */
public final class Pair extends Answer {

    private final CgroupHandle cgroup;
    private final int node;
    private final @Nullable Pair parent;
    private final UnitMap units;
    private @Nullable ActorRef<CgroupNode.Command> ref;

    /** Place in the parent's {@link DirtyChildren}; the parent's actor's alone. */
    @Nullable
    Pair previous;

    @Nullable
    Pair next;

    boolean listed;

    /** In which of the parent's sweeps everybody below this had a turn; the parent's actor's alone. */
    long sweptIn;

    /** No longer a child; the parent's actor's alone. */
    boolean forgotten;

    /** How many pairs there are below this one; the tree's actor's alone. */
    int pairsBelow;

    /** Since when no bit is set in the subtree, in the engine's nanoseconds, and not 0; 0 where one is. Its actor's. */
    private volatile long idleSince;

    Pair(CgroupHandle cgroup, int node, @Nullable Pair parent, int nrMax) {
        this.cgroup = cgroup;
        this.node = node;
        this.parent = parent;
        this.units = new UnitMap(nrMax);
    }

    /** No bit is set in the subtree. Its actor, and before there is one. */
    void idles(long nanoTime) {
        if (idleSince == 0) {
            idleSince = nanoTime == 0 ? 1 : nanoTime;
        }
    }

    /** A bit is set in the subtree. Its actor. */
    void isBusy() {
        if (idleSince != 0) {
            idleSince = 0;
        }
    }

    /** Whether no bit has been set in the subtree for so long. Any thread. */
    boolean hasIdled(long nanos, long nanoTime) {
        long since = idleSince;
        return since != 0 && nanoTime - since >= nanos;
    }

    /** Says who owns it; once, before anybody else sees the pair. */
    Pair ownedBy(ActorRef<CgroupNode.Command> owner) {
        ref = owner;
        return this;
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

    UnitMap units() {
        return units;
    }

    ActorRef<CgroupNode.Command> ref() {
        if (ref == null) {
            throw new IllegalStateException("The pair [" + this + "] has no actor yet");
        }
        return ref;
    }

    @Override
    public String toString() {
        return cgroup + " on node " + node;
    }
}
