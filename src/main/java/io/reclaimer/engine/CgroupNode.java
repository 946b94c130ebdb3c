package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.engine.call.PendingCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The visitor of one cgroup on one node: visits its shrinkers, and alone clears its bits. Runs on the visit dispatcher.
 *
 * <p>The steps of a pass:
 *
 * <ol>
 *   <li>a round asks for it ({@link #onPass});
 *   <li>an iteration visits one shrinker after the other, a time slice at a time ({@link #iterate}); others run between
 *       two slices;
 *   <li>a visit that holds up the others for long becomes a late visit, and goes on beside the iteration ({@link
 *       #onContinueLate});
 *   <li>when the iteration has ended, the pass is acknowledged ({@link NodePass#end}).
 * </ol>
 *
 * <p>It is <em>online</em> until it is asked to {@link Quiesce}, and <em>going offline</em> from then on: passes are
 * refused, visits are ended, and when none is left the objects are moved to the parent ({@link Reparenting}).
 *
 * <p>It calls plain shrinkers itself, so it may be stuck. Then only the transition to offline waits for it: others find
 * the data in {@link CgroupPerNode}, and the tree starts a new visitor, which goes on with all late visits except the
 * stuck one. When the call comes back, the old visitor hands over its other visits and stops ({@link #onRetire}). Both
 * may run at the same time for a moment; all that they share is thread-safe.
 */
final class CgroupNode extends AbstractOnMessageBehavior<CgroupNode.Command> {

    public sealed interface Command permits PassRequest, Local {}

    /** From this engine's own actors. */
    private sealed interface Local extends Command {}

    /** The next time slice of a pass has come. */
    record Continue(NodePass pass) implements Local {}

    /** The next time slice of a late visit has come. The visitor that resumes it first goes on with it. */
    record ContinueLate(Visit visit) implements Local {}

    /** An awaited call has ended: see {@link io.reclaimer.engine.call.CallQueues}. */
    enum CallsEnded implements Local {
        INSTANCE
    }

    /** A visit may have waited for too long. */
    enum CheckForLate implements Local {
        INSTANCE
    }

    /** Ends all visits and moves the objects to the parent: the first half of going offline. */
    record Quiesce(ActorRef<CgroupTree.Command> replyTo) implements Local {}

    /** To a new visitor: the one before is stuck, and messages to it may be lost. */
    enum TakeOver implements Local {
        INSTANCE
    }

    /** Another visitor has taken over, or there is nothing to visit any more. */
    enum Retire implements Local {
        INSTANCE
    }

    private static final Logger LOG = LoggerFactory.getLogger(CgroupNode.class);

    private final EngineContext engine;
    private final Visitor self;
    private final CgroupPerNode perNode;
    private final List<NodePass> passes = new ArrayList<>(1);

    /** Null while online. */
    private @Nullable Reparenting reparenting;

    /** Creates the actor of {@code self}, in which the tree sets its reference. */
    static Behavior<Command> create(EngineContext engine, Visitor self) {
        return Behaviors.setup(context -> new CgroupNode(context, engine, self));
    }

    private CgroupNode(ActorContext<Command> context, EngineContext engine, Visitor self) {
        super(context);
        this.engine = engine;
        this.self = self;
        this.perNode = self.perNode;
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        PassThread thread = engine.thisThread();
        thread.beginSlice(self);
        engine.wakeWatchdog();
        try {
            return handle(message, thread);
        } catch (RuntimeException e) {
            // A bug. Bits are kept, and rounds go on without the passes that were under way.
            LOG.error("[{}] failed on [{}]", self, message, e);
            passes.forEach(NodePass::drop);
            passes.clear();
            return this;
        } finally {
            thread.endSlice();
        }
    }

    private Behavior<Command> handle(Command message, PassThread thread) {
        if (message instanceof PassRequest request) {
            onPass(request, thread);
        } else if (message instanceof Continue next) {
            onContinue(next.pass(), thread);
        } else if (message instanceof ContinueLate next) {
            onContinueLate(next.visit(), thread);
        } else if (message instanceof CallsEnded) {
            onCallsEnded(thread);
        } else if (message instanceof CheckForLate) {
            onCheckForLate(thread);
        } else if (message instanceof Quiesce quiesce) {
            onQuiesce(quiesce, thread);
        } else if (message instanceof TakeOver) {
            onTakeOver(thread);
        } else if (message instanceof Retire) {
            return onRetire();
        } else {
            return Behaviors.unhandled();
        }
        return this;
    }

    private boolean isReplaced() {
        return perNode.visitor() != self;
    }

    private boolean isGoingOffline() {
        return reparenting != null;
    }

    private void onPass(PassRequest request, PassThread thread) {
        if (isReplaced() || isGoingOffline() || !perNode.enter()) {
            request.acknowledge(false);
            return;
        }
        NodePass pass = newPass(thread);
        pass.begin(request);
        passes.add(pass);
        iterate(pass, thread);
    }

    private NodePass newPass(PassThread thread) {
        if (perNode.isRoot()) {
            return new NodePass(new RegistrationIteration(engine));
        }
        NodePass spare = thread.takeSpare();
        return spare != null ? spare : new NodePass(new BitmapIteration(engine));
    }

    private void iterate(NodePass pass, PassThread thread) {
        if (isGoingOffline()) {
            abort(pass, thread);
            return;
        }
        switch (pass.iteration.run(thread)) {
            case ENDED -> end(pass, thread);
            case SLICE_OVER -> {
                if (pass.tryMarkContinueSent()) {
                    engine.nextSlice(self, pass.goOn);
                }
            }
            case WAITING -> {}
            case REPLACED -> {
                passes.remove(pass);
                pass.handOver();
            }
        }
    }

    private void abort(NodePass pass, PassThread thread) {
        if (!pass.iteration.isWaiting()) {
            pass.iteration.abort(thread);
            end(pass, thread);
        }
    }

    private void end(NodePass pass, PassThread thread) {
        passes.remove(pass);
        pass.end();
        if (pass.isFree() && !perNode.isRoot()) {
            thread.keepSpare(pass);
        }
    }

    private void onContinue(NodePass pass, PassThread thread) {
        pass.continueReceived();
        if (pass.isUnderWay() && !isReplaced()) {
            iterate(pass, thread);
            reparentIfIdle();
        }
    }

    private void onContinueLate(Visit visit, PassThread thread) {
        if (visit.resume()) {
            continueLate(visit, thread);
        }
    }

    private void continueLate(Visit visit, PassThread thread) {
        if (isGoingOffline()) {
            visit.abort(thread);
        } else {
            thread.slice.begin();
            if (visit.advance(thread) == Visit.Outcome.SLICE_OVER) {
                engine.nextSlice(perNode.visitor(), new ContinueLate(visit));
            }
        }
        reparentIfIdle();
    }

    private void onCallsEnded(PassThread thread) {
        if (isReplaced()) {
            perNode.callHasEnded();
            return;
        }
        for (PendingCall call = perNode.queues().takeEnded();
                call != null;
                call = perNode.queues().takeEnded()) {
            onCallEnded(call, thread);
        }
        for (NodePass pass : List.copyOf(passes)) {
            if (pass.isUnderWay() && pass.iteration.hasReplied()) {
                iterate(pass, thread);
            }
        }
        reparentIfIdle();
    }

    private void onCallEnded(PendingCall call, PassThread thread) {
        if (call.owner() instanceof Visit visit) {
            visit.ended(call);
            if (!visit.isOf(self) || visit.isLate()) {
                // It began with the visitor before, which does not wait for it any more.
                visit.detach(false);
                continueLate(visit, thread);
            } else {
                visit.iteration().replied(visit);
            }
        } else if (call.owner() instanceof Reparenting moving) {
            moving.ended(call);
        }
    }

    private void onCheckForLate(PassThread thread) {
        if (isReplaced()) {
            return;
        }
        long now = engine.nanoTime().getAsLong();
        for (NodePass pass : List.copyOf(passes)) {
            if (pass.isUnderWay() && pass.iteration.passOverLate(now)) {
                iterate(pass, thread);
            }
        }
        reparentIfIdle();
    }

    private void onQuiesce(Quiesce message, PassThread thread) {
        CgroupPerNode parent = perNode.parent();
        if (parent == null) {
            throw new IllegalStateException("The root can't go offline");
        }
        reparenting = new Reparenting(perNode, parent, engine, message.replyTo());
        for (NodePass pass : List.copyOf(passes)) {
            abort(pass, thread);
        }
        for (Visit visit : perNode.late().all()) {
            onContinueLate(visit, thread);
        }
        reparentIfIdle();
    }

    /** Begins to move the objects when no visit is left. */
    private void reparentIfIdle() {
        Reparenting next = reparenting;
        if (next != null && !next.hasBegun() && passes.isEmpty() && !perNode.isInUse()) {
            next.begin();
        }
    }

    private void onTakeOver(PassThread thread) {
        perNode.late().all().forEach(visit -> onContinueLate(visit, thread));
        onCallsEnded(thread);
    }

    private Behavior<Command> onRetire() {
        List.copyOf(passes).forEach(NodePass::handOver);
        passes.clear();
        return Behaviors.stopped();
    }
}
