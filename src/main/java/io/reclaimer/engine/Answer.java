package io.reclaimer.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What a pair says to the pair above when it has done its part of a pass, and a place in that pair's list of answers
 * ({@link PassRun#answered}). Written by the child until it is in the list, then the pair's above, until it is taken.
 */
class Answer {

    private static final VarHandle UNDER_WAY;

    static {
        try {
            UNDER_WAY = MethodHandles.lookup().findVarHandle(Answer.class, "underWay", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Who answers. */
    @Nullable
    Pair child;

    /** Whether no bit is set in its subtree. */
    boolean clean;

    /** Whether a sweep was completed there. */
    boolean swept;

    /** The answer before it in the list, and how many there are with it. */
    @Nullable
    Answer before;

    int depth;

    @SuppressWarnings("UnusedVariable") // through the handle
    private volatile boolean underWay;

    /** Whether it is to be taken yet. The child. */
    final boolean isUnderWay() {
        return (boolean) UNDER_WAY.getAcquire(this);
    }

    final Answer of(Pair answering, boolean isClean, boolean isSwept) {
        child = answering;
        clean = isClean;
        swept = isSwept;
        UNDER_WAY.set(this, true);
        return this;
    }

    /** Answers with the one after it in the order of taking; this one is the child's again. The pair above. */
    final @Nullable Answer taken() {
        Answer next = before;
        before = null;
        UNDER_WAY.setRelease(this, false);
        return next;
    }
}
