package io.reclaimer.engine;

import io.reclaimer.engine.call.CallOwner;
import io.reclaimer.engine.call.PendingCall;
import io.reclaimer.engine.call.ShrinkerEntry;

/**
 * The reparent of a shrinker that has no bit in the cgroup that goes offline, so most likely no objects to move. The
 * shrinker is told, and the cgroup goes offline without waiting for its reply. So a shrinker that is slow or stuck for
 * one cgroup keeps no other cgroup from going offline. Thread-safe: immutable.
 *
 * <p>The parent's data on the node is in use until the reply, so the parent does not go offline before it. Objects that
 * were added right before the cgroup went offline are thus moved to a cgroup that still exists, and its bit is set.
 */
final class UnawaitedReparent implements CallOwner {

    private final CgroupPerNode parent;

    private UnawaitedReparent(CgroupPerNode parent) {
        this.parent = parent;
    }

    /**
     * Makes the call. No call of the shrinker is under way in the cgroup on the node. Called by the visitor.
     *
     * @return false if the parent's data is closed, so that the call has to be awaited
     */
    static boolean make(ShrinkerEntry entry, CgroupPerNode perNode, CgroupPerNode parent) {
        if (!parent.enter()) {
            return false;
        }
        UnawaitedReparent owner = new UnawaitedReparent(parent);
        PendingCall call = PendingCall.reparenting(entry, perNode, owner, parent.path());
        call.start();
        if (!call.await()) {
            owner.callHasEnded(call);
        }
        return true;
    }

    @Override
    public void callHasEnded(PendingCall call) {
        if (Reparenting.mayHaveMoved(call) && !parent.isRoot()) {
            parent.setBit(call.entry());
        }
        parent.exit();
        // The parent's visitor may wait for the last use, to go offline.
        parent.callHasEnded();
    }
}
