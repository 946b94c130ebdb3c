package io.reclaimer.engine;

import io.reclaimer.shrinker.Shortfall;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One pair's part of a pass: the visits, one after the other. One actor's; goes on in later turns where one is not
 * enough, and when answers come that it waits for; used again for the next pass, of any pair.
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

    private final Published published;
    private final PassControl control = new PassControl();
    private final Turn turn;
    private final int mostWaiting;

    private @Nullable CgroupNode node;
    private @Nullable RoundWork work;
    private int priority;

    /** Under way, and not waiting for an answer. */
    private @Nullable VisitRun current;

    /** How many wait for an answer. */
    private int waiting;

    /** Those whose answer has come; made with the first that waits. */
    private @Nullable Deque<VisitRun> answered;

    /** One that is over, for the next visit. */
    private @Nullable VisitRun spare;

    /** The running thread's; looked up at the start of each turn. */
    private Tally.@Nullable Cell cell;

    private @Nullable CallMark mark;

    private @Nullable ShrinkerEntry[] freedBy = {};
    private long[] freed = {};
    private int freedCount;

    Walk(Published published) {
        this.published = published;
        this.turn = new Turn(published.nanoTime());
        this.mostWaiting = published.settings().strictOrder() ? 1 : MOST_WAITING;
    }

    /** Begins a walk over part of the order, in the subclass's terms. */
    final void begin(CgroupNode of, RoundWork forWork, int atPriority, long begin, long end) {
        node = of;
        work = forWork;
        priority = atPriority;
        control.in(of.pair());
        begin(of.pair(), begin, end);
    }

    /** Begins at the first that is not before {@code begin}; ends before {@code end}. */
    abstract void begin(Pair pair, long begin, long end);

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
    final Outcome run() {
        beginTurn();
        try {
            return runTurn();
        } finally {
            mark().settle();
        }
    }

    private Outcome runTurn() {
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

    private void beginTurn() {
        turn.begin();
        CallMark own = published.callMarks().ofThisThread();
        mark = own;
        cell = own.cellOf(work().tally());
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
        ShrinkerEntry next = work().isStopped() ? null : nextHeld();
        if (next == null) {
            return null;
        }
        visit = spare != null ? spare : new VisitRun(this, published, control);
        spare = null;
        visit.begin(next, node().pair(), work());
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
        beginTurn();
        try {
            abortVisits();
        } finally {
            mark().settle();
        }
        reportFreed();
    }

    private void abortVisits() {
        if (current != null) {
            current.abort();
            current = null;
        }
        for (VisitRun visit = pollAnswered(); visit != null; visit = pollAnswered()) {
            visit.abort();
        }
    }

    /** Whether a shrinker may be visited by this round, and now. */
    final boolean isWanted(ShrinkerEntry entry) {
        return !entry.isKeptAway() && work().wants(entry);
    }

    /** The same, and counts a registered shrinker that this round would ask but for what is the matter with it. */
    final boolean isWantedOrCounted(ShrinkerEntry entry) {
        boolean wanted = work().wants(entry);
        boolean left = !wanted && work().leaves(entry);
        if (!wanted && !left) {
            return false;
        }
        if (!entry.isKeptAway()) {
            if (left && entry.isRegistered()) {
                work().fallsShort(Shortfall.MAY_NOT_BLOCK);
            }
            return wanted;
        }
        if (entry.isRegistered()) {
            work().fallsShort(entry.isStuck() ? Shortfall.STUCK : Shortfall.QUARANTINED);
        }
        return false;
    }

    /** Holds a shrinker for a visit, if it may be visited: where it is called later, by a count, for then it is no thread's. */
    final boolean tryHold(ShrinkerEntry entry) {
        return entry.mayBlock() ? entry.holds().tryHold() : mark().tryHold(entry);
    }

    final RoundWork work() {
        return Objects.requireNonNull(work);
    }

    final Tally.Cell cell() {
        return Objects.requireNonNull(cell);
    }

    final CallMark mark() {
        return Objects.requireNonNull(mark);
    }

    final PairCalls calls() {
        return node().calls();
    }

    private CgroupNode node() {
        return Objects.requireNonNull(node);
    }

    final int priority() {
        return priority;
    }

    /** Notes what a visit freed, for the table of the round, if that wants to know. */
    final void noteFreed(ShrinkerEntry entry, long objects) {
        if (!work().details().takes(objects)) {
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
        work().details().add(node().pair().cgroup(), freedBy, freed, freedCount);
        // The walk outlives its pass, and must not keep a shrinker that is freed.
        Arrays.fill(freedBy, 0, freedCount, null);
        freedCount = 0;
    }
}
