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
import org.jspecify.annotations.Nullable;

/**
 * The passes of one round: the requests that are sent, acknowledged, and late. Thread-safe, by one lock. The round's
 * actor begins a pass, brings the time, and ends it. In between, the threads that send its requests go on with it as
 * acknowledgements come, so that short passes run on one thread. Nobody waits under the lock, and no shrinker is called.
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

    /** A part of a pass that is asked for after all first parts. */
    private record Remainder(CgroupPerNode perNode, PassRequest.Part part, long begin, long end) {}

    private final EngineContext engine;
    private final PassCgroups cgroups;
    private final RoundWork work;
    private final Acknowledgements acknowledgements;
    private final Consumer<Visitor> watch;

    private final Deque<Remainder> remainders = new ArrayDeque<>();

    /** The cgroups that this pass did not ask because they were late. */
    private final Set<CgroupPerNode> skipped = new HashSet<>();

    /** Requests that are sent and not acknowledged, without those that are late. */
    private final List<PassRequest> outstanding = new ArrayList<>();

    private final LateRequests late = new LateRequests();

    /** Prepared requests that are sent together next. */
    private final List<PassRequest> toSend = new ArrayList<>();

    /** Batches that are not done. */
    private final List<PassBatch> batches = new ArrayList<>();

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

    /** Whether the pass has begun on its thread. */
    private boolean isBegun;

    /** Whether the thread that holds the lock sends the next batch itself, when it has left it. */
    private boolean sendsHere;

    /** That batch. */
    private @Nullable PassBatch here;

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
        this.cgroups = new PassCgroups(scope, top, work);
        this.work = work;
        this.acknowledgements = acknowledgements;
        this.watch = watch;
    }

    /** Begins a pass: on a thread of the visit dispatcher, where its visits begin, too. */
    void begin(int atPriority) {
        synchronized (this) {
            priority = atPriority;
            isBegun = false;
        }
        engine.visits().execute(() -> {
            ensureBegun();
            goOnHere();
        });
    }

    /** Begins the pass here if it has not begun: no thread was free for it. */
    synchronized void ensureBegun() {
        if (isBegun) {
            return;
        }
        isBegun = true;
        number = engine.nextPass();
        remainders.clear();
        skipped.clear();
        cgroups.begin(engine.nanoTime().getAsLong());
        acknowledged = 0;
        askedSomebody = false;
        window = work.hasTarget() ? 1 : WINDOW;
    }

    /** Has as many requests sent as the window allows, and the pass go on when that is possible. */
    synchronized void goOn() {
        if (isBegun) {
            do {
                takeAcknowledgements();
                send();
            } while (!isSilent() && acknowledgements.await(countToWakeAt()));
        }
    }

    /** Does the same, and sends requests on this thread. Wakes the round when the pass is over. */
    void goOnHere() {
        PassBatch batch;
        do {
            boolean over;
            synchronized (this) {
                sendsHere = true;
                goOn();
                sendsHere = false;
                batch = here;
                here = null;
                over = batch == null && isOver();
            }
            if (over) {
                acknowledgements.wakeRound();
            }
        } while (batch != null && batch.sendHere());
    }

    private boolean isSilent() {
        return outstanding.isEmpty() && late.isEmpty();
    }

    private int countToWakeAt() {
        if (outstanding.isEmpty()) {
            return 1;
        }
        return hasMore() ? Math.min(outstanding.size(), Math.max(1, Math.min(window, WINDOW) / 4)) : outstanding.size();
    }

    private boolean hasMore() {
        return cgroups.hasNext() || !remainders.isEmpty();
    }

    /** Whether this pass has asked everybody, and all that are not late have acknowledged. */
    synchronized boolean isOver() {
        return isBegun && outstanding.isEmpty() && (work.isStopped() || !hasMore());
    }

    private void send() {
        while (hasMore() && outstanding.size() < window && !work.isStopped()) {
            if (cgroups.hasNext()) {
                CgroupPerNode perNode = cgroups.next();
                if (late.contains(perNode.visitor())) {
                    skipped.add(perNode);
                } else {
                    PassRequest.Part part = work.hasTarget() ? PassRequest.Part.FIRST : PassRequest.Part.ALL;
                    prepare(perNode, part, 0, PassRequest.TO_THE_END);
                }
            } else {
                Remainder remainder = remainders.element();
                if (remainder.part() == PassRequest.Part.SECOND && firstParts > 0) {
                    break;
                }
                remainders.remove();
                prepare(remainder.perNode(), remainder.part(), remainder.begin(), remainder.end());
            }
        }
        if (!toSend.isEmpty()) {
            sendPrepared();
        }
    }

    private void prepare(CgroupPerNode perNode, PassRequest.Part part, long begin, long end) {
        PassRequest request =
                spare.isEmpty() ? new PassRequest(acknowledgements, work) : spare.remove(spare.size() - 1);
        request.prepare(perNode, perNode.visitor(), priority, number).part(part, begin, end);
        request.outstandingIndex = outstanding.size();
        outstanding.add(request);
        firstParts += part == PassRequest.Part.FIRST ? 1 : 0;
        askedSomebody = true;
        toSend.add(request);
    }

    private void sendPrepared() {
        int ranges = work.hasTarget() ? 1 : engine.visits().parallelism();
        PassBatch batch = new PassBatch(engine, this, work, acknowledgements, toSend, ranges);
        toSend.clear();
        batches.removeIf(PassBatch::isDone);
        batches.add(batch);
        if (sendsHere && here == null) {
            here = batch;
        } else {
            batch.submit();
        }
    }

    /** Makes a request late whose visitor may have stopped before the request came. */
    synchronized void visitorGone(ReclaimRound.VisitorGone gone) {
        PassRequest request = gone.request();
        if (request.outstandingIndex >= 0
                && request.perNode() == gone.perNode()
                && request.visitor() == gone.visitor()) {
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
            window = Math.max(window, Math.min(WINDOW, 2 * window));
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

    /** Takes the acknowledgements that have come, with those that are still collected by senders. */
    synchronized void takeAllAcknowledgements() {
        batches.forEach(PassBatch::flush);
        takeAcknowledgements();
    }

    /** Whether a request was acknowledged since the last call of this method. */
    synchronized boolean takeProgress() {
        boolean was = progress;
        progress = false;
        return was;
    }

    /** Opens the whole window from now on, so that a slow visitor does not keep others waiting. */
    synchronized void openWindow() {
        window = Math.max(window, WINDOW);
    }

    /** Makes all outstanding requests late. */
    synchronized void passOverLate() {
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
    synchronized void cutShort() {
        cgroups.skipRest();
        remainders.clear();
    }

    /** See {@link PassCgroups#takeLow}. */
    synchronized boolean takeLow() {
        return cgroups.takeLow();
    }

    /** Asks the new visitors in the place of late ones. */
    synchronized void askReplaced() {
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
    synchronized void visitorStopped(ActorRef<?> visitor) {
        late.removeOf(visitor).forEach(this::askIfReplaced);
    }

    /** Asks a shrinker that was skipped because it was late, if that was in this pass. */
    synchronized void askSkipped(CgroupPerNode perNode, ShrinkerEntry entry, long skippedIn) {
        if (skippedIn == number) {
            long place = perNode.isRoot() ? entry.order() : entry.id();
            remainders.addFirst(new Remainder(perNode, PassRequest.Part.RANGE, place, place + 1));
        }
    }

    /**
     * Whether all cgroups of this pass are late, so that a pass at a lower priority would not ask any of them either.
     */
    synchronized boolean areAllLate() {
        return !askedSomebody && !skipped.isEmpty();
    }

    /** How many requests are late. */
    synchronized int lateCount() {
        return late.size();
    }
}
