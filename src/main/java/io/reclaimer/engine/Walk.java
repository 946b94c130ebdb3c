package io.reclaimer.engine;

import io.reclaimer.shrinker.Shortfall;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The visits of one pass in one pair, one after the other. Confined to one visitor; goes on in later time slices where one is
 * not enough, and when answers come that it waits for; used again for the next pass, of any pair.
 *
 * <p>In strict order a visit ends before the next one begins. In relaxed order a visit that waits for an answer holds up
 * none of the others, as many as {@link #MOST_WAITING} at a time. In both, a visit that has held up the others for
 * {@code reclaimer.late-after} does so no longer: it goes on by itself ({@link VisitRun#becomeLate}).
 *
 * <p>Which shrinkers are visited, and in what order, is the subclass's matter: {@link CgroupWalk}, {@link RootWalk}.
 */
abstract class Walk {

    /** How many visits of a walk in relaxed order may wait for answers: bounds what a walk holds. */
    static final int MOST_WAITING = 16;

    /** What running came to. */
    enum Outcome {
        ENDED,
        SLICE_OVER,
        WAITING,
        /** The pair has another visitor by now. */
        REPLACED
    }

    private final Published published;
    private final PassControl control = new PassControl();
    private final int mostWaiting;

    private @Nullable PairPass pass;

    /** Under way, and not waiting for an answer. */
    private @Nullable VisitRun current;

    /** Those that wait for an answer; made with the first one. */
    private @Nullable List<VisitRun> waiting;

    /** Those whose answer has come; made with the first that waits. */
    private @Nullable Deque<VisitRun> answered;

    /** One that is over, for the next visit. */
    private @Nullable VisitRun spare;

    /** Whether the shrinker that is visited next is held by the thread's mark. */
    private boolean marked;

    private @Nullable ShrinkerEntry[] freedBy = {};
    private long[] freed = {};
    private int freedCount;

    Walk(Published published) {
        this.published = published;
        this.mostWaiting = published.settings().strictOrder() ? 1 : MOST_WAITING;
    }

    /** Begins a walk over part of the order, in the subclass's terms. */
    final void begin(PairPass forPass, long begin, long end) {
        pass = forPass;
        control.in(forPass.pair());
        begin(forPass.pair(), begin, end);
    }

    /** Begins at the first that is not before {@code begin}; ends before {@code end}. */
    abstract void begin(Pair pair, long begin, long end);

    /** The next shrinker to visit, held by the mark if it is called directly; null at the end. */
    abstract @Nullable ShrinkerEntry next(CallMark mark);

    /** Whether nobody is left from here to the end of the whole order, not only of this walk. */
    abstract boolean isAtTheEnd();

    /** Where the next one is to begin, in the subclass's terms; what comes before was visited. */
    abstract long position();

    /** Goes on until the end, until the time slice is over, or until nothing can be done before an answer comes. */
    final Outcome run(CallMark mark) {
        mark.turn.begin();
        passOverCurrent();
        while (true) {
            VisitRun visit = nextVisit(mark);
            if (visit == null) {
                if (waiting != null && !waiting.isEmpty()) {
                    return Outcome.WAITING;
                }
                reportFreed();
                return Outcome.ENDED;
            }
            current = null;
            switch (visit.advance(mark)) {
                case ENDED -> spare = visit;
                case SLICE_OVER -> current = visit;
                case WAITING -> await(visit);
            }
            if (pair().visitor() != pass().visitor()) {
                return Outcome.REPLACED;
            }
            if (current != null || mark.turn.isOver()) {
                return Outcome.SLICE_OVER;
            }
        }
    }

    /** Does not go on with a visit that has held up the others for long: somebody else does. */
    private void passOverCurrent() {
        VisitRun visit = current;
        if (visit != null && visit.isHeldUpForLong(published.nanoTime().getAsLong())) {
            current = null;
            handOver(visit);
        }
    }

    private void handOver(VisitRun visit) {
        visit.becomeLate(true);
        pair().visitor().tell(new CgroupNode.GoOn(visit));
    }

    /** The visit to go on with, begun if need be; null where none can be now. */
    private @Nullable VisitRun nextVisit(CallMark mark) {
        if (current != null) {
            return current;
        }
        VisitRun visit = answered == null ? null : answered.poll();
        if (visit != null || (waiting != null && waiting.size() >= mostWaiting)) {
            return visit;
        }
        ShrinkerEntry next = pass().work.isStopped() ? null : next(mark);
        pass().position = position();
        if (next == null) {
            return null;
        }
        visit = spare != null ? spare : new VisitRun(this, published, control);
        spare = null;
        visit.begin(next, pass(), marked, mark);
        return visit;
    }

    private void await(VisitRun visit) {
        if (waiting == null) {
            waiting = new ArrayList<>(1);
        }
        waiting.add(visit);
    }

    /** What a visit waited for has come. */
    final void answered(VisitRun visit) {
        if (waiting != null && waiting.remove(visit)) {
            if (answered == null) {
                answered = new ArrayDeque<>(2);
            }
            answered.add(visit);
        }
    }

    /** Whether there is something to go on with that was waited for. */
    final boolean hasAnswers() {
        return answered != null && !answered.isEmpty();
    }

    final boolean isWaiting() {
        return waiting != null && !waiting.isEmpty();
    }

    /**
     * Waits no more for visits that have been held up for long.
     *
     * @return whether there was one: then the walk can go on
     */
    final boolean passOverLate(long nowNanos) {
        return waiting != null
                && waiting.removeIf(visit -> {
                    boolean late = visit.isHeldUpForLong(nowNanos);
                    if (late) {
                        visit.becomeLate(false);
                    }
                    return late;
                });
    }

    /** Leaves all visits under way to the pair's new visitor; what they did not do is not owed yet. */
    final void handOver() {
        if (current != null) {
            handOver(current);
            current = null;
        }
        while (hasAnswers()) {
            handOver(Objects.requireNonNull(answered).remove());
        }
        if (waiting != null) {
            waiting.forEach(visit -> visit.becomeLate(false));
            waiting.clear();
        }
        reportFreed();
    }

    /** Ends the walk where it is; what the visits under way did not do stays owed. Not while it is waiting. */
    final void abort(CallMark mark) {
        if (current != null) {
            current.abort(mark);
            current = null;
        }
        while (hasAnswers()) {
            Objects.requireNonNull(answered).remove().abort(mark);
        }
        reportFreed();
    }

    /** Whether a shrinker may be visited by this round, and now. */
    final boolean isWanted(ShrinkerEntry entry) {
        return entry.isOn(pair().node())
                && pass().work.wants(entry)
                && !entry.isKeptAway()
                && !pair().late().isLate(entry);
    }

    /** The same, and counts a registered shrinker that this round would ask but for what is the matter with it. */
    final boolean isWantedOrCounted(ShrinkerEntry entry) {
        if (!entry.isOn(pair().node())) {
            return false;
        }
        RoundWork work = pass().work;
        boolean wanted = work.wants(entry);
        boolean left = !wanted && work.leaves(entry);
        if (!wanted && !left) {
            return false;
        }
        boolean keptAway = entry.isKeptAway();
        if (wanted && !keptAway) {
            // One that is late the round asks when it is not any more.
            LateVisits late = pair().late();
            return !late.isLate(entry) || !late.await(entry, work, pass().number);
        }
        if (entry.isRegistered()) {
            work.fallsShort(
                    !keptAway ? Shortfall.MAY_NOT_BLOCK : entry.isStuck() ? Shortfall.STUCK : Shortfall.QUARANTINED);
        }
        return false;
    }

    /** Holds a shrinker for a visit, if it may be visited. One that is called later is held by each call. */
    final boolean tryHold(ShrinkerEntry entry, CallMark mark) {
        marked = !entry.mayBlock();
        return marked ? mark.tryHold(entry) : entry.isRegistered();
    }

    final PairPass pass() {
        return Objects.requireNonNull(pass);
    }

    private Pair pair() {
        return pass().pair();
    }

    /** Notes what a visit freed, for the table of the round, if that wants to know. */
    final void noteFreed(ShrinkerEntry entry, long objects) {
        if (!pass().work.details().takes(objects)) {
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
        pass().work.details().add(pair().cgroup(), freedBy, freed, freedCount);
        // The walk outlives its pass, and must not keep a shrinker that is freed.
        Arrays.fill(freedBy, 0, freedCount, null);
        freedCount = 0;
    }
}
