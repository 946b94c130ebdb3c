package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import io.reclaimer.engine.call.ShrinkerEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The passes of one round: the requests that are sent, acknowledged, and late. Confined to the round's actor, which
 * brings the acknowledgements and the time.
 *
 * <p>A pass goes to all dirty cgroups of the subtree on their nodes, with up to {@link #WINDOW} requests outstanding.
 * In a round with a target, those that were served longest ago come first. In each of them the pass begins at the place
 * where the last such round stopped; the part before that place follows when all first parts are done.
 *
 * <p>A request that is not acknowledged is late when the round says so ({@link #passOverLate}). The pass does not wait
 * for it any more. Its cgroup is asked again when the request is acknowledged or there is a new visitor, at the
 * priority that the round has reached by then.
 */
final class RoundPasses {

    /**
     * How many requests are outstanding at most. Enough to keep all threads busy; small, so that a round that meets its
     * target early has not asked everybody.
     */
    static final int WINDOW = 512;

    /**
     * How many requests a pass with a target sends one by one, before it doubles their number with each
     * acknowledgement. So a small target is met by those that come first in the fair order, and nobody else is asked.
     */
    private static final int ONE_BY_ONE = 8;

    /**
     * After how many acknowledgements the round is woken while it has more to ask. Few, so that slow visitors do not
     * keep others waiting; not one, because waking costs as much as a small cgroup's part.
     */
    private static final int WAKE_AFTER = 128;

    /** A part of a pass that is asked for after all first parts. */
    private record Remainder(CgroupPerNode perNode, PassRequest.Part part, long begin, long end) {}

    private final EngineContext engine;
    private final RoundSpec.Scope scope;
    private final CgroupHandle top;
    private final RoundWork work;
    private final Acknowledgements acknowledgements;
    private final Consumer<Visitor> watch;

    private final PassOrder order = new PassOrder();
    private int next;
    private final Deque<Remainder> remainders = new ArrayDeque<>();

    /** The cgroups that this pass did not ask because they were late. */
    private final Set<CgroupPerNode> skipped = new HashSet<>();

    /** Requests that are sent and not acknowledged, without those that are late. */
    private final List<PassRequest> outstanding = new ArrayList<>();

    private final LateRequests late = new LateRequests();

    /** Acknowledged requests, for reuse. */
    private final List<PassRequest> spare = new ArrayList<>();

    /** How many may be outstanding now: {@link #WINDOW}, or fewer at the beginning of a pass with a target. */
    private int window = WINDOW;

    /** The number of acknowledgements in this pass. */
    private int acknowledged;

    /** Whether this pass has asked somebody. */
    private boolean askedSomebody;

    /** How many first parts are outstanding. */
    private int firstParts;

    private int priority;
    private long number;
    private boolean progress;

    /**
     * @param watch watches a visitor, so that the round is told when it has stopped and acknowledges nothing any more
     */
    RoundPasses(
            EngineContext engine,
            RoundSpec.Scope scope,
            CgroupHandle top,
            RoundWork work,
            Acknowledgements acknowledgements,
            Consumer<Visitor> watch) {
        this.engine = engine;
        this.scope = scope;
        this.top = top;
        this.work = work;
        this.acknowledgements = acknowledgements;
        this.watch = watch;
    }

    /** Begins a pass. */
    void begin(int atPriority) {
        priority = atPriority;
        number = engine.nextPass();
        next = 0;
        remainders.clear();
        skipped.clear();
        order.clear();
        long now = engine.nanoTime().getAsLong();
        for (int node : scope.nodes()) {
            CgroupPerNode perNode = top.isOnline() ? top.onNode(node) : null;
            if (perNode != null) {
                order.addDirty(perNode, !scope.withoutDescendants(), now);
            }
        }
        acknowledged = 0;
        askedSomebody = false;
        window = work.hasTarget() ? 1 : WINDOW;
        if (work.hasTarget()) {
            order.sortByLastServed();
        }
    }

    /** Sends as many requests as the window allows, and has the round woken when it can go on. */
    void goOn() {
        do {
            takeAcknowledgements();
            send();
        } while (!isSilent() && acknowledgements.await(countToWakeAt()));
    }

    private boolean isSilent() {
        return outstanding.isEmpty() && late.isEmpty();
    }

    private int countToWakeAt() {
        if (outstanding.isEmpty()) {
            return 1;
        }
        return hasMore() ? Math.min(outstanding.size(), Math.min(window, WAKE_AFTER)) : outstanding.size();
    }

    private boolean hasMore() {
        return next < order.size() || !remainders.isEmpty();
    }

    /** Whether this pass has asked everybody, and all that are not late have acknowledged. */
    boolean isOver() {
        return outstanding.isEmpty() && (work.isStopped() || !hasMore());
    }

    private void send() {
        while (hasMore() && outstanding.size() < window && !work.isStopped()) {
            if (next < order.size()) {
                CgroupPerNode perNode = order.get(next++);
                if (late.contains(perNode.visitor())) {
                    skipped.add(perNode);
                } else {
                    PassRequest.Part part = work.hasTarget() ? PassRequest.Part.FIRST : PassRequest.Part.ALL;
                    send(perNode, part, 0, PassRequest.TO_THE_END);
                }
            } else {
                Remainder remainder = remainders.element();
                if (remainder.part() == PassRequest.Part.SECOND && firstParts > 0) {
                    return;
                }
                remainders.remove();
                send(remainder.perNode(), remainder.part(), remainder.begin(), remainder.end());
            }
        }
    }

    private void send(CgroupPerNode perNode, PassRequest.Part part, long begin, long end) {
        PassRequest request =
                spare.isEmpty() ? new PassRequest(acknowledgements, work) : spare.remove(spare.size() - 1);
        Visitor visitor = perNode.visitor();
        request.prepare(perNode, visitor, priority, number).part(part, begin, end);
        request.outstandingIndex = outstanding.size();
        outstanding.add(request);
        firstParts += part == PassRequest.Part.FIRST ? 1 : 0;
        askedSomebody = true;
        visitor.tell(request);
        if (perNode.removed || perNode.visitor() != visitor) {
            // The visitor may have stopped before the message came. The tree removes the data, or sets another visitor,
            // before it tells the old visitor to retire. So either this sees that, and the stop of the visitor is
            // signalled, or the visitor acknowledges the request.
            drop(request);
            passOver(request);
            askIfReplaced(request);
        }
    }

    /** Takes the acknowledgements that have come. */
    void takeAcknowledgements() {
        for (PassRequest request = acknowledgements.take(); request != null; ) {
            PassRequest after = request.before;
            request.before = null;
            acknowledged(request);
            request = after;
        }
    }

    private void acknowledged(PassRequest request) {
        progress = true;
        acknowledged++;
        if (acknowledged >= ONE_BY_ONE) {
            window = Math.min(WINDOW, 2 * window);
        }
        if (request.outstandingIndex >= 0) {
            drop(request);
        } else if (late.remove(request)) {
            askSkipped(request.perNode());
        } else {
            // Its visitor has stopped, or seemed to have.
            return;
        }
        if (request.number == number && !request.isReassigned) {
            addRemainderOf(request);
        }
        if (request.clean) {
            request.perNode().unlistIfClean(engine.nanoTime().getAsLong());
        }
        spare.add(request);
    }

    private void drop(PassRequest request) {
        PassRequest last = outstanding.remove(outstanding.size() - 1);
        if (last != request) {
            last.outstandingIndex = request.outstandingIndex;
            outstanding.set(request.outstandingIndex, last);
        }
        request.outstandingIndex = -1;
        firstParts -= request.part == PassRequest.Part.FIRST ? 1 : 0;
    }

    private void addRemainderOf(PassRequest request) {
        if (request.visited) {
            addSecondOf(request);
        } else if (request.perNode().visitor() != request.visitor()) {
            askNewVisitor(request);
        }
        // Otherwise the cgroup is gone from the node: there is nothing left to do.
    }

    /** Asks the new visitor for the places that the replaced one did not come to. */
    private void askNewVisitor(PassRequest request) {
        request.isReassigned = true;
        long begin = Math.max(request.begin, request.position);
        remainders.addFirst(new Remainder(request.perNode(), PassRequest.Part.RANGE, begin, request.end));
        addSecondOf(request);
    }

    private void addSecondOf(PassRequest request) {
        if (request.part == PassRequest.Part.FIRST && request.begin > 0) {
            remainders.addLast(new Remainder(request.perNode(), PassRequest.Part.SECOND, 0, request.begin));
        }
    }

    /** Asks a cgroup that this pass has skipped because it was late, and that is no longer late. */
    private void askSkipped(CgroupPerNode perNode) {
        if (skipped.remove(perNode)) {
            remainders.addFirst(new Remainder(perNode, PassRequest.Part.ALL, 0, PassRequest.TO_THE_END));
        }
    }

    /** Whether a request was acknowledged since the last call of this method. */
    boolean takeProgress() {
        boolean was = progress;
        progress = false;
        return was;
    }

    /** Opens the whole window from now on, so that a slow visitor does not keep others waiting. */
    void openWindow() {
        window = WINDOW;
    }

    /** Makes all outstanding requests late. */
    void passOverLate() {
        outstanding.forEach(this::passOver);
        outstanding.clear();
        firstParts = 0;
    }

    private void passOver(PassRequest request) {
        request.outstandingIndex = -1;
        late.add(request);
        watch.accept(request.visitor());
    }

    /** Ends the pass early: nobody else is asked. */
    void cutShort() {
        next = order.size();
        remainders.clear();
    }

    /** Asks the new visitors in the place of late ones. */
    void askReplaced() {
        late.forEach(this::askIfReplaced);
    }

    private void askIfReplaced(PassRequest request) {
        CgroupPerNode perNode = request.perNode();
        if (request.isReassigned || perNode.visitor() == request.visitor()) {
            return;
        }
        if (request.number == number) {
            // Shrinkers that were visited before the visitor got stuck have been served in this pass.
            askNewVisitor(request);
        } else {
            request.isReassigned = true;
            askSkipped(perNode);
        }
    }

    /** Forgets the requests of a visitor that has stopped: it acknowledges nothing any more. */
    void visitorStopped(ActorRef<?> visitor) {
        late.removeOf(visitor).forEach(this::askIfReplaced);
    }

    /** Asks a shrinker that was skipped because it was late, if that was in this pass. */
    void askSkipped(CgroupPerNode perNode, ShrinkerEntry entry, long skippedIn) {
        if (skippedIn == number) {
            long place = perNode.isRoot() ? entry.order() : entry.id();
            remainders.addFirst(new Remainder(perNode, PassRequest.Part.RANGE, place, place + 1));
        }
    }

    /**
     * Whether all cgroups of this pass are late, so that a pass at a lower priority would not ask any of them either.
     */
    boolean areAllLate() {
        return !askedSomebody && !skipped.isEmpty();
    }

    /** How many requests are late. */
    int lateCount() {
        return late.size();
    }
}
