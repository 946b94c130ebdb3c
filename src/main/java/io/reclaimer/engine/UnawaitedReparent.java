package io.reclaimer.engine;

import io.reclaimer.engine.call.CallOwner;
import io.reclaimer.engine.call.PendingCall;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.shrinker.CgroupPath;
import org.jspecify.annotations.Nullable;

/**
 * The reparent of a shrinker that has no bit in the cgroup that goes offline, so most likely no objects to move. The
 * shrinker is told, and the cgroup goes offline without waiting for its reply. So a shrinker that is slow or stuck for
 * one cgroup keeps no other cgroup from going offline. Thread-safe.
 *
 * <p>The parent's data on the node is in use until the reply, so the parent does not go offline before it. Objects that
 * were added right before the cgroup went offline are thus moved to a cgroup that still exists, and its bit is set.
 *
 * <p>A new cgroup of the same path may come online before the shrinker is called. Then it is not called: it is told
 * paths, so it would move the objects of the new cgroup. The objects that the former one left belong to the new one,
 * and its bit is set.
 */
final class UnawaitedReparent implements CallOwner {

    private final CgroupPerNode perNode;
    private final CgroupPerNode parent;
    private final UnawaitedReparents underWay;

    /** The new cgroup of the same path; null if there is none. Written under the lock of {@link #underWay}. */
    private volatile @Nullable CgroupHandle successor;

    private UnawaitedReparent(CgroupPerNode perNode, CgroupPerNode parent, UnawaitedReparents underWay) {
        this.perNode = perNode;
        this.parent = parent;
        this.underWay = underWay;
    }

    /**
     * Makes the call. No call of the shrinker is under way in the cgroup on the node. Called by the visitor.
     *
     * @return false if the parent's data is closed, so that the call has to be awaited
     */
    static boolean make(ShrinkerEntry entry, CgroupPerNode perNode, CgroupPerNode parent, UnawaitedReparents underWay) {
        if (!parent.enter()) {
            return false;
        }
        UnawaitedReparent owner = new UnawaitedReparent(perNode, parent, underWay);
        underWay.add(owner);
        PendingCall call = PendingCall.reparenting(entry, perNode, owner, parent.path());
        call.start();
        if (!call.await()) {
            owner.callHasEnded(call);
        }
        return true;
    }

    /** The path of the cgroup that went offline. */
    CgroupPath path() {
        return perNode.path();
    }

    /** Sets the new cgroup of the same path. */
    void setSuccessor(CgroupHandle cgroup) {
        successor = cgroup;
    }

    @Override
    public boolean isPathOnlineAgain() {
        return successor != null;
    }

    @Override
    public void callHasEnded(PendingCall call) {
        underWay.remove(this);
        CgroupHandle next = successor;
        if (next != null) {
            next.setBit(perNode.node(), call.entry());
        }
        if (Reparenting.mayHaveMoved(call) && !parent.isRoot()) {
            parent.setBit(call.entry());
        }
        parent.exit();
        // The parent's visitor may wait for the last use, to go offline.
        parent.callHasEnded();
    }
}
