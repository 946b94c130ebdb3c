package io.reclaimer.engine;

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
 * What a round is to do, checked and complete.
 *
 * @param top of the subtree
 * @param alone without the cgroups below the top
 * @param nodes their numbers, at least one
 * @param target what to free; empty for one pass
 * @param firstPriority of the first pass
 * @param lastPriority of the last pass, if the target is not met before
 * @param countOnly whether shrinkers are only asked what they could free, in one pass
 * @param onlyLeft whether only those are asked that a round left out whose caller could not wait
 * @param within how long it may take until it answers
 */
public record RoundSpec(
        CgroupPath top,
        boolean alone,
        List<Integer> nodes,
        Optional<ReclaimTarget> target,
        int firstPriority,
        int lastPriority,
        boolean countOnly,
        boolean onlyLeft,
        Duration within,
        Set<ReclaimFlag> flags,
        Optional<Cancellation> cancellation) {

    /** Whether somebody waits for the memory. */
    boolean isDirect() {
        return !countOnly && !flags.contains(ReclaimFlag.BACKGROUND);
    }

    /**
     * The background round that does what a round left out whose caller could not wait: from its first priority with a
     * target, otherwise at its last.
     *
     * @param reached the priority that the round reached
     * @param missing of its target
     */
    RoundSpec forLeft(int reached, Optional<ReclaimTarget> missing, Duration newWithin) {
        int last = Math.max(reached, Shrinker.HIGHEST_PRIORITY + 1);
        EnumSet<ReclaimFlag> newFlags = EnumSet.of(ReclaimFlag.BACKGROUND);
        newFlags.addAll(flags);
        newFlags.remove(ReclaimFlag.MAY_NOT_BLOCK);
        return new RoundSpec(
                top,
                alone,
                nodes,
                missing,
                missing.isPresent() ? Math.max(firstPriority, last) : last,
                last,
                false,
                true,
                newWithin,
                Set.copyOf(newFlags),
                Optional.empty());
    }
}
