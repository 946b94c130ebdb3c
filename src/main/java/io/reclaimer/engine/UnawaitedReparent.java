package io.reclaimer.engine;

/**
 * The reparent of a shrinker that has no bit in the pair that goes offline, so most likely nothing to move: it is told, and the
 * cgroup goes offline without its answer. So a shrinker that is slow or stuck for one cgroup keeps no other from going
 * offline. Thread-safe: immutable.
 *
 * <p>The parent's pair is in use until the answer, so the parent does not go offline before: objects that were added right
 * before the cgroup went offline are moved to a cgroup that is there, and its bit says so.
 */
final class UnawaitedReparent implements Call.Owner {

    private final Pair parent;

    private UnawaitedReparent(Pair parent) {
        this.parent = parent;
    }

    /**
     * Makes the call. No call of the shrinker is under way in the pair. The pair's visitor.
     *
     * @return false where the parent's pair is closed, so that the call has to be waited for
     */
    static boolean make(ShrinkerEntry entry, Pair pair, Pair parent, Published published) {
        if (!parent.enter()) {
            return false;
        }
        UnawaitedReparent owner = new UnawaitedReparent(parent);
        Call call =
                Call.reparenting(entry, pair, owner, published, parent.cgroup().path());
        call.start();
        if (!call.isToBeAwaited()) {
            owner.ended(call);
        }
        return true;
    }

    /** It has ended. Any thread. */
    void ended(Call call) {
        if (Reparenting.mayHaveMoved(call) && !parent.isRoot()) {
            parent.set(call.entry);
        }
        parent.exit();
        // Whoever waits for the last use, to go offline, looks again.
        parent.visitor().tell(CgroupNode.CallsEnded.INSTANCE);
    }
}
