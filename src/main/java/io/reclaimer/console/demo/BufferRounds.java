package io.reclaimer.console.demo;

import akka.actor.typed.Behavior;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.RoundOutcome;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Background passes over the node of the direct buffers, one a second whatever the pressure: they reclaim the buffers
 * that a surge left free.
 */
public final class BufferRounds {

    /**
     * Priority 2 scans a quarter of a cgroup's free buffers, doubled because seeks are 2: half of them in each pass, in
     * full batches, from 256 buffers on. Fewer are deferred, and reclaimed in the fifth pass if they are still free; up
     * to 3 remain.
     */
    static final int PRIORITY = 2;

    private BufferRounds() {}

    /**
     * Creates the actor that requests the passes.
     *
     * @param reclaim requests a round
     * @param node the number of the node of the buffers
     */
    public static Behavior<PeriodicRounds.Command> create(
            Function<ReclaimRequest, CompletionStage<ReclaimReport>> reclaim, int node) {
        return PeriodicRounds.create(() -> Optional.of(new PeriodicRounds.Round(
                "free direct buffers",
                reclaim.apply(request(node)).thenApply(report -> report.outcome() == RoundOutcome.SHUTDOWN))));
    }

    static ReclaimRequest request(int node) {
        return ReclaimRequest.everywhere().onNodes(node).background().startingAt(PRIORITY);
    }
}
