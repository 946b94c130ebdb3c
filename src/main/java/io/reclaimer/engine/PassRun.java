package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** One pass as one pair sees it: its own walk, and the children it has yet to send it to or hear from. One actor's. */
final class PassRun {

    final CgroupNode.Pass pass;

    /** The round, where this pair is the top of its subtree; null where the pair above asked. */
    final @Nullable ActorRef<ReclaimRound.Command> round;

    final Walk walk;

    /** Sent by the pair to itself to go on with the walk. */
    final CgroupNode.Continue goOn = new CgroupNode.Continue(this);

    private final Pair[] children;
    private int sent;
    private int outstanding;
    private boolean walkBegun;
    private boolean walkEnded;

    PassRun(CgroupNode.Pass pass, @Nullable ActorRef<ReclaimRound.Command> round, Walk walk, Pair[] children) {
        this.pass = pass;
        this.round = round;
        this.walk = walk;
        this.children = children;
    }

    /** The next child to send the pass to; null where there is none, or enough have it. */
    @Nullable
    Pair nextChild(int window) {
        while (sent < children.length && outstanding < window) {
            if (pass.work().isStopped()) {
                sent = children.length;
                return null;
            }
            Pair child = children[sent++];
            if (!child.forgotten) {
                outstanding++;
                return child;
            }
        }
        return null;
    }

    void childAnswered() {
        outstanding--;
    }

    boolean childrenEnded() {
        return outstanding == 0 && sent == children.length;
    }

    /** True the first time. */
    boolean beginWalk() {
        boolean first = !walkBegun;
        walkBegun = true;
        return first;
    }

    void endWalk() {
        walkEnded = true;
    }

    boolean walkEnded() {
        return walkEnded;
    }
}
