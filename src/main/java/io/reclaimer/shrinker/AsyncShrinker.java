package io.reclaimer.shrinker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A {@link Shrinker} that replies with stages. The contract is that of {@link Shrinker}, with these differences:
 *
 * <ul>
 *   <li>A call returns a stage at once. It is made by the actor of the (cgroup, node) pair, or, while the shrinker is
 *       slow to return its stages, on a thread for blocking shrinkers.
 *   <li>Each call has a {@link ShrinkControl} of its own, which any thread may use until the stage is completed.
 *   <li>A stage that is not completed by the deadline of the call is a fault. Its later result is ignored, and the pair
 *       may be called again.
 *   <li>A stage that fails is a fault, as an exception is.
 * </ul>
 */
public interface AsyncShrinker {

    /** Returns the stage of the number of objects that could be freed, see {@link Shrinker#count}. */
    CompletionStage<Long> count(ShrinkControl control);

    /** Returns the stage of the number of objects freed, see {@link Shrinker#scan}. */
    CompletionStage<Long> scan(ShrinkControl control);

    /** Returns the stage of the number of objects moved, see {@link Shrinker#reparent}. */
    default CompletionStage<Long> reparent(CgroupPath offline, CgroupPath parent, int node) {
        return CompletableFuture.completedStage(0L);
    }
}
