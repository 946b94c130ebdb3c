package io.reclaimer.engine;

import java.util.Objects;

/**
 * What a pair knows of the pairs below it: in whose subtrees a bit is set, and whose turn it is in rounds that may end
 * early. One actor's.
 */
final class Subtree {

    private static final Pair[] NOBODY = {};

    private final DirtyChildren dirty = new DirtyChildren();
    private final Sweep sweep = new Sweep();

    boolean isClean() {
        return dirty.isEmpty();
    }

    /** A bit is set below a child. False where that is known. */
    boolean becomesDirty(Pair child) {
        boolean news = !child.listed;
        if (news) {
            sweep.joins(child, dirty.last());
            dirty.add(child);
        }
        return news;
    }

    /** A child has done its part of a pass. */
    void answered(Answer answer) {
        Pair child = Objects.requireNonNull(answer.child);
        if (answer.clean) {
            dirty.remove(child);
        } else if (answer.swept) {
            sweep.swept(child);
            dirty.moveToEnd(child);
        }
    }

    /** A pair is no child any more. */
    void forget(Pair child) {
        dirty.remove(child);
        child.forgotten = true;
    }

    /** Begins a pass: of all dirty children, or of those first whose turn it is. */
    void begin(PassRun run, CgroupNode.Pass pass) {
        Pair[] children = pass.alone() ? NOBODY : dirty.snapshot();
        if (pass.work().hasTarget()) {
            run.beginFirstTurn(children, sweep.due(children), sweep.isOwnWalkDue());
            run.beginWalk(sweep.resumeAt(), Walk.TO_THE_END);
        } else {
            run.beginFirstTurn(children, children.length, true);
            run.beginWalk(0, Walk.TO_THE_END);
        }
    }

    /**
     * A turn of a run is over: books who had a turn, and begins the second one, where there is one.
     *
     * @return whether there is: then the run is to go on
     */
    boolean beginsSecondTurn(PassRun run, boolean mayGoOn) {
        if (!run.work().hasTarget()) {
            return false;
        }
        long begin = sweep.resumeAt();
        boolean walked = run.walk() != null;
        if (sweep.book(run.walk(), dirty.first())) {
            run.markSwept();
        }
        if (run.isInSecondTurn() || !mayGoOn || run.work().isStopped()) {
            return false;
        }
        run.beginSecondTurn();
        run.beginWalk(0, walked ? begin : Walk.TO_THE_END);
        return true;
    }
}
