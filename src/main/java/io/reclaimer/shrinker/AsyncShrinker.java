package io.reclaimer.shrinker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A {@link Shrinker} that answers later. The same contract holds, with these differences:
 *
 * <ul>
 *   <li>a call returns at once, with a stage; it is called inside the actor of its (cgroup, node) pair;
 *   <li>its {@link ShrinkControl} is this call's alone, and may be used by any thread until the stage is completed;
 *   <li>a stage that is not completed by the deadline of a call counts as a fault, and what it says later is ignored;
 *       the pair may then be called again.
 * </ul>
 *
 * <p>Failing the stage is a fault as throwing is.
 */
public interface AsyncShrinker {

    /** See {@link Shrinker#count}. */
    CompletionStage<Long> count(ShrinkControl control);

    /** See {@link Shrinker#scan}. */
    CompletionStage<Long> scan(ShrinkControl control);

    /** See {@link Shrinker#reparent}. */
    default CompletionStage<Long> reparent(CgroupPath offline, CgroupPath parent, int node) {
        return CompletableFuture.completedStage(0L);
    }
}
