package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One pass as one pair sees it: its own walk, and the children it has yet to send it to or hear from. One actor's.
 *
 * <p>A pass that may end early goes in two turns: first those that had none in this sweep, then the others.
 */
final class PassRun {

    final CgroupNode.Pass pass;

    /** The round, where this pair is the top of its subtree; null where the pair above asked. */
    final @Nullable ActorRef<ReclaimRound.Command> round;

    /** Sent by the pair to itself to go on with the walk. */
    final CgroupNode.Continue goOn = new CgroupNode.Continue(this);

    private final Pair[] others;
    private Pair[] children;
    private @Nullable Walk walk;
    private int sent;
    private int outstanding;
    private boolean walkEnded;
    private boolean inSecondTurn;
    private boolean swept;
    private boolean ended;

    /** Whether {@link #goOn} is under way. */
    private boolean goOnSent;

    /**
     * A run that begins with its first turn.
     *
     * @param children all dirty ones, those that are due first
     * @param due how many are due in the first turn
     * @param walk the own one, null where it is not due
     */
    PassRun(
            CgroupNode.Pass pass,
            @Nullable ActorRef<ReclaimRound.Command> round,
            Pair[] children,
            int due,
            @Nullable Walk walk) {
        this.pass = pass;
        this.round = round;
        this.children = Arrays.copyOf(children, due);
        this.others = Arrays.copyOfRange(children, due, children.length);
        this.walk = walk;
        this.walkEnded = walk == null;
    }

    /** The others' turn. */
    void beginSecondTurn(@Nullable Walk restOfWalk) {
        inSecondTurn = true;
        children = others;
        sent = 0;
        walk = restOfWalk;
        walkEnded = restOfWalk == null;
    }

    boolean isInSecondTurn() {
        return inSecondTurn;
    }

    /** The next child to send the pass to; null where there is none, or enough have it. */
    @Nullable
    Pair nextChild(int window) {
        while (sent < children.length && outstanding < window) {
            if (pass.work().isStopped()) {
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

    void childAnswered() {
        outstanding--;
    }

    /** The own walk of this turn; null where there is none. */
    @Nullable
    Walk walk() {
        return walk;
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

    boolean isSwept() {
        return swept;
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

    /** True the first time. */
    boolean end() {
        boolean first = !ended;
        ended = true;
        return first;
    }
}
