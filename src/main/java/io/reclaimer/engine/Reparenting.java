package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import io.reclaimer.shrinker.Shrinker;
import java.util.ArrayList;
import java.util.List;

/**
 * Has the shrinkers of a pair that goes offline move its objects to the parent, one after the other, and reports when all that
 * have a bit there have, or have failed to. Confined to the pair's visitor; begins when no visit is left in the pair.
 *
 * <p>A shrinker that answers later and has no bit in the pair is told, and not waited for ({@link UnawaitedReparent}).
 */
final class Reparenting implements Call.Owner {

    private final Pair pair;
    private final Pair parent;
    private final Published published;
    private final ActorRef<CgroupTree.Command> replyTo;
    private final List<ShrinkerEntry> bits = new ArrayList<>();

    /** Answers awaited, and one more until all were asked. */
    private int outstanding = 1;

    Reparenting(Pair pair, Pair parent, Published published, ActorRef<CgroupTree.Command> replyTo) {
        this.pair = pair;
        this.parent = parent;
        this.published = published;
        this.replyTo = replyTo;
    }

    /** Asks all shrinkers that keep objects by cgroup. */
    void begin() {
        for (ShrinkerEntry entry : published.table().allocated()) {
            if (!entry.isCgroupAware()) {
                continue;
            }
            if (entry.holds().isAllocatedOnly()) {
                // It is not called yet; what it has under its bit is its own matter, and the parent's bit says so.
                if (pair.units().isSet(entry)) {
                    bits.add(entry);
                }
            } else if (entry.nodeFor(pair.node()) == pair.node()) {
                ask(entry);
            }
        }
        oneDone();
    }

    private void ask(ShrinkerEntry entry) {
        Shrinker plain = entry.plain();
        if (plain == null && !pair.units().isSet(entry) && UnawaitedReparent.make(entry, pair, parent, published)) {
            return;
        }
        if (plain == null) {
            outstanding++;
            Call call = Call.reparenting(
                    entry, pair, this, published, parent.cgroup().path());
            if (pair.lanes().make(call)) {
                ended(call);
            }
            return;
        }
        CallMark mark = published.callMarks().ofThisThread();
        if (!mark.tryHold(entry)) {
            return;
        }
        mark.enter(entry);
        try {
            long moved = plain.reparent(pair.cgroup().path(), parent.cgroup().path(), pair.node());
            if (moved > 0) {
                bits.add(entry);
            }
        } catch (Throwable thrown) {
            threw(entry, pair, thrown);
            // Some may have moved before it failed.
            bits.add(entry);
        } finally {
            if (mark.leave() && mark.wasOverdue()) {
                entry.faults().late();
            }
            mark.release(entry);
            mark.settle();
        }
    }

    /** A call that was answered later has ended. */
    void ended(Call call) {
        if (mayHaveMoved(call)) {
            bits.add(call.entry);
        }
        oneDone();
    }

    /** Whether a reparent that has ended may have moved objects; a failed one counts as a fault, and may have moved some. */
    static boolean mayHaveMoved(Call call) {
        ShrinkerEntry entry = call.entry;
        Call.End end = call.end();
        if (end instanceof Call.Answered answered) {
            return answered.answer() > 0;
        }
        if (end instanceof Call.Thrown thrown) {
            threw(entry, call.pair, thrown.thrown());
            return true;
        }
        if (end == Call.Unanswered.NOT_MADE && call.hasBegun()) {
            // It came back too late: the watch has called it a fault before.
            return true;
        }
        if (entry.isFreeing()) {
            return false;
        }
        if (!entry.isOverdueAFault()) {
            // An actor is late, and moves them when it comes to the message.
            return true;
        }
        String what = end == Call.Unanswered.OVERDUE
                ? "its reparent did not answer within [" + entry.callDeadline() + "] [reclaimer.call-deadline]"
                : "its reparent could not be called, because calls of it have not come back";
        entry.faults().fault(what, call.pair.toString(), null);
        return true;
    }

    private static void threw(ShrinkerEntry entry, Pair pair, Throwable thrown) {
        entry.faults().fault("its reparent threw " + Faults.text(thrown), pair.toString(), thrown);
    }

    private void oneDone() {
        outstanding--;
        if (outstanding == 0) {
            replyTo.tell(new CgroupTree.PairQuiesced(pair, bits));
        }
    }
}
