package io.reclaimer.engine;

import org.jspecify.annotations.Nullable;

/**
 * Fair order in one pair across rounds that end early. One actor's.
 *
 * <p>A sweep is over when the own walk has come to its end and every dirty child has said that its sweep is over, be it in
 * one round or in many; only then is it anybody's second turn here. Children that had theirs stand at the end of the list.
 * FairOrderTest.
 */
final class Sweep {

    private long number = 1;
    private long ownSweptIn;
    private long resumeAt;

    /** A child becomes dirty behind {@code last}: behind one that had its turn it is too late for this sweep. */
    void joins(Pair child, @Nullable Pair last) {
        child.sweptIn = last != null && last.sweptIn == number ? number : number - 1;
    }

    /** A child says that its sweep is over. */
    void swept(Pair child) {
        child.sweptIn = number;
    }

    /** How many of the children, in the order of the list, had no turn; they stand in front. */
    int due(Pair[] children) {
        int due = 0;
        while (due < children.length && children[due].sweptIn < number) {
            due++;
        }
        return due;
    }

    /** Whether the own walk has not come to its end. */
    boolean isOwnWalkDue() {
        return ownSweptIn < number;
    }

    /** Where the own walk is to begin. */
    long resumeAt() {
        return resumeAt;
    }

    /**
     * Books who had a turn in a round that may have ended early.
     *
     * @param walk the own one; null where it was not due
     * @param firstDirty the child that stands in front; null where there is none
     * @return whether that was the end of the sweep
     */
    boolean book(@Nullable Walk walk, @Nullable Pair firstDirty) {
        if (walk != null) {
            resumeAt = walk.resumeAt();
            if (walk.isAtTheEnd()) {
                ownSweptIn = number;
            }
        }
        boolean isOver = ownSweptIn == number && (firstDirty == null || firstDirty.sweptIn == number);
        if (isOver) {
            number++;
        }
        return isOver;
    }
}
