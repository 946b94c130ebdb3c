package io.reclaimer.engine;

import org.jspecify.annotations.Nullable;

/**
 * One pass, as one pair is asked for it: goes to the pair's visitor as a message, and comes back as its acknowledgement, in
 * {@link PassAnswers}. Made by a round, and used again by it when it has come back.
 *
 * <p>Written by the round until it is sent, then by the visitor until it is acknowledged, then by the round. But for
 * {@link #position}, of which a round reads what was written before the visitor got stuck.
 */
final class PairPass implements CgroupNode.Command {

    /** Which shrinkers of the pair are visited. */
    enum Part {
        /** All of them. */
        ALL,
        /** In a round with a target: from where the last such round stopped, to the end of the order. */
        FIRST,
        /** From the beginning of the order to where the first part began. */
        SECOND,
        /** Those from {@link #begin} to before {@link #end}. */
        RANGE
    }

    /** The end of the order. */
    static final long TO_THE_END = Long.MAX_VALUE;

    private final PassAnswers answers;

    final RoundWork work;

    private @Nullable Pair pair;
    private @Nullable Visitor visitor;

    /** At which the pair is asked. */
    int priority;

    /** Its number among all passes, for the fair order. */
    long number;

    Part part = Part.ALL;

    /** The first place in the order that is visited, and the one before which the visits end: see {@link Walk}. */
    long begin;

    long end;

    /** All before this place was visited. */
    long position;

    /** Whether its part was gone through: not where the pair has a new visitor or is gone. */
    boolean visited;

    /** Whether no bit is set in the pair. */
    boolean clean;

    /** Its place among those that the round waits for; -1 where it does not. The round's. */
    int place = -1;

    /** Whether the pair was asked again because it has a new visitor. The round's. */
    boolean isAskedAgain;

    /** Place in the list of those that have come back: the one before it, and how many there are with it. */
    @Nullable
    PairPass before;

    int depth;

    PairPass(PassAnswers answers, RoundWork work) {
        this.answers = answers;
        this.work = work;
    }

    /** What is asked, before it is sent. */
    PairPass ask(Pair asked, Visitor of, int atPriority, long passNumber) {
        pair = asked;
        visitor = of;
        priority = atPriority;
        number = passNumber;
        position = 0;
        visited = false;
        clean = false;
        isAskedAgain = false;
        return this;
    }

    PairPass part(Part which, long from, long before) {
        part = which;
        begin = from;
        end = before;
        return this;
    }

    Pair pair() {
        if (pair == null) {
            throw new IllegalStateException("Nobody is asked yet");
        }
        return pair;
    }

    Visitor visitor() {
        if (visitor == null) {
            throw new IllegalStateException("Nobody is asked yet");
        }
        return visitor;
    }

    /**
     * The visitor has ended its part.
     *
     * @param wasVisited whether it has gone through all of it; otherwise it came to {@link #position}
     */
    void acknowledge(boolean wasVisited) {
        visited = wasVisited;
        clean = pair().units().isClean();
        answers.add(this);
    }
}
