package io.reclaimer.engine;

import io.reclaimer.engine.unit.ReclaimTarget;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.Shrinker;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The specification of a round, checked and complete. Immutable.
 *
 * @param within how long it may take until it answers
 */
public record RoundSpec(
        Scope scope, Goal goal, Duration within, Set<ReclaimFlag> flags, Optional<Cancellation> cancellation) {

    /**
     * The cgroups and nodes of a round.
     *
     * @param top of the subtree
     * @param withoutDescendants whether the top alone is visited
     * @param nodes their numbers, at least one
     */
    public record Scope(CgroupPath top, boolean withoutDescendants, List<Integer> nodes) {}

    /** The kind of a round. */
    public enum Kind {
        /** It frees. */
        RECLAIM,
        /** It asks shrinkers what they could free, in one pass. */
        COUNT,
        /** It visits only shrinkers that may block, for a round whose caller may not block. */
        FOLLOW_UP
    }

    /**
     * The goal of a round.
     *
     * @param target what to free; empty for one pass
     * @param firstPriority of the first pass
     * @param lastPriority of the last pass, if the target is not met before
     */
    public record Goal(Kind kind, Optional<ReclaimTarget> target, int firstPriority, int lastPriority) {}

    /** Whether it only counts. */
    boolean isCount() {
        return goal.kind() == Kind.COUNT;
    }

    /** Whether somebody waits for the memory. */
    boolean isDirect() {
        return !isCount() && !flags.contains(ReclaimFlag.BACKGROUND);
    }

    /**
     * Returns the background round that visits the shrinkers that this round skipped because its caller may not block.
     * It begins at the first priority of this round if a part of the target is missing. Otherwise it is one pass at the
     * priority that this round reached, or at 1.
     *
     * @param reached the priority that this round reached
     * @param missing the missing part of its target
     */
    RoundSpec followUp(int reached, Optional<ReclaimTarget> missing, Duration newWithin) {
        int last = Math.max(reached, Shrinker.HIGHEST_PRIORITY + 1);
        int first = missing.isPresent() ? Math.max(goal.firstPriority(), last) : last;
        EnumSet<ReclaimFlag> newFlags = EnumSet.of(ReclaimFlag.BACKGROUND);
        newFlags.addAll(flags);
        newFlags.remove(ReclaimFlag.MAY_NOT_BLOCK);
        return new RoundSpec(
                scope,
                new Goal(Kind.FOLLOW_UP, missing, first, last),
                newWithin,
                Set.copyOf(newFlags),
                Optional.empty());
    }
}
