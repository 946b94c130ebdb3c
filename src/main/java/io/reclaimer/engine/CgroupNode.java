package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One cgroup on one node: the only writer of its bits, and where its shrinkers are visited. The root's is the node actor.
 *
 * <p>A pass goes like this:
 *
 * <ol>
 *   <li>it comes from the pair above, or from a round where this is the top ({@link #onPass});
 *   <li>it goes on to those children in whose subtrees a bit is set, as many at a time as {@link #WINDOW}
 *       ({@link #goOnWithChildren});
 *   <li>the own walk runs, a turn at a time ({@link #walk});
 *   <li>in a round that may end early, 2 and 3 are for those first that had no turn in this sweep, and then for the
 *       others ({@link #endIfDone});
 *   <li>when the children have answered and the walk has ended, the answer goes up, and says whether the subtree is
 *       clean now ({@link #answer}).
 * </ol>
 *
 * <p>Dirty marks: a pair that is dirty has told the pair above, and is in its list, or the message is under way. It tells
 * again only after it has answered "clean". Answers are no messages ({@link PassRun}), and all that are there are taken
 * before a message is looked at: so "dirty again", sent after the answer, can't overtake it, and the mark can't be lost
 * (DirtyMarksTest tries). The answer may overtake a "dirty" from before it; then a child is in the list that is clean, and
 * the next pass finds that out. A pair that said "clean" while a bit was cleared for a second look tells again when the
 * visit has set it again (AsyncShrinkerTest).
 */
public final class CgroupNode extends AbstractOnMessageBehavior<CgroupNode.Command> {

    public sealed interface Command {}

    /** A shrinker has objects here now. */
    record SetBit(ShrinkerEntry entry) implements Command {}

    /** A pass at one priority. */
    record Pass(RoundWork work, int priority, boolean alone) {}

    /** The pass of the pair above; the same message for all its children. */
    record PassOn(PassRun above) implements Command {}

    /** A pass for which this pair is the top. */
    record StartPass(Pass pass, ActorRef<ReclaimRound.Command> replyTo) implements Command {}

    /** Makes room for more ids. */
    record Grow(int nrMax, ActorRef<CgroupTree.Command> replyTo) implements Command {}

    /** Ends all passes and moves the objects to the parent. The first half of going offline. */
    record Quiesce(ActorRef<CgroupTree.Command> replyTo) implements Command {}

    /** Takes over what a child that goes offline leaves, and forgets the child. The second half. */
    record Adopt(Pair child, List<ShrinkerEntry> bits, List<Owed> owed) implements Command {}

    /** A deferred count on its way to the parent. */
    record Owed(ShrinkerEntry entry, long objects) {}

    /** The pair has been idle for long: it is to end, unless it is not. Answered with one or the other. */
    record Rest(ActorRef<CgroupTree.Command> replyTo) implements Command {}

    /** What the pair has: bits and counts of shrinkers that are not gone. */
    record Inspect(ActorRef<Inspection.Command> replyTo) implements Command {}

    /** From a child: a bit is set in its subtree. */
    record ChildDirty(Pair child) implements Command {}

    /** From a child: enough children have done their parts. */
    enum Answered implements Command {
        INSTANCE
    }

    /** To itself. */
    record Continue(PassRun run) implements Command {}

    /** A shrinker that answers later has answered. */
    record CallEnded(Call call) implements Command {}

    /** To itself: the time of a call may be over. */
    record CallLate(Call call) implements Command {}

    /** From the pair above: nothing more will come from there. */
    private enum Forgotten implements Command {
        INSTANCE
    }

    private static final Logger LOG = LoggerFactory.getLogger(CgroupNode.class);

    /**
     * To how many children a pass is sent before the first has answered. Enough to keep all threads busy; small, so that
     * a round that meets its target early has not been to everybody.
     */
    static final int WINDOW = 128;

    private final Published published;
    private final Pair pair;
    private final Subtree below = new Subtree();
    private final List<PassRun> runs = new ArrayList<>(1);

    /** Made with the first call that is answered later. */
    private @Nullable PairCalls calls;

    private boolean parentKnows;
    private boolean leaving;

    /** It has nothing and lives on only until the pair above has forgotten it. */
    private boolean resting;

    /** From when it is to go offline until its passes have ended; then it moves its objects. */
    private @Nullable Reparenting reparenting;

    static Behavior<Command> create(Published published, Pair pair) {
        return Behaviors.setup(context -> new CgroupNode(context, published, pair));
    }

    private CgroupNode(ActorContext<Command> context, Published published, Pair pair) {
        super(context);
        this.published = published;
        this.pair = pair;
    }

    Pair pair() {
        return pair;
    }

    PairCalls calls() {
        if (calls == null) {
            calls = new PairCalls(getContext(), published);
        }
        return calls;
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        try {
            takeAnswers();
            Behavior<Command> next = handle(message);
            goOnWithAnswered();
            return next;
        } catch (RuntimeException e) {
            // A bug. The state is kept, for the bits must be; a round that waits for this pair ends by its deadline.
            LOG.error("[{}] failed on [{}]", pair, message, e);
            return this;
        }
    }

    private Behavior<Command> handle(Command message) {
        if (message instanceof PassOn pass) {
            onPass(pass.above().pass(), null, pass.above());
        } else if (message instanceof Answered) {
            // Taken already.
            return this;
        } else if (message instanceof SetBit set) {
            onSetBit(set);
        } else if (message instanceof ChildDirty dirty) {
            onChildDirty(dirty);
        } else if (message instanceof Continue more) {
            onContinue(more.run());
        } else if (message instanceof CallEnded ended) {
            calls().ended(ended.call());
        } else if (message instanceof CallLate late) {
            calls().late(late.call());
        } else if (message instanceof StartPass start) {
            onPass(start.pass(), start.replyTo(), null);
        } else if (message instanceof Grow grow) {
            onGrow(grow);
        } else if (message instanceof Rest rest) {
            onRest(rest);
        } else if (message instanceof Inspect inspect) {
            inspect.replyTo().tell(Inspection.PairState.of(pair, published.table()));
        } else if (message instanceof Quiesce quiesce) {
            onQuiesce(quiesce);
        } else if (message instanceof Adopt adopt) {
            onAdopt(adopt);
        } else if (message instanceof Forgotten) {
            return Behaviors.stopped();
        } else {
            return Behaviors.unhandled();
        }
        return this;
    }

    private void onSetBit(SetBit message) {
        ShrinkerEntry entry = message.entry();
        if (leaving || resting) {
            // Where it rests, who sent this has found that the pair is gone and told the tree: see CgroupHandle.setBit.
            return;
        }
        UnitMap units = pair.units();
        if (entry.id() >= units.nrMax()) {
            published.strayBit(entry, pair);
            return;
        }
        units.setBit(entry);
        pair.isBusy();
        tellParent();
    }

    private void onChildDirty(ChildDirty message) {
        if (below.becomesDirty(message.child())) {
            pair.isBusy();
        }
        tellParent();
    }

    private void tellParent() {
        Pair parent = pair.parent();
        if (!parentKnows && parent != null) {
            parentKnows = true;
            parent.ref().tell(new ChildDirty(pair));
        }
    }

    private void onPass(Pass pass, @Nullable ActorRef<ReclaimRound.Command> round, @Nullable PassRun above) {
        PassRun run = freeRun();
        run.begin(this, pass, round, above);
        below.begin(run, pass);
        runs.add(run);
        goOn(run);
    }

    private PassRun freeRun() {
        if (pair.parent() == null) {
            return new PassRun(new RootWalk(published));
        }
        PassRun spare = published.callMarks().ofThisThread().takeSpare();
        return spare != null ? spare : new PassRun(new CgroupWalk(published));
    }

    private void goOn(PassRun run) {
        goOnWithChildren(run);
        walk(run);
        endIfDone(run);
    }

    /** Takes what children have answered, and sends the pass to others in their place. */
    private void goOnWithChildren(PassRun run) {
        do {
            for (Answer answer = run.takeAnswers(); answer != null; answer = answer.taken()) {
                below.answered(answer);
            }
            for (Pair child = run.nextChild(WINDOW); child != null; child = run.nextChild(WINDOW)) {
                child.ref().tell(run.toChildren);
            }
        } while (run.awaitAnswers());
    }

    /** Takes all answers that are there. */
    private void takeAnswers() {
        // From the last one on, for a run that is over leaves the list.
        for (int i = runs.size() - 1; i >= 0; i--) {
            PassRun run = runs.get(i);
            if (run.hasAnswers()) {
                goOnWithChildren(run);
                endIfDone(run);
            }
        }
    }

    private void walk(PassRun run) {
        Walk walk = run.walk();
        if (walk == null || run.isWalkEnded()) {
            return;
        }
        if (leaving) {
            if (!walk.isWaiting()) {
                walk.abort();
                run.endWalk();
            }
            return;
        }
        switch (walk.run()) {
            case ENDED -> run.endWalk();
            case TURN_OVER -> {
                if (run.wantsGoOn()) {
                    getContext().getSelf().tell(run.goOn);
                }
            }
            case WAITING -> {}
        }
    }

    /** Goes on with walks whose answers have come, until there are none. */
    private void goOnWithAnswered() {
        while (calls != null && calls.tookAnswers()) {
            for (PassRun run : List.copyOf(runs)) {
                Walk walk = run.walk();
                if (walk != null && walk.hasAnswers()) {
                    goOnWithWalk(run);
                }
            }
        }
    }

    private void onContinue(PassRun run) {
        run.goesOn();
        goOnWithWalk(run);
    }

    private void goOnWithWalk(PassRun run) {
        if (!run.isEnded()) {
            walk(run);
            endIfDone(run);
        }
    }

    private void endIfDone(PassRun run) {
        if (run.isEnded() || !run.isTurnOver()) {
            return;
        }
        if (below.beginsSecondTurn(run, !leaving)) {
            goOn(run);
            return;
        }
        run.end();
        runs.remove(run);
        answer(run);
        if (run.isFree() && pair.parent() != null) {
            published.callMarks().ofThisThread().keepSpare(run);
        }
        reparentIfIdle();
    }

    private void answer(PassRun run) {
        if (isClean()) {
            pair.idles(published.nanoTime().getAsLong());
        } else {
            // While a bit was cleared for a second look that is answered later, another run may have said "clean".
            tellParent();
        }
        ActorRef<ReclaimRound.Command> round = run.round();
        if (round != null) {
            round.tell(new ReclaimRound.PassEnded(run.pass(), getContext().getSelf()));
        } else {
            boolean clean = isClean();
            parentKnows &= !clean;
            run.answer(clean);
        }
    }

    private boolean isClean() {
        return below.isClean() && pair.units().isClean();
    }

    private void onGrow(Grow message) {
        pair.units().growTo(message.nrMax());
        message.replyTo().tell(new CgroupTree.PairGrown(pair, message.nrMax()));
    }

    private void onQuiesce(Quiesce message) {
        leaving = true;
        Pair parent = pair.parent();
        if (parent == null) {
            throw new IllegalStateException("The root can't go offline");
        }
        reparenting = new Reparenting(pair, parent, published, calls(), message.replyTo());
        // Only a leaf goes offline, so no run waits for a child, and each ends with its walk: now, or when the call
        // has ended that it waits for.
        for (PassRun run : List.copyOf(runs)) {
            goOnWithWalk(run);
        }
        reparentIfIdle();
    }

    private void reparentIfIdle() {
        if (reparenting != null && runs.isEmpty()) {
            Reparenting next = reparenting;
            reparenting = null;
            next.begin();
        }
    }

    private void onAdopt(Adopt message) {
        for (Owed owed : message.owed()) {
            pair.units().addDeferred(owed.entry(), owed.objects());
        }
        if (pair.parent() != null && !message.bits().isEmpty()) {
            message.bits().forEach(pair.units()::setBit);
            pair.isBusy();
            tellParent();
        }
        Pair child = message.child();
        below.forget(child);
        // Behind every pass that was sent to the child, so it has answered them all when it stops.
        child.ref().tell(Forgotten.INSTANCE);
        if (isClean()) {
            pair.idles(published.nanoTime().getAsLong());
        }
    }

    private void onRest(Rest message) {
        if (leaving || !runs.isEmpty() || !isClean()) {
            message.replyTo().tell(new CgroupTree.PairStays(pair));
            return;
        }
        resting = true;
        // Nobody else adds to these now: what visits on other nodes add to is node 0's, which rests last.
        message.replyTo().tell(new CgroupTree.PairRests(pair, pair.units().takeAllDeferred()));
    }
}
