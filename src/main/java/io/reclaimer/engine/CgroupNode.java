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
 * The visitor of one (cgroup, node) pair: visits its shrinkers, and alone clears its bits. Runs on the visit dispatcher.
 *
 * <p>A pass goes like this:
 *
 * <ol>
 *   <li>a round asks the pair for it ({@link #onPass});
 *   <li>the walk visits one shrinker after the other, a time slice at a time ({@link #walk}). Between two slices others have
 *       their turn;
 *   <li>a visit that holds up the others for long is left to itself, and goes on beside the walk ({@link #onGoOn});
 *   <li>when the walk has ended, the pass is acknowledged ({@link PassRun#end}).
 * </ol>
 *
 * <p>A plain shrinker is called in here, so this actor may be stuck. Nothing waits for it then: all that others need is in
 * {@link Pair}, and the tree gives the pair a new visitor, which goes on with all late visits but the one that is stuck. When
 * the call comes back this one hands over what it still has, and ends ({@link #onRetire}). In between both may be at work for a
 * moment; whatever they share is thread-safe.
 */
public final class CgroupNode extends AbstractOnMessageBehavior<CgroupNode.Command> {

    public sealed interface Command permits PairPass, Local {}

    /** From this engine's own actors. */
    private sealed interface Local extends Command {}

    /** The next time slice of a pass has come. */
    record Continue(PassRun run) implements Local {}

    /** The next time slice of a late visit has come; whoever resumes it first has it. */
    record GoOn(VisitRun visit) implements Local {}

    /** A call that was awaited has ended: see {@link CallLanes}. */
    enum CallsEnded implements Local {
        INSTANCE
    }

    /** A visit may have waited for too long. */
    enum LookForLate implements Local {
        INSTANCE
    }

    /** Ends all visits and moves the objects to the parent: the first half of going offline. */
    record Quiesce(ActorRef<CgroupTree.Command> replyTo) implements Local {}

    /** To a pair's new visitor: the one before is stuck, and what it was told it may have been told in vain. */
    enum TakeOver implements Local {
        INSTANCE
    }

    /** The pair has another visitor, or none any more. */
    enum Retire implements Local {
        INSTANCE
    }

    private static final Logger LOG = LoggerFactory.getLogger(CgroupNode.class);

    private final Published published;
    private final Visitor own;
    private final Pair pair;
    private final List<PassRun> runs = new ArrayList<>(1);

    /** From when the cgroup is to go offline until all visits have ended; then it moves its objects. */
    private @Nullable Reparenting reparenting;

    private boolean leaving;

    /** The actor says itself who it is to the visitor, which the tree has made for it. */
    static Behavior<Command> create(Published published, Visitor own) {
        return Behaviors.setup(context -> new CgroupNode(context, published, own));
    }

    private CgroupNode(ActorContext<Command> context, Published published, Visitor own) {
        super(context);
        this.published = published;
        this.own = own;
        this.pair = own.pair;
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        CallMark mark = published.callMarks().ofThisThread();
        mark.beginSlice(own);
        published.callsBegin();
        try {
            return handle(message, mark);
        } catch (RuntimeException e) {
            // A bug. Bits are kept, and rounds go on without the passes that were under way.
            LOG.error("[{}] failed on [{}]", own, message, e);
            runs.forEach(PassRun::drop);
            runs.clear();
            return this;
        } finally {
            mark.endSlice();
        }
    }

    private Behavior<Command> handle(Command message, CallMark mark) {
        if (message instanceof PairPass pass) {
            onPass(pass, mark);
        } else if (message instanceof Continue more) {
            onContinue(more.run(), mark);
        } else if (message instanceof GoOn late) {
            onGoOn(late.visit(), mark);
        } else if (message instanceof CallsEnded) {
            onCallsEnded(mark);
        } else if (message instanceof LookForLate) {
            onLookForLate(mark);
        } else if (message instanceof Quiesce quiesce) {
            onQuiesce(quiesce, mark);
        } else if (message instanceof TakeOver) {
            pair.late().all().forEach(visit -> onGoOn(visit, mark));
            onCallsEnded(mark);
        } else if (message instanceof Retire) {
            return onRetire();
        } else {
            return Behaviors.unhandled();
        }
        return this;
    }

    private boolean isReplaced() {
        return pair.visitor() != own;
    }

    private void onPass(PairPass pass, CallMark mark) {
        if (isReplaced() || leaving || !pair.enter()) {
            pass.acknowledge(false);
            return;
        }
        PassRun run = newRun(mark);
        run.begin(pass);
        runs.add(run);
        walk(run, mark);
    }

    private PassRun newRun(CallMark mark) {
        if (pair.isRoot()) {
            return new PassRun(new RootWalk(published));
        }
        PassRun spare = mark.takeSpare();
        return spare != null ? spare : new PassRun(new CgroupWalk(published));
    }

    private void walk(PassRun run, CallMark mark) {
        if (leaving) {
            if (!run.walk.isWaiting()) {
                run.walk.abort(mark);
                end(run, mark);
            }
            return;
        }
        switch (run.walk.run(mark)) {
            case ENDED -> end(run, mark);
            case SLICE_OVER -> {
                if (run.wantsGoOn()) {
                    published.sliceOver(own, run.goOn);
                }
            }
            case WAITING -> {}
            case REPLACED -> {
                runs.remove(run);
                run.handOver();
            }
        }
    }

    private void end(PassRun run, CallMark mark) {
        runs.remove(run);
        run.end();
        if (run.isFree() && !pair.isRoot()) {
            mark.keepSpare(run);
        }
    }

    private void onContinue(PassRun run, CallMark mark) {
        run.goesOn();
        if (run.isUnderWay() && !isReplaced()) {
            walk(run, mark);
            reparentIfIdle();
        }
    }

    private void onGoOn(VisitRun visit, CallMark mark) {
        if (visit.resume()) {
            goOnWithLate(visit, mark);
        }
    }

    private void goOnWithLate(VisitRun visit, CallMark mark) {
        if (leaving) {
            visit.abort(mark);
        } else {
            mark.turn.begin();
            if (visit.advance(mark) == VisitRun.Outcome.SLICE_OVER) {
                published.sliceOver(pair.visitor(), new GoOn(visit));
            }
        }
        reparentIfIdle();
    }

    private void onCallsEnded(CallMark mark) {
        if (isReplaced()) {
            pair.visitor().tell(CallsEnded.INSTANCE);
            return;
        }
        for (Call call = pair.lanes().takeEnded();
                call != null;
                call = pair.lanes().takeEnded()) {
            if (call.owner instanceof VisitRun visit) {
                visit.ended(call);
                if (!visit.isOf(own) || visit.isLate()) {
                    // Of the visitor before, which does not wait for it any more.
                    visit.becomeLate(false);
                    goOnWithLate(visit, mark);
                } else {
                    visit.walk().answered(visit);
                }
            } else if (call.owner instanceof Reparenting moving) {
                moving.ended(call);
            }
        }
        for (PassRun run : List.copyOf(runs)) {
            if (run.isUnderWay() && run.walk.hasAnswers()) {
                walk(run, mark);
            }
        }
        reparentIfIdle();
    }

    private void onLookForLate(CallMark mark) {
        if (isReplaced()) {
            return;
        }
        long now = published.nanoTime().getAsLong();
        for (PassRun run : List.copyOf(runs)) {
            if (run.isUnderWay() && run.walk.passOverLate(now)) {
                walk(run, mark);
            }
        }
        reparentIfIdle();
    }

    private void onQuiesce(Quiesce message, CallMark mark) {
        leaving = true;
        Pair parent = pair.parent();
        if (parent == null) {
            throw new IllegalStateException("The root can't go offline");
        }
        reparenting = new Reparenting(pair, parent, published, message.replyTo());
        for (PassRun run : List.copyOf(runs)) {
            walk(run, mark);
        }
        for (VisitRun visit : pair.late().all()) {
            onGoOn(visit, mark);
        }
        reparentIfIdle();
    }

    /** Begins when no visit is left in the pair. */
    private void reparentIfIdle() {
        if (reparenting != null && runs.isEmpty() && !pair.isInUse()) {
            Reparenting next = reparenting;
            reparenting = null;
            next.begin();
        }
    }

    /** The pair's visitor is another one now, or there is no pair any more; what is under way is that one's. */
    private Behavior<Command> onRetire() {
        List.copyOf(runs).forEach(PassRun::handOver);
        runs.clear();
        return Behaviors.stopped();
    }
}
