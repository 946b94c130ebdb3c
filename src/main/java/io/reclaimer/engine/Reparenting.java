package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import io.reclaimer.engine.call.CallEnd;
import io.reclaimer.engine.call.CallOwner;
import io.reclaimer.engine.call.Faults;
import io.reclaimer.engine.call.PendingCall;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.shrinker.Shrinker;
import java.util.ArrayList;
import java.util.List;

/**
 * The move of the objects of a cgroup that goes offline on one node: asks its shrinkers, one after the other, to move
 * them to the parent. Reports when all shrinkers that have a bit there have moved them, or have failed to. Confined to
 * the visitor; begins when no visit is left there.
 *
 * <p>A shrinker that replies later and has no bit there is told, and not waited for ({@link UnawaitedReparent}).
 */
final class Reparenting implements CallOwner {

    private final CgroupPerNode perNode;
    private final CgroupPerNode parent;
    private final EngineContext engine;
    private final ActorRef<CgroupTree.Command> replyTo;
    private final List<ShrinkerEntry> bits = new ArrayList<>();
    private boolean begun;

    /** The number of awaited replies, and one more until all shrinkers were asked. */
    private int outstanding = 1;

    Reparenting(
            CgroupPerNode perNode, CgroupPerNode parent, EngineContext engine, ActorRef<CgroupTree.Command> replyTo) {
        this.perNode = perNode;
        this.parent = parent;
        this.engine = engine;
        this.replyTo = replyTo;
    }

    boolean hasBegun() {
        return begun;
    }

    /** Asks all shrinkers that keep objects by cgroup. */
    void begin() {
        begun = true;
        for (ShrinkerEntry entry : engine.table().allocated()) {
            if (!entry.isCgroupAware()) {
                continue;
            }
            if (entry.references().isAllocatedOnly()) {
                // It is not called before it is registered. Its owner moves its objects, and the parent's bit says so.
                if (perNode.isSet(entry)) {
                    bits.add(entry);
                }
            } else if (entry.nodeFor(perNode.node()) == perNode.node()) {
                ask(entry);
            }
        }
        oneDone();
    }

    private void ask(ShrinkerEntry entry) {
        Shrinker plain = entry.plain();
        if (plain != null) {
            callNow(entry, plain);
            return;
        }
        if (!perNode.isSet(entry) && UnawaitedReparent.make(entry, perNode, parent, engine.unawaitedReparents())) {
            return;
        }
        outstanding++;
        PendingCall call = PendingCall.reparenting(entry, perNode, this, parent.path());
        if (perNode.queues().make(call)) {
            ended(call);
        }
    }

    private void callNow(ShrinkerEntry entry, Shrinker plain) {
        PassThread thread = engine.thisThread();
        if (!thread.tryHold(entry)) {
            return;
        }
        thread.enter(entry);
        try {
            long moved = plain.reparent(perNode.path(), parent.path(), perNode.node());
            if (moved > 0) {
                bits.add(entry);
            }
        } catch (Throwable thrown) {
            threw(entry, perNode.toString(), thrown);
            // Some may have moved before it failed.
            bits.add(entry);
        } finally {
            if (thread.leave() && thread.wasOverdue()) {
                entry.faults().recordLateReply();
            }
            thread.release(entry);
            thread.completeRelease();
        }
    }

    /** Takes a call that was awaited and has ended. */
    void ended(PendingCall call) {
        if (mayHaveMoved(call)) {
            bits.add(call.entry());
        }
        oneDone();
    }

    /**
     * Whether a reparent that has ended may have moved objects. A failed one counts as a fault, and may have moved
     * some.
     */
    static boolean mayHaveMoved(PendingCall call) {
        ShrinkerEntry entry = call.entry();
        CallEnd end = call.end();
        if (end instanceof CallEnd.Replied reply) {
            return reply.value() > 0;
        }
        if (end instanceof CallEnd.Failed failed) {
            threw(entry, call.site().toString(), failed.thrown());
            return true;
        }
        if (end == CallEnd.NoReply.NOT_MADE && call.hasBegun()) {
            // It came back too late: the watchdog has counted the fault before.
            return true;
        }
        if (entry.isFreeing()) {
            return false;
        }
        if (!entry.isOverdueAFault()) {
            // An actor is late, and moves the objects when it comes to the message.
            return true;
        }
        String what = end == CallEnd.NoReply.OVERDUE
                ? "its reparent did not answer within [" + entry.callDeadline() + "] [reclaimer.call-deadline]"
                : "its reparent could not be called, because calls of it have not come back";
        entry.faults().recordFault(what, call.site().toString(), null);
        return true;
    }

    private static void threw(ShrinkerEntry entry, String place, Throwable thrown) {
        entry.faults().recordFault("its reparent threw " + Faults.text(thrown), place, thrown);
    }

    private void oneDone() {
        outstanding--;
        if (outstanding == 0) {
            replyTo.tell(new CgroupTree.Quiesced(perNode, bits));
        }
    }
}
