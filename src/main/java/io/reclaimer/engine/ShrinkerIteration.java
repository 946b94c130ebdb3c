package io.reclaimer.engine;

import io.reclaimer.engine.call.CallControl;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.Shrinker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The iteration of one pass over the shrinkers of one cgroup on one node, and their visits. Confined to one visitor; it
 * goes on in later time slices if one is not enough, and when awaited replies come. Reused for the next pass, of any
 * cgroup.
 *
 * <p>In strict order a visit ends before the next one begins. In relaxed order up to {@link #MAX_WAITING} visits may
 * await replies while others go on. In both, a visit that has held up the others for {@code reclaimer.late-after}
 * leaves the iteration and goes on by itself ({@link Visit#detach}).
 *
 * <p>Subclasses define which shrinkers are visited, and in what order: {@link BitmapIteration}, {@link
 * RegistrationIteration}.
 */
abstract class ShrinkerIteration {

    /** How many visits may await replies in relaxed order: bounds the memory of an iteration. */
    static final int MAX_WAITING = 16;

    /** The outcome of {@link #run}. */
    enum Outcome {
        ENDED,
        SLICE_OVER,
        WAITING,
        /** The cgroup has another visitor by now. */
        REPLACED
    }

    final EngineContext engine;
    private final CallControl control = new CallControl();
    private final int maxWaiting;

    private @Nullable PassRequest request;

    /** The visit under way that awaits no reply. */
    private @Nullable Visit current;

    /** Visits that await a reply; made with the first one. */
    private @Nullable List<Visit> waiting;

    /** Visits whose reply has come; made with the first one. */
    private @Nullable Deque<Visit> replied;

    /** Whether the last visit was made, and has ended, without a {@link Visit}. */
    private boolean madeDirectly;

    /** A visit that has ended, for the next one. */
    private @Nullable Visit spare;

    /** Whether the round visits each shrinker that is ready. */
    private boolean allReady;

    /** Whether the thread's hazard pointer holds the shrinker that is visited next. */
    private boolean held;

    private @Nullable ShrinkerEntry[] freedBy = {};
    private long[] freed = {};
    private int freedCount;

    ShrinkerIteration(EngineContext engine) {
        this.engine = engine;
        this.maxWaiting = engine.settings().rounds().strictOrder() ? 1 : MAX_WAITING;
    }

    /** Begins an iteration over a range of places, in the subclass's terms. */
    final void begin(PassRequest forRequest, long begin, long end) {
        request = forRequest;
        allReady = forRequest.work.wantsAllReady();
        control.in(forRequest.perNode().path());
        begin(forRequest.perNode(), begin, end);
    }

    /** Begins at the first shrinker that is not before {@code begin}; ends before {@code end}. */
    abstract void begin(CgroupPerNode perNode, long begin, long end);

    /** The next shrinker to visit, held by the hazard pointer if it is called directly; null at the end. */
    abstract @Nullable ShrinkerEntry next(PassThread thread);

    /** Whether no shrinker follows up to the end of the whole order, also beyond the end of this iteration. */
    abstract boolean isAtTheEnd();

    /** The place where the next shrinker is looked for; all before it were visited. */
    abstract long position();

    /** Goes on until the end, until the time slice is over, or until nothing can be done before a reply comes. */
    final Outcome run(PassThread thread) {
        thread.slice.begin();
        passOverCurrent();
        while (true) {
            Visit visit = nextVisit(thread);
            if (visit == null && madeDirectly) {
                if (perNode().visitor() != request().visitor()) {
                    return Outcome.REPLACED;
                }
                if (thread.slice.isOverAfterCall()) {
                    return Outcome.SLICE_OVER;
                }
                continue;
            }
            if (visit == null) {
                if (isWaiting()) {
                    return Outcome.WAITING;
                }
                reportFreed();
                return Outcome.ENDED;
            }
            current = null;
            switch (visit.advance(thread)) {
                case ENDED -> spare = visit;
                case SLICE_OVER -> current = visit;
                case WAITING -> await(visit);
            }
            if (perNode().visitor() != request().visitor()) {
                return Outcome.REPLACED;
            }
            if (current != null || thread.slice.isOverAfterCall()) {
                return Outcome.SLICE_OVER;
            }
        }
    }

    /** Makes the current visit a late one, if it has held up the others for long. */
    private void passOverCurrent() {
        Visit visit = current;
        if (visit != null && visit.isHeldUpForLong(engine.nanoTime().getAsLong())) {
            current = null;
            handOver(visit);
        }
    }

    private void handOver(Visit visit) {
        visit.detach(true);
        perNode().visitor().tell(new CgroupNode.ContinueLate(visit));
    }

    /** The visit to go on with, which is begun here if it is a new one; null if none can go on now. */
    private @Nullable Visit nextVisit(PassThread thread) {
        madeDirectly = false;
        if (current != null) {
            return current;
        }
        Visit visit = replied == null ? null : replied.poll();
        if (visit != null || (waiting != null && waiting.size() >= maxWaiting)) {
            return visit;
        }
        ShrinkerEntry next = request().work.isStopped() ? null : next(thread);
        request().position = position();
        if (next == null) {
            return null;
        }
        Shrinker plain = held && request().work.counts() == null ? next.plain() : null;
        if (plain != null) {
            visit = thread.direct.make(next, plain, request(), this);
            madeDirectly = visit == null;
            return visit;
        }
        visit = newVisit();
        visit.begin(next, request(), held, thread);
        return visit;
    }

    private Visit newVisit() {
        Visit visit = spare != null ? spare : new Visit(this, engine, control);
        spare = null;
        return visit;
    }

    /** A visit that goes on where a {@link DirectVisit} has come to. */
    final Visit takeOver(ShrinkerEntry entry) {
        return newVisit().takeOver(entry, request());
    }

    private void await(Visit visit) {
        if (waiting == null) {
            waiting = new ArrayList<>(1);
        }
        waiting.add(visit);
    }

    /** Marks a visit whose reply has come, so that the iteration goes on with it. */
    final void replied(Visit visit) {
        if (waiting != null && waiting.remove(visit)) {
            if (replied == null) {
                replied = new ArrayDeque<>(2);
            }
            replied.add(visit);
        }
    }

    /** Whether there is a visit whose reply has come. */
    final boolean hasReplied() {
        return replied != null && !replied.isEmpty();
    }

    final boolean isWaiting() {
        return waiting != null && !waiting.isEmpty();
    }

    /**
     * Makes visits late that await a reply and have held up the others for long.
     *
     * @return whether there was one: then the iteration can go on
     */
    final boolean passOverLate(long nowNanos) {
        return waiting != null
                && waiting.removeIf(visit -> {
                    boolean late = visit.isHeldUpForLong(nowNanos);
                    if (late) {
                        visit.detach(false);
                    }
                    return late;
                });
    }

    /** Leaves all visits under way to the new visitor; their remainders are not deferred yet. */
    final void handOver() {
        if (current != null) {
            handOver(current);
            current = null;
        }
        while (hasReplied()) {
            handOver(Objects.requireNonNull(replied).remove());
        }
        if (waiting != null) {
            waiting.forEach(visit -> visit.detach(false));
            waiting.clear();
        }
        reportFreed();
    }

    /** Ends the iteration where it is; the remainders of visits under way are deferred. Not while it waits. */
    final void abort(PassThread thread) {
        if (current != null) {
            current.abort(thread);
            current = null;
        }
        while (hasReplied()) {
            Objects.requireNonNull(replied).remove().abort(thread);
        }
        reportFreed();
    }

    /** Whether this round may visit a shrinker now. */
    final boolean isWanted(ShrinkerEntry entry) {
        return entry.isOn(perNode().node())
                && request().work.wants(entry)
                && !entry.isSuspended()
                && !perNode().late().isLate(entry);
    }

    /**
     * Whether this round may visit a shrinker now. If it may not, but would visit it otherwise, a registered one is
     * counted as a shortfall.
     */
    final boolean isWantedOrCounted(ShrinkerEntry entry) {
        if (!entry.isOn(perNode().node())) {
            return false;
        }
        if (allReady && entry.isReady() && perNode().late().isEmpty()) {
            return true;
        }
        RoundWork work = request().work;
        boolean wanted = work.wants(entry);
        boolean skipped = !wanted && work.skips(entry);
        if (!wanted && !skipped) {
            return false;
        }
        boolean keptAway = entry.isSuspended();
        if (wanted && !keptAway) {
            // The round asks a late one when its late visit has ended.
            LateVisits late = perNode().late();
            return !late.isLate(entry) || !late.await(entry, work, request().number);
        }
        if (entry.isRegistered()) {
            work.countShortfall(
                    !keptAway ? Shortfall.MAY_NOT_BLOCK : entry.isStuck() ? Shortfall.STUCK : Shortfall.QUARANTINED);
        }
        return false;
    }

    /** Holds a shrinker for a visit, if it may be visited. If it replies later, each call holds it instead. */
    final boolean tryHold(ShrinkerEntry entry, PassThread thread) {
        held = !entry.mayBlock();
        return held ? thread.tryHold(entry) : entry.isRegistered();
    }

    final PassRequest request() {
        return Objects.requireNonNull(request);
    }

    private CgroupPerNode perNode() {
        return request().perNode();
    }

    /** Notes what a visit freed, if the table of the round takes so little. */
    final void noteFreed(ShrinkerEntry entry, long objects) {
        if (!request().work.details().takes(objects)) {
            return;
        }
        if (freedCount == freed.length) {
            int length = Math.max(8, 2 * freedCount);
            freedBy = Arrays.copyOf(freedBy, length);
            freed = Arrays.copyOf(freed, length);
        }
        freedBy[freedCount] = entry;
        freed[freedCount++] = objects;
    }

    private void reportFreed() {
        request().work.details().add(perNode().cgroup(), freedBy, freed, freedCount);
        // This object outlives its pass, and must not keep a shrinker that is freed.
        Arrays.fill(freedBy, 0, freedCount, null);
        freedCount = 0;
    }
}
