package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import io.reclaimer.engine.call.Caller;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.call.VisitingThread;
import org.jspecify.annotations.Nullable;

/**
 * One incarnation of the actor that visits a cgroup on a node ({@link CgroupNode}). A new one takes over if the thread
 * of the old one does not come back from a shrinker. The old one stops when the call has come back. Thread-safe once it
 * has its actor.
 */
final class Visitor implements Caller {

    final CgroupPerNode perNode;

    private @Nullable ActorRef<CgroupNode.Command> ref;

    Visitor(CgroupPerNode perNode) {
        this.perNode = perNode;
    }

    /** Sets the actor. Called once, before another thread sees this. */
    Visitor withActor(ActorRef<CgroupNode.Command> actor) {
        ref = actor;
        return this;
    }

    void tell(CgroupNode.Command message) {
        ref().tell(message);
    }

    ActorRef<CgroupNode.Command> ref() {
        if (ref == null) {
            throw new IllegalStateException("The visitor of [" + perNode + "] has no actor yet");
        }
        return ref;
    }

    /**
     * Whether it may stop, or may have stopped, without handling a message that was sent before this is read. The tree
     * removes the data, or sets another visitor, before it tells the old visitor to retire. So either this is true, or
     * the visitor handles the message.
     */
    boolean isGone() {
        return perNode.removed || perNode.visitor() != this;
    }

    @Override
    public String place() {
        return perNode.toString();
    }

    @Override
    public Runnable visitIsStuck(ShrinkerEntry entry) {
        perNode.late().begin(entry);
        return () -> perNode.late().end(entry);
    }

    @Override
    public void threadIsStuck(VisitingThread thread, long callNumber) {
        perNode.cgroup().tree().tell(new CgroupTree.VisitorStuck(this, thread, callNumber));
    }

    @Override
    public String toString() {
        return "visitor of " + perNode;
    }
}
