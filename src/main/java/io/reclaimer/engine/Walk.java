package io.reclaimer.engine;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One pair's part of a pass: the visits, one after the other. One actor's; goes on in later turns where one is not
 * enough, and when answers come that it waits for.
 *
 * <p>In strict order a visit ends before the next one begins. In relaxed order a visit that waits for an answer holds up
 * none of the others, as many as {@link #MOST_WAITING} at a time.
 *
 * <p>Which shrinkers are visited, and in what order, is the subclass's matter: {@link CgroupWalk}, {@link RootWalk}.
 */
abstract class Walk {

    /** Where a walk ends that goes to the end of the order. */
    static final long TO_THE_END = Long.MAX_VALUE;

    /** How many visits of a walk in relaxed order may wait for answers: bounds what a walk holds. */
    static final int MOST_WAITING = 16;

    /** What running came to. */
    enum Outcome {
        ENDED,
        TURN_OVER,
        WAITING
    }

    private final Pair pair;
    private final Published published;
    private final PassControl control;
    private final PairCalls calls;
    private final RoundWork work;
    private final int priority;
    private final int mostWaiting;

    /** Under way, and not waiting for an answer. */
    private @Nullable VisitRun current;

    /** How many wait for an answer. */
    private int waiting;

    /** Those whose answer has come; made with the first that waits. */
    private @Nullable Deque<VisitRun> answered;

    /** One that is over, for the next visit. */
    private @Nullable VisitRun spare;

    /** The running thread's; looked up at the start of each turn. */
    private Tally.Cell cell;

    private CallMark mark;

    private @Nullable ShrinkerEntry[] freedBy = {};
    private long[] freed = {};
    private int freedCount;

    Walk(Pair pair, Published published, PassControl control, PairCalls calls, RoundWork work, int priority) {
        this.pair = pair;
        this.published = published;
        this.control = control;
        this.calls = calls;
        this.work = work;
        this.priority = priority;
        this.mostWaiting = published.settings().strictOrder() ? 1 : MOST_WAITING;
        this.cell = work.tally().cell();
        this.mark = published.callMarks().ofThisThread();
    }

    /** The next shrinker to visit, held; null at the end. */
    abstract @Nullable ShrinkerEntry nextHeld();

    /** Whether nobody is left from here to the end of the whole order, not only of this walk. */
    abstract boolean isAtTheEnd();

    /** Where the next round with a target is to begin, in the subclass's terms; 0 where this is at the end. */
    abstract long resumeAt();

    /** A count said EMPTY. True where the bit is now cleared, so that a second look is due. */
    abstract boolean clearedBit(ShrinkerEntry entry);

    /** The second look did not say EMPTY. */
    abstract void setBitAgain(ShrinkerEntry entry);

    /** Goes on until the end, until the turn is over, or until nothing can be done before an answer comes. */
    final Outcome run(Turn turn) {
        cell = work.tally().cell();
        mark = published.callMarks().ofThisThread();
        while (true) {
            VisitRun visit = nextVisit();
            if (visit == null) {
                if (waiting > 0) {
                    return Outcome.WAITING;
                }
                reportFreed();
                return Outcome.ENDED;
            }
            current = null;
            switch (visit.advance(turn)) {
                case ENDED -> spare = visit;
                case TURN_OVER -> {
                    current = visit;
                    return Outcome.TURN_OVER;
                }
                case WAITING -> waiting++;
            }
            if (turn.isOver()) {
                return Outcome.TURN_OVER;
            }
        }
    }

    /** The visit to go on with, begun if need be; null where none can be now. */
    private @Nullable VisitRun nextVisit() {
        if (current != null) {
            return current;
        }
        VisitRun visit = pollAnswered();
        if (visit != null || waiting >= mostWaiting) {
            return visit;
        }
        ShrinkerEntry next = work.isStopped() ? null : nextHeld();
        if (next == null) {
            return null;
        }
        visit = spare != null ? spare : new VisitRun(this, pair, published, control, work);
        spare = null;
        visit.begin(next);
        return visit;
    }

    /** From a visit: what it waited for has come. */
    final void answered(VisitRun visit) {
        waiting--;
        if (answered == null) {
            answered = new ArrayDeque<>(2);
        }
        answered.add(visit);
    }

    private @Nullable VisitRun pollAnswered() {
        return answered == null ? null : answered.poll();
    }

    /** Whether there is something to go on with that was waited for. */
    final boolean hasAnswers() {
        return answered != null && !answered.isEmpty();
    }

    final boolean isWaiting() {
        return waiting > 0;
    }

    /** Ends the walk where it is; what the visits under way did not do stays owed. Not while it is waiting. */
    final void abort() {
        cell = work.tally().cell();
        if (current != null) {
            current.abort();
            current = null;
        }
        for (VisitRun visit = pollAnswered(); visit != null; visit = pollAnswered()) {
            visit.abort();
        }
        reportFreed();
    }

    /** Whether a shrinker may be visited by this round, and now. */
    final boolean isWanted(ShrinkerEntry entry) {
        return !entry.isKeptAway() && work.wants(entry);
    }

    /** Notes where a shrinker is passed over only because who asked can't wait. */
    final void noteIfLeft(ShrinkerEntry entry) {
        if (work.leaves(entry) && entry.isRegistered() && !entry.isKeptAway()) {
            work.noteLeft();
        }
    }

    final Tally.Cell cell() {
        return cell;
    }

    final CallMark mark() {
        return mark;
    }

    final PairCalls calls() {
        return calls;
    }

    final int priority() {
        return priority;
    }

    final void noteFreed(ShrinkerEntry entry, long objects) {
        if (freedCount == freed.length) {
            int length = Math.max(8, 2 * freedCount);
            freedBy = Arrays.copyOf(freedBy, length);
            freed = Arrays.copyOf(freed, length);
        }
        freedBy[freedCount] = entry;
        freed[freedCount++] = objects;
    }

    private void reportFreed() {
        for (int i = 0; i < freedCount; i++) {
            ShrinkerEntry entry = freedBy[i];
            if (entry != null) {
                work.details().add(pair.cgroup(), entry, freed[i]);
            }
        }
        freedCount = 0;
    }
}
