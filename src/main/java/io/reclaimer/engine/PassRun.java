package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One pass as one pair sees it: its own walk, and the children it has yet to send it to or hear from. Used again for the
 * next pass, of any pair that is visited by the same thread, so that passes allocate nothing.
 *
 * <p>A pass that may end early goes in two turns: first those that had none in this sweep, then the others.
 *
 * <p>One actor's, but for the answers of the children, which do not come as messages: a child that has done its part puts
 * its {@link Answer} on the list here ({@link #answered}, any thread), and the child with whom enough have answered wakes
 * the pair, which takes them all ({@link #takeAnswers}). So a pass costs each pair one message.
 */
final class PassRun {

    /**
     * After how many answers the pair is woken while it has more children to send the pass to. Few, so that slow children
     * do not keep others waiting; not one, for waking costs as much as a small child's whole part.
     */
    private static final int WAKE_AFTER = 32;

    private static final Pair[] NOBODY = {};

    private static final VarHandle NEWEST;

    static {
        try {
            NEWEST = MethodHandles.lookup().findVarHandle(PassRun.class, "newest", Answer.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Sent to all children. */
    final CgroupNode.PassOn toChildren = new CgroupNode.PassOn(this);

    /** Sent by the pair to itself to go on with the walk. */
    final CgroupNode.Continue goOn = new CgroupNode.Continue(this);

    private final Walk walk;

    /** The next one in a list of spare ones. */
    @Nullable
    PassRun next;

    private @Nullable CgroupNode node;
    private CgroupNode.@Nullable Pass pass;

    /** The round, where this pair is the top of its subtree; null where the pair above asked. */
    private @Nullable ActorRef<ReclaimRound.Command> round;

    private @Nullable PassRun above;

    private Pair[] others = NOBODY;
    private Pair[] children = NOBODY;
    private boolean walkDue;
    private int sent;
    private int outstanding;
    private boolean walkEnded;
    private boolean inSecondTurn;
    private boolean swept;
    private boolean ended = true;

    /** Whether {@link #goOn} is under way. */
    private boolean goOnSent;

    /** The child that answered last, which leads to those before it. Put by children, taken by the pair. */
    @SuppressWarnings("UnusedVariable") // written through the handle
    private volatile @Nullable Answer newest;

    /** With which answer the pair is to be woken, counted from the last time they were taken. */
    private volatile int wakeAt;

    PassRun(Walk walk) {
        this.walk = walk;
    }

    /** Whether it can be used for another pass. */
    boolean isFree() {
        return ended && !goOnSent;
    }

    /** Begins a pass; its first turn is yet to begin. */
    void begin(
            CgroupNode of,
            CgroupNode.Pass newPass,
            @Nullable ActorRef<ReclaimRound.Command> forRound,
            @Nullable PassRun from) {
        node = of;
        pass = newPass;
        round = forRound;
        above = from;
        inSecondTurn = false;
        swept = false;
        ended = false;
    }

    /**
     * Begins the first turn.
     *
     * @param dirty all dirty children, those that are due first
     * @param due how many are due in the first turn
     * @param walks whether the own walk is due
     */
    void beginFirstTurn(Pair[] dirty, int due, boolean walks) {
        children = due == dirty.length ? dirty : Arrays.copyOf(dirty, due);
        others = due == dirty.length ? NOBODY : Arrays.copyOfRange(dirty, due, dirty.length);
        sent = 0;
        walkDue = walks;
        walkEnded = !walks;
    }

    /** The others' turn; the own walk's too, where a rest of it is due. */
    void beginSecondTurn() {
        inSecondTurn = true;
        children = others;
        others = NOBODY;
        sent = 0;
        walkDue = true;
        walkEnded = false;
    }

    CgroupNode.Pass pass() {
        return Objects.requireNonNull(pass);
    }

    RoundWork work() {
        return pass().work();
    }

    /** The round, where this pair is the top of its subtree; null where the pair above asked. */
    @Nullable
    ActorRef<ReclaimRound.Command> round() {
        return round;
    }

    boolean isInSecondTurn() {
        return inSecondTurn;
    }

    /** The next child to send the pass to; null where there is none, or enough have it. */
    @Nullable
    Pair nextChild(int window) {
        while (sent < children.length && outstanding < window) {
            if (work().isStopped()) {
                sent = children.length;
                return null;
            }
            Pair child = children[sent++];
            if (!child.forgotten) {
                outstanding++;
                return child;
            }
        }
        return null;
    }

    /**
     * Says with which answer the pair is to be woken. Asked after the last child has been sent the pass for now.
     *
     * @return whether so many are there already: then nobody may wake it, and it has to take them
     */
    boolean awaitAnswers() {
        if (outstanding == 0) {
            return false;
        }
        int wanted = sent < children.length ? Math.min(outstanding, WAKE_AFTER) : outstanding;
        // Before looking: a child puts its answer and then looks here, so one of the two sees the other.
        wakeAt = wanted;
        Answer last = newest;
        return last != null && last.depth >= wanted;
    }

    /** A child has done its part. The one with whom enough have answered wakes the pair. Any thread. */
    void answered(Answer answer) {
        CgroupNode to = node();
        Answer last;
        int answers;
        do {
            last = newest;
            answer.before = last;
            answers = last == null ? 1 : last.depth + 1;
            answer.depth = answers;
        } while (!NEWEST.compareAndSet(this, last, answer));
        if (answers == wakeAt) {
            to.pair().ref().tell(CgroupNode.Answered.INSTANCE);
        }
    }

    /** Answers the pair above. */
    void answer(boolean isClean) {
        Pair pair = node().pair();
        // The pair's own one, where no other pass has it under way.
        Answer answer = pair.isUnderWay() ? new Answer() : pair;
        PassRun to = Objects.requireNonNull(above);
        // This run is used again, maybe much later; that one's walk knows shrinkers that may be freed by then.
        above = null;
        to.answered(answer.of(pair, isClean, swept));
    }

    boolean hasAnswers() {
        return newest != null;
    }

    /** All answers that have come, the first one first, each leading to the next; null where there are none. */
    @Nullable
    Answer takeAnswers() {
        if (newest == null) {
            return null;
        }
        Answer rest = (Answer) NEWEST.getAndSet(this, null);
        Answer first = null;
        while (rest != null) {
            Answer earlier = rest.before;
            rest.before = first;
            first = rest;
            rest = earlier;
            outstanding--;
        }
        return first;
    }

    private CgroupNode node() {
        return Objects.requireNonNull(node);
    }

    /** The own walk of this turn; null where there is none. */
    @Nullable
    Walk walk() {
        return walkDue ? walk : null;
    }

    /** Begins the own walk, over part of its order. */
    void beginWalk(long begin, long end) {
        walk.begin(node(), work(), pass().priority(), begin, end);
    }

    void endWalk() {
        walkEnded = true;
    }

    boolean isTurnOver() {
        return walkEnded && outstanding == 0 && sent == children.length;
    }

    boolean isWalkEnded() {
        return walkEnded;
    }

    /** With this run a sweep was completed. */
    void markSwept() {
        swept = true;
    }

    /** Whether {@link #goOn} is to be sent; it is under way from then on. */
    boolean wantsGoOn() {
        boolean wanted = !goOnSent;
        goOnSent = true;
        return wanted;
    }

    /** {@link #goOn} has come. */
    void goesOn() {
        goOnSent = false;
    }

    boolean isEnded() {
        return ended;
    }

    /** It is over. */
    void end() {
        ended = true;
        children = NOBODY;
        others = NOBODY;
    }
}
