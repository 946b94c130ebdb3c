package io.reclaimer.engine;

import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a round is to do, checked and complete.
 *
 * @param top of the subtree
 * @param alone without the cgroups below the top
 * @param nodes their numbers, at least one
 * @param target objects to free; empty for one pass
 * @param firstPriority of the first pass
 * @param lastPriority of the last pass, if the target is not met before
 * @param within how long it may take until it answers
 */
public record RoundSpec(
        CgroupPath top,
        boolean alone,
        List<Integer> nodes,
        OptionalLong target,
        int firstPriority,
        int lastPriority,
        Duration within,
        Set<ReclaimFlag> flags,
        Optional<Cancellation> cancellation) {}
